package mnist

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestNegativesFollowSeedEpochAndNumber(t *testing.T) {
	draw := func(seed uint64, epoch, number int) []float32 {
		n, x := Negatives{Digits: handmade(), Limits: everything}, make([]float32, Pixels)
		n.Apply(x, 9, 9, 9) // what came before does not matter
		n.Apply(x, seed, epoch, number)
		return x
	}
	for number := range 50 {
		want := draw(1, 2, number)
		if !slices.Equal(draw(1, 2, number), want) {
			t.Errorf("the same seed, epoch and number %d gave another picture", number)
		}
		for _, other := range [][3]int{{2, 2, number}, {1, 3, number}, {1, 2, number + 1}} {
			if slices.Equal(draw(uint64(other[0]), other[1], other[2]), want) {
				t.Errorf("%v gave the same picture as 1, 2, %d", other, number)
			}
		}
	}
}

func TestNegativesWithoutDigitsPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("negatives were drawn without digits")
		}
	}()
	new(Negatives).Apply(make([]float32, Pixels), 1, 1, 1)
}

// Pictures are in range, seldom blank, and those that do not fill the frame
// stand in its middle and fit the box.
func TestNegativesArePreparedAsUploadsAre(t *testing.T) {
	n, x := Negatives{Digits: handmade()}, make([]float32, Pixels)
	blank, framed, off, large := 0, 0, 0, 0
	const pictures = 3000
	for number := range pictures {
		n.Apply(x, 1, 1, number)
		for i, v := range x {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("picture %d: pixel %d is %v", number, i, v)
			}
		}
		if inkOf(x, 0, Side, 0, Side) < 3 {
			blank++
			continue
		}
		if inkOf(x, 0, 1, 0, Side)+inkOf(x, Side-1, Side, 0, Side) > 0.5 {
			continue
		}
		framed++
		if _, row, col := moments(x); math.Abs(row-0.5) > 0.51 || math.Abs(col-0.5) > 0.51 {
			off++
		}
		var c canvas
		c.fill(x)
		if o := c.survey(); max(o.wide, o.high) > boxSide+1.5 {
			large++
		}
	}
	if framed < pictures*3/4 || blank > pictures/20 || off > pictures/40 || large > pictures/20 {
		t.Errorf("of %d pictures %d do not fill the frame; of those %d are off the middle and %d too large; %d are blank", pictures, framed, off, large, blank)
	}
}

func TestWhatStandsIsMistakenForAOne(t *testing.T) {
	ring := func(wide, high float64) (lines [][4]float64) {
		for k := range 16 {
			at := func(k int) (float64, float64) {
				sin, cos := math.Sincos(2 * math.Pi * float64(k) / 16)
				return 14 + wide*cos, 14 + high*sin
			}
			x0, y0 := at(k)
			x1, y1 := at(k + 1)
			lines = append(lines, [4]float64{x0, y0, x1, y1})
		}
		return lines
	}
	for _, c := range []struct {
		name  string
		image []byte
		want  bool
	}{
		{"a bar", one, true},
		{"a slash", strokes(2, [4]float64{19, 5, 9, 23}), true},
		{"a thick bar", strokes(5, [4]float64{14, 5, 14, 23}), true},
		{"nothing", make([]byte, Pixels), true},
		{"a minus", strokes(3, [4]float64{5, 14, 23, 14}), false},
		{"a tilted minus", strokes(3, [4]float64{5, 11, 23, 17}), false},
		{"a cross", strokes(2, [4]float64{5, 5, 23, 23}, [4]float64{23, 5, 5, 23}), false},
		{"a disc", strokes(18, [4]float64{14, 14, 14, 14}), false},
		{"a letter L", strokes(2, [4]float64{8, 5, 8, 23}, [4]float64{8, 23, 20, 23}), false},
		{"an arc", strokes(2, ring(8, 9)[:8]...), false},
	} {
		var n Negatives
		floats(n.sketch[:], c.image)
		if got := n.mistakable(); got != c.want {
			t.Errorf("%s: mistakable is %v", c.name, got)
		}
	}
}

// Signs and shapes are pairs of digits, and fit the room for points.
func TestSignsAndShapesAreWellFormed(t *testing.T) {
	for _, sign := range append(signs[:], shapes[:]...) {
		points := 0
		for stroke := range strings.SplitSeq(sign, " ") {
			grid := strings.TrimPrefix(stroke, "~")
			if len(grid) == 0 || len(grid)%2 != 0 || strings.Trim(grid, "0123456789") != "" {
				t.Errorf("%q in %q is not pairs of digits", stroke, sign)
			}
			points += len(grid) / 2
		}
		if points > maxPoints {
			t.Errorf("%q has %d points", sign, points)
		}
	}
}

// Turned and shuffled digits are not what they were.
func TestPiecesAreNotTheDigit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	set := handmade()
	for round := range 60 * set.Len() {
		n := Negatives{Digits: set}
		before := make([]float32, Pixels)
		image, label := set.Image(round%set.Len()), set.Labels[round%set.Len()]
		floats(before, image)
		if n.turn(image, label, random); correlation(n.sketch[:], before) > 0.9 {
			t.Fatalf("a %d was turned to a %d", label, label)
		}
		n = Negatives{Digits: set}
		if n.shuffle(image, label, random); correlation(n.sketch[:], before) > 0.9 {
			t.Fatalf("a %d was shuffled to a %d", label, label)
		}
	}
}

// Two or three digits side by side fill the box's width, and do not touch.
func TestRowsOfDigits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	n := Negatives{Digits: Set{Images: one, Labels: []uint8{1}}}
	n.row(one, random)
	var c canvas
	c.fill(n.sketch[:])
	o := c.survey()
	if _, _, runs := c.ends((o.top + o.bottom) / 2); runs < 2 || max(o.wide, o.high) < 18 || max(o.wide, o.high) > 21 {
		t.Errorf("%d ones stand in %v by %v pixels", runs, o.wide, o.high)
	}
}

func TestFillFillsByTheEvenOddRule(t *testing.T) {
	square := func(from, to float64) []point {
		return []point{{x: from, y: from, up: true}, {x: to, y: from}, {x: to, y: to}, {x: from, y: to}}
	}
	var n Negatives
	n.fill(append(square(4, 20), square(8, 12)...))
	want := 16.0*16 - 4*4
	if ink := inkOf(n.sketch[:], 0, Side, 0, Side); math.Abs(ink-want) > 0.01 {
		t.Errorf("a square with a hole has %.2f of ink; want %v", ink, want)
	}
	if n.sketch[6*Side+10] != 1 || n.sketch[10*Side+10] != 0 || n.sketch[4*Side+10] != 0.5 || n.sketch[2*Side+10] != 0 {
		t.Error("the hole, the edge or the outside are filled")
	}
}

func TestFit(t *testing.T) {
	points := []point{{x: -3, y: 2}, {x: 7, y: 4}}
	fit(points, 20)
	if math.Abs(points[1].x-points[0].x-20) > 1e-9 || math.Abs(points[1].y-points[0].y-4) > 1e-9 || math.Abs(points[0].x+points[1].x-(Side-1)) > 1e-9 {
		t.Errorf("fitted to %v", points)
	}
}
