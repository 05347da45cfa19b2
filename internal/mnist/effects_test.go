package mnist

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// everything is an augmentation with all there is.
var everything = Augmentation{Rotation: 10, Scale: 0.1, Shear: 0.1, Shift: 2, Elastic: 0.5, Stroke: 0.5, Wear: 0.5, Restyle: 0.5, Stretch: 0.5}

// strokes draws a digit of straight lines.
func strokes(width float64, lines ...[4]float64) []byte {
	x, image := make([]float32, Pixels), make([]byte, Pixels)
	for _, l := range lines {
		pen{width: width, ink: 1}.line(x, l[0], l[1], l[2], l[3])
	}
	for i, v := range x {
		image[i] = byte(255 * v)
	}
	return image
}

var (
	one   = strokes(3, [4]float64{14, 5, 14, 23})
	seven = strokes(3, [4]float64{8, 6, 20, 6}, [4]float64{20, 6, 12, 23})
	nine  = strokes(3, [4]float64{10, 6, 18, 6}, [4]float64{10, 6, 10, 12}, [4]float64{10, 12, 18, 12}, [4]float64{18, 6, 18, 23})
	zero  = strokes(3, [4]float64{9, 6, 19, 6}, [4]float64{9, 22, 19, 22}, [4]float64{9, 6, 9, 22}, [4]float64{19, 6, 19, 22})
)

// The recipes that were there before the other effects draw what they drew.
func TestMotionAloneIsWhatItWas(t *testing.T) {
	a := Augmenter{Limits: Augmentation{Rotation: 12, Scale: 0.12, Shift: 1.5}, Strength: 1}
	h, x := sha256.New(), make([]float32, Pixels)
	for sample := range 20 {
		a.Apply(x, blob(), 0, 3, 4, sample)
		for _, v := range x {
			h.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
		}
	}
	const want = "37a95ddba2ad89577d48ee46661e7f7c25facf1153d05b69acb3af71692e29d4"
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("the images' digest is %s; want %s", got, want)
	}
}

func TestEverythingStaysInRangeAndIsRepeated(t *testing.T) {
	a, b := Augmenter{Limits: everything}, Augmenter{Limits: everything}
	x, y := make([]float32, Pixels), make([]float32, Pixels)
	for sample := range 500 {
		image, label := [][]byte{zero, one, seven, nine}[sample%4], []uint8{0, 1, 7, 9}[sample%4]
		a.Apply(x, image, label, 1, 2, sample)
		b.Apply(y, one, 1, 5, 5, sample) // what came before does not matter
		b.Apply(y, image, label, 1, 2, sample)
		if !slices.Equal(x, y) {
			t.Fatalf("sample %d is drawn in two ways", sample)
		}
		for i, v := range x {
			if !(v >= 0 && v <= 1.0001) {
				t.Fatalf("sample %d: pixel %d is %v", sample, i, v)
			}
		}
	}
}

func TestOneInSixIsNotMoved(t *testing.T) {
	a, x := Augmenter{Limits: Augmentation{Rotation: 10, Elastic: 0.5}}, make([]float32, Pixels)
	same, n := 0, 3000
	for sample := range n {
		a.Apply(x, blob(), 0, 1, 1, sample)
		if x[8*Side+10] == 1 && x[8*Side+9] == 0 && x[13*Side+19] == 1 && x[13*Side+20] == 0 {
			same++
		}
	}
	if share := float64(same) / float64(n); math.Abs(share-1.0/plain) > 0.03 {
		t.Errorf("%v of the images are as they were; want %v", share, 1.0/plain)
	}
}

func TestStrengthScalesTheLimits(t *testing.T) {
	weak := Augmenter{Limits: Augmentation{Shift: 3, Wear: 0.3}, Strength: 1.0 / 3}
	if l := weak.limits(); math.Abs(l.Shift-1) > 1e-12 || math.Abs(l.Wear-0.2) > 1e-12 {
		t.Errorf("a third of the strength gives %+v", l)
	}
	if l := (&Augmenter{Limits: everything}).limits(); l != everything {
		t.Errorf("no strength is not all of it: %+v", l)
	}
}

func TestDrawingAllocatesNothing(t *testing.T) {
	a, x := Augmenter{Limits: everything}, make([]float32, Pixels)
	n := Negatives{Digits: Set{Images: slices.Concat(one, seven), Labels: []uint8{1, 7}}, Limits: everything}
	sample := 0
	if allocations := testing.AllocsPerRun(200, func() {
		a.Apply(x, seven, 7, 1, 1, sample)
		n.Apply(x, 1, 1, sample)
		sample++
	}); allocations != 0 {
		t.Errorf("%v allocations; want 0", allocations)
	}
}

// inkOf is the sum of a part of a picture.
func inkOf(x []float32, top, bottom, left, right int) (sum float64) {
	for row := top; row < bottom; row++ {
		for _, v := range x[row*Side+left : row*Side+right] {
			sum += float64(v)
		}
	}
	return sum
}

// onCanvas changes a digit on a canvas and returns both pictures.
func onCanvas(image []byte, change func(c *canvas, random *rand.Rand)) (before, after []float32) {
	before, after = make([]float32, Pixels), make([]float32, Pixels)
	var c canvas
	floats(before, image)
	c.fill(before)
	change(&c, rand.New(rand.NewPCG(1, 1)))
	for row := range Side {
		copy(after[row*Side:], c.line(row))
	}
	return before, after
}

// Where each style puts ink, or takes it from.
func TestStyles(t *testing.T) {
	for _, c := range []struct {
		name                     string
		image                    []byte
		change                   func(c *canvas, random *rand.Rand)
		top, bottom, left, right int
		more                     bool
	}{
		{"upstroke left of a 1", one, (*canvas).upstroke, 5, 20, 0, 12, true},
		{"bar left of a 7's stem", seven, (*canvas).crossBar, 12, 18, 10, 14, true},
		{"serif below a 7's bar", seven, (*canvas).serif, 8, 12, 5, 11, true},
		{"hook left of a 9's leg", nine, (*canvas).hook, 20, 25, 8, 16, true},
		{"slash inside a 0", zero, (*canvas).slash, 8, 20, 11, 17, true},
		{"marker", one, func(c *canvas, _ *rand.Rand) { c.thicken(1) }, 0, Side, 0, Side, true},
		{"fine pen", seven, func(c *canvas, _ *rand.Rand) { c.redraw(1) }, 0, Side, 0, Side, false},
	} {
		before, after := onCanvas(c.image, c.change)
		was, is := inkOf(before, c.top, c.bottom, c.left, c.right), inkOf(after, c.top, c.bottom, c.left, c.right)
		if c.more && is < was+2 || !c.more && is > 0.7*was {
			t.Errorf("%s: the ink was %.1f and is %.1f", c.name, was, is)
		}
	}
}

// A skeleton is one pixel wide and as long as the strokes.
func TestRedrawFollowsTheSkeleton(t *testing.T) {
	_, after := onCanvas(one, func(c *canvas, _ *rand.Rand) { c.redraw(1) })
	for row := 8; row < 20; row++ {
		if ink := inkOf(after, row, row+1, 0, Side); ink < 0.8 || ink > 1.8 {
			t.Errorf("row %d of a redrawn bar has %.2f of ink", row, ink)
		}
	}
}

func TestStretchBringsTheBoxNearerToASquare(t *testing.T) {
	for seed := range uint64(20) {
		var c canvas
		x := make([]float32, Pixels)
		floats(x, seven)
		c.fill(x)
		m := c.stretch(motion{xx: 1, yy: 1}, rand.New(rand.NewPCG(seed, 1)))
		if m.xx > 1 || m.yy > 1.3 || m.xx < 0.4 {
			t.Errorf("seed %d: a box of 13 by 19 is scaled by 1/%v and 1/%v", seed, m.xx, m.yy)
		}
	}
}

func TestRestyleTellsHowTheCentreMoved(t *testing.T) {
	for seed := range uint64(30) {
		var c canvas
		x := make([]float32, Pixels)
		floats(x, one)
		c.fill(x)
		oldX, oldY := c.centre()
		right, down := c.restyle(1, rand.New(rand.NewPCG(seed, 1)))
		if newX, newY := c.centre(); math.Abs(newX-oldX-right) > 1e-6 || math.Abs(newY-oldY-down) > 1e-6 {
			t.Errorf("seed %d: the centre moved by %v, %v; restyle says %v, %v", seed, newX-oldX, newY-oldY, right, down)
		}
	}
}

// Every effect of wear changes the picture and keeps it one.
func TestWear(t *testing.T) {
	var c canvas
	for name, effect := range map[string]func([]float32, *rand.Rand){
		"tone": c.tone, "blur": c.blur, "grain": grain, "specks": specks, "marks": marks, "coarse": c.coarse, "erase": erase,
	} {
		changed := 0
		for seed := range uint64(20) {
			x, was := make([]float32, Pixels), make([]float32, Pixels)
			floats(x, zero)
			copy(was, x)
			effect(x, rand.New(rand.NewPCG(seed, 2)))
			if !slices.Equal(x, was) {
				changed++
			}
			for i, v := range x {
				if !(v >= 0 && v <= 1.0001) {
					t.Fatalf("%s: pixel %d is %v", name, i, v)
				}
			}
		}
		if changed < 5 {
			t.Errorf("%s changed %d of 20 pictures", name, changed)
		}
	}
}

func TestStrokeGrowsAndShrinks(t *testing.T) {
	ink := func(amount float64) float64 {
		var c canvas
		x := make([]float32, Pixels)
		floats(x, seven)
		c.stroke(x, amount)
		return inkOf(x, 0, Side, 0, Side)
	}
	if thin, as, thick := ink(-0.5), ink(0), ink(0.5); !(thin < 0.8*as && thick > 1.2*as) {
		t.Errorf("ink of %.1f becomes %.1f and %.1f", as, thin, thick)
	}
}

// A displacement is smooth: neighbours move nearly alike, and as far as its
// standard deviation says.
func TestBendIsSmooth(t *testing.T) {
	var c canvas
	squares, n := 0.0, 0
	for seed := range uint64(200) {
		c.bend(0.5, rand.New(rand.NewPCG(seed, 1)))
		last := 0.0
		for col := range Side {
			k := 14*knots + col/knotStep
			d := float64(dot(&splines[col], c.rows[0][k:k+4]))
			if col > 0 && math.Abs(d-last) > 0.7 {
				t.Fatalf("seed %d: neighbours move %v apart", seed, d-last)
			}
			last = d
			squares += d * d
			n++
		}
	}
	if deviation := math.Sqrt(squares / float64(n)); math.Abs(deviation-0.5) > 0.1 {
		t.Errorf("the displacement's standard deviation is %v; want 0.5", deviation)
	}
}

func TestPenDrawsItsWidth(t *testing.T) {
	x := make([]float32, Pixels)
	pen{width: 2, ink: 0.5}.line(x, 5, 14, 21, 14)
	if ink := inkOf(x, 0, Side, 5, 21); math.Abs(ink-0.5*2*16) > 1 {
		t.Errorf("16 pixels of a stroke of width 2 have %.1f of ink; want 16", ink)
	}
}
