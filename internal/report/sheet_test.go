package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"testing"
)

// The wrong pictures of a group come first, whatever their place.
func TestSheetShowsWrongOnesFirst(t *testing.T) {
	asked := map[string]int{}
	shot := func(name string, digit int) Shot {
		return Shot{Picture: Picture{File: name, Folder: "3", Verdict: Verdict{Digit: digit}}, Tensor: make([]byte, side*side),
			Source: func() image.Image { asked[name]++; return image.NewGray(image.Rect(0, 0, 40, 20)) }}
	}
	var shots []Shot
	for range sheetColumns {
		shots = append(shots, shot("right", 3))
	}
	refused := Shot{Picture: Picture{File: "blank", Folder: "3", Refused: true}, Source: func() image.Image { return nil }}
	shots = append(shots, shot("wrong", 5), refused)
	var s Sheet
	s.Add("a group", shots)
	shown := s.rows[0].shots
	if len(shown) != sheetColumns || shown[0].File != "wrong" || shown[1].File != "blank" || shown[2].File != "right" {
		t.Errorf("%d shown, first %q and %q", len(shown), shown[0].File, shown[1].File)
	}
	data, err := s.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if asked["wrong"] != 1 || asked["right"] != sheetColumns-2 {
		t.Errorf("sources were asked for %v; want only those shown", asked)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	first, third := color.GrayModel.Convert(img.At(14, 150)), color.GrayModel.Convert(img.At(14+2*203, 150))
	if first == third {
		t.Errorf("the wrong picture's ground is %v, like the right one's", first)
	}
}

// However many of a group are wrong, the sheet shows them all, up to a bound
// that its title tells.
func TestSheetShowsAllWrongOnes(t *testing.T) {
	shots := func(digit, n int) []Shot {
		return slices.Repeat([]Shot{{Picture: Picture{Folder: "3", Verdict: Verdict{Digit: digit}}, Source: func() image.Image { return nil }}}, n)
	}
	for _, c := range []struct {
		right, wrong int
		title        string
		rows         []int // the pictures of each
	}{
		{25, 0, "three", []int{10}},
		{25, 10, "three: 10 of 35 wrong", []int{10}},
		{25, 23, "three: 23 of 48 wrong", []int{10, 10, 3}},
		{2, 1, "three: 1 of 3 wrong", []int{3}},
		{0, 101, "three: 101 of 101 wrong", slices.Repeat([]int{10}, 10)},
	} {
		var s Sheet
		s.Add("three", append(shots(3, c.right), shots(5, c.wrong)...))
		var rows []int
		shown := 0
		for _, row := range s.rows {
			rows = append(rows, len(row.shots))
			if row.title != c.title {
				t.Errorf("%d right and %d wrong: a row has the title %q; want %q", c.right, c.wrong, row.title, c.title)
			}
			for _, shot := range row.shots {
				if shot.wrong() {
					shown++
				}
			}
		}
		if !slices.Equal(rows, c.rows) || shown != min(c.wrong, mostWrong) {
			t.Errorf("%d right and %d wrong: rows of %v with %d wrong ones; want rows of %v", c.right, c.wrong, rows, shown, c.rows)
		}
	}
}

// However many groups there are, and however many of each are wrong, viewers
// open the sheet: every group keeps its first rows, and only where the groups
// themselves are too many, the last of them have none.
func TestSheetIsBounded(t *testing.T) {
	wrong := func(n int) []Shot {
		return slices.Repeat([]Shot{{Picture: Picture{Folder: "3", Verdict: Verdict{Digit: 5}}, Source: func() image.Image { return nil }}}, n)
	}
	for _, c := range []struct {
		groups, wrong int
		of            []int // rows of the first group, of the second and so on
	}{
		{19, 100, slices.Repeat([]int{10}, 19)},
		{20, 100, slices.Repeat([]int{9}, 20)},
		{70, 100, slices.Repeat([]int{2}, 70)},
		{mostRows, 30, slices.Repeat([]int{1}, mostRows)},
		{5000, 30, slices.Repeat([]int{1}, mostRows)},
	} {
		var s Sheet
		for group := range c.groups {
			s.Add(fmt.Sprint(group), wrong(c.wrong))
		}
		of := make([]int, len(c.of))
		for _, row := range s.fitting() {
			var group int
			fmt.Sscan(row.title, &group)
			of[group]++
		}
		if !slices.Equal(of, c.of) {
			t.Errorf("%d groups with %d wrong pictures have rows of %v; want %v", c.groups, c.wrong, of, c.of)
		}
		if pixels := s.drawing().height.Points() * 192 / 72; pixels > 32_767 {
			t.Errorf("%d groups with %d wrong pictures make %v pixels", c.groups, c.wrong, pixels)
		}
	}
}

// Pictures of which no label is known are all there in their order, up to a bound
// that the titles tell, and none of them looks wrong.
func TestSheetShowsAllOfNoLabel(t *testing.T) {
	shots := make([]Shot, mostAll+5)
	for i := range shots {
		shots[i] = Shot{Picture: Picture{File: fmt.Sprintf("in/%d.png", i), Refused: i%2 == 0}, Source: func() image.Image { return nil }}
	}
	var few, many Sheet
	few.AddAll(shots[:12])
	if len(few.rows) != 2 || few.rows[0].title != "1 to 10 of 12: 0.png to 9.png" || few.rows[1].title != "11 to 12 of 12: 10.png to 11.png" {
		t.Errorf("twelve are on rows of %d and more: %q and so on", len(few.rows[0].shots), few.rows[0].title)
	}
	for _, row := range few.rows {
		for i, shot := range row.shots {
			if shot.File != shots[i].File && shot.File != shots[10+i].File || shot.wrong() {
				t.Errorf("%s is in place %d of %q, wrong: %v", shot.File, i, row.title, shot.wrong())
			}
		}
	}
	many.AddAll(shots)
	if last := many.rows[len(many.rows)-1]; len(many.rows) != mostAll/sheetColumns || last.title != "991 to 1000 of 1005: 990.png to 999.png" {
		t.Errorf("%d rows, the last %q", len(many.rows), last.title)
	}
}

func TestCaptions(t *testing.T) {
	for want, p := range map[string]Picture{
		"3 read as 5, 91%":        {Folder: "3", Verdict: Verdict{Digit: 5, Confidence: 0.91}},
		"w read as 5, 40% (rej.)": {Folder: "w", Verdict: Verdict{Digit: 5, Confidence: 0.4, Rejected: true}},
		"3: no answer":            {Folder: "3", Refused: true},
		"3: unreadable":           {Folder: "3", Unreadable: "torn"},
		"5, 40% (rej.)":           {Verdict: Verdict{Digit: 5, Confidence: 0.4, Rejected: true}},
		"no answer":               {Refused: true},
	} {
		if got := (Shot{Picture: p}).caption(); got != want {
			t.Errorf("caption %q; want %q", got, want)
		}
	}
}

// White ink on a transparent ground can be seen on the sheet.
func TestThumbnailShowsTransparency(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 300, 150))
	img.SetNRGBA(0, 0, color.NRGBA{255, 255, 255, 255})
	small := thumbnail(img)
	if size := small.Bounds().Size(); size != (image.Point{thumbnailSide, thumbnailSide / 2}) {
		t.Errorf("size %v", size)
	}
	if r, _, _, a := small.At(90, 40).RGBA(); r == 0xffff || a != 0xffff {
		t.Errorf("the ground is %x with alpha %x", r, a)
	}
}
