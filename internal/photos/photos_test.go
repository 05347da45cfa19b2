package photos

import (
	"bytes"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"math/rand/v2"
	"slices"
	"testing"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"

	"digits/internal/mnist"
)

// seven is a drawn digit with soft edges.
func seven() []byte {
	digit := make([]byte, mnist.Pixels)
	put := func(row, col int) { copy(digit[row*mnist.Side+col:], []byte{70, 190, 253, 240, 130}) }
	for col := 6; col < 17; col++ {
		for row := range 3 {
			put(5+row, col)
		}
	}
	for row := 8; row < 24; row++ {
		put(row, 17-(row-8)*2/3)
	}
	return digit
}

func dice(index uint64) *rand.Rand { return rand.New(rand.NewPCG(1, index)) }

func decode(t *testing.T, data []byte) (image.Image, string) {
	t.Helper()
	img, format, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img, format
}

// snapshot is a condition's picture in a small frame.
func snapshot(changes []func(*scene), digit []byte, random *rand.Rand) *image.RGBA {
	s := newScene(random)
	for _, change := range changes {
		change(s)
	}
	s.frame(100)
	return s.photograph(digit).image()
}

// The same numbers give the same picture, others another one, and the digit
// stays.
func TestPicturesDependOnTheNumbers(t *testing.T) {
	digit := seven()
	for _, one := range conditions {
		pixels := snapshot(one.changes, digit, dice(1)).Pix
		if !bytes.Equal(pixels, snapshot(one.changes, digit, dice(1)).Pix) {
			t.Errorf("%s: the same numbers give another picture", one.name)
		}
		if bytes.Equal(pixels, snapshot(one.changes, digit, dice(2)).Pix) {
			t.Errorf("%s: other numbers give the same picture", one.name)
		}
	}
	for i, c := range Encodings() {
		if i%4 != 0 || c.Name == "3000 pixels" {
			continue // any few
		}
		file := c.Render(digit, dice(1))
		if !bytes.Equal(file, c.Render(digit, dice(1))) {
			t.Errorf("%s: the same numbers give another file", c.Name)
		}
	}
	if !slices.Equal(digit, seven()) {
		t.Error("the digit was changed")
	}
}

// A condition shows in the picture: it is another one than without it.
func TestConditionsShow(t *testing.T) {
	everyday := snapshot(nil, seven(), dice(1)).Pix
	for _, one := range conditions {
		if one.name == "large frame" || one.name == "small frame" || one.name == "JPEG quality" {
			continue // not in a small frame's pixels
		}
		if bytes.Equal(everyday, snapshot(one.changes, seven(), dice(1)).Pix) {
			t.Errorf("%s is the everyday picture", one.name)
		}
	}
}

// Files are JPEGs of the scene's size.
func TestPhotographsAreFiles(t *testing.T) {
	for i, c := range Photographs() {
		if i%12 != 0 {
			continue // any few: they are all encoded alike
		}
		img, format := decode(t, c.Render(seven(), dice(1)))
		if long := max(img.Bounds().Dx(), img.Bounds().Dy()); format != "jpeg" || long < 100 || long > 3000 {
			t.Errorf("%s: a %s of %v", c.Name, format, img.Bounds())
		}
	}
}

func TestConditionsHaveNamesOfTheirOwn(t *testing.T) {
	names := map[string]bool{}
	for _, c := range append(Photographs(), Encodings()...) {
		if names[c.Name] || c.Name == "" {
			t.Errorf("the name %q stands for several conditions", c.Name)
		}
		names[c.Name] = true
	}
}

func TestRenderPanicsWithoutADigit(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Photographs()[0].Render(make([]byte, 3), dice(1))
}

// A stroke that fades is drawn whole, and a hole between strong strokes stays.
func TestFaintStrokesStayWhole(t *testing.T) {
	digit := make([]byte, mnist.Pixels)
	for row := 4; row < 24; row++ {
		for col, v := range []byte{20, 70, 20} { // a quarter of full ink
			digit[row*mnist.Side+6+col] = v
		}
		copy(digit[row*mnist.Side+14:], []byte{200, 250, 30, 30, 250, 200}) // two strokes, side by side
	}
	d := shapeOf(digit)
	for y := 5.0; y < 23; y += 0.25 {
		if d.edge.at(7.5, y) <= 0 {
			t.Fatalf("the faint stroke is broken at %v", y)
		}
		if d.edge.at(17, y) >= 0 {
			t.Fatalf("the strong strokes have run together at %v", y)
		}
	}
}

// No ink is no reason to fail.
func TestBlankDigit(t *testing.T) {
	img, _ := decode(t, Photographs()[0].Render(make([]byte, mnist.Pixels), dice(1)))
	if low, high := span(greyOf(img)); high-low > 90 {
		t.Errorf("the page of a blank digit goes from %d to %d", low, high)
	}
}

func span(g *image.Gray) (low, high byte) { return slices.Min(g.Pix), slices.Max(g.Pix) }

// Scenes keep to what Photographs promises, and the digit stays in the frame.
func TestScenesAreInRange(t *testing.T) {
	digit := seven()
	d := shapeOf(digit)
	for _, one := range conditions {
		smallest, largest := 1.0, 0.0
		for i := range uint64(25) {
			s := newScene(dice(i))
			for _, change := range one.changes {
				change(s)
			}
			s.look(&d)
			if short, long := min(s.width, s.tall), max(s.width, s.tall); long < 100 || long > 3000 || short < 56 {
				t.Fatalf("%s: a frame of %dx%d", one.name, s.width, s.tall)
			}
			if s.quality < 40 || s.quality > 90 || s.angle < degrees(-12) || s.angle > degrees(12) {
				t.Fatalf("%s: quality %d, angle %v", one.name, s.quality, s.angle)
			}
			share := (d.bottom - d.top) * s.pixelsPerUnit / float64(s.tall)
			smallest, largest = min(smallest, share), max(largest, share)
			low, up := s.extent((d.right-d.left)/2, (d.bottom-d.top)/2)
			if s.anchor[0]+low[0] < 0 || s.anchor[1]+low[1] < 0 || s.anchor[0]+up[0] > float64(s.width) || s.anchor[1]+up[1] > float64(s.tall) {
				t.Fatalf("%s: the digit leaves the frame", one.name)
			}
			for side, keep := range s.keep {
				room := [4]float64{(s.anchor[0] + low[0]) / float64(s.width), (s.anchor[1] + low[1]) / float64(s.tall),
					1 - (s.anchor[0]+up[0])/float64(s.width), 1 - (s.anchor[1]+up[1])/float64(s.tall)}[side]
				if room < keep {
					t.Fatalf("%s: the digit is %.2f of the frame from side %d; it should keep off by %.2f", one.name, room, side, keep)
				}
			}
		}
		if smallest < 0.15 || largest > 0.9 {
			t.Errorf("%s: digits of %.2f to %.2f of the frame's height", one.name, smallest, largest)
		}
	}
}
