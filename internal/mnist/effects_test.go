package mnist

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// everything is an augmentation with all there is.
var everything = Augmentation{Rotation: 10, Scale: 0.1, Shear: 0.1, Shift: 2, Far: Effect{0.2, 2}, Elastic: 0.5, Stroke: 0.5,
	Restyle: 0.5, Stretch: 0.5, Wear: Worn(3)}

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
	two   = strokes(2, [4]float64{9, 6, 19, 6}, [4]float64{19, 6, 9, 22}, [4]float64{9, 22, 19, 22})
	four  = strokes(2, [4]float64{9, 10, 8, 15}, [4]float64{8, 15, 20, 15}, [4]float64{16, 5, 16, 24})
	seven = strokes(3, [4]float64{8, 6, 20, 6}, [4]float64{20, 6, 12, 23})
	eight = strokes(2, [4]float64{9, 5, 19, 5}, [4]float64{9, 14, 19, 14}, [4]float64{9, 23, 19, 23}, [4]float64{9, 5, 9, 23}, [4]float64{19, 5, 19, 23})
	nine  = strokes(3, [4]float64{10, 6, 18, 6}, [4]float64{10, 6, 10, 12}, [4]float64{10, 12, 18, 12}, [4]float64{18, 6, 18, 23})
	zero  = strokes(3, [4]float64{9, 6, 19, 6}, [4]float64{9, 22, 19, 22}, [4]float64{9, 6, 9, 22}, [4]float64{19, 6, 19, 22})
)

// handmade is a set of such digits.
func handmade() Set {
	return Set{Images: slices.Concat(zero, one, two, four, seven, eight, nine), Labels: []uint8{0, 1, 2, 4, 7, 8, 9}}
}

// Motion draws, in bytes, what the program drew that had no other effects.
func TestMotionDrawsTheBytesOfOld(t *testing.T) {
	for _, c := range []struct {
		limits Augmentation
		want   string
	}{
		{Augmentation{Rotation: 12, Scale: 0.12, Shift: 1.5}, "3bb8b12ef1222c26"},
		{Augmentation{Shear: 0.3}, "55fe14e722cf0fa2"},
		{Augmentation{Rotation: 10, Scale: 0.1, Shear: 0.1, Shift: 2}, "b7a4339144c17922"},
	} {
		a, h, x := Augmenter{Limits: c.limits}, sha256.New(), make([]float32, Pixels)
		for sample := range 20 {
			a.Apply(x, blob(), 0, 7, 3, sample)
			for _, v := range x {
				h.Write([]byte{byte(v*255 + 0.5)})
			}
		}
		if got := hex.EncodeToString(h.Sum(nil)[:8]); got != c.want {
			t.Errorf("%+v: the digest is %s; want %s", c.limits, got, c.want)
		}
	}
}

func TestEverythingStaysInRangeAndIsRepeated(t *testing.T) {
	a, b := Augmenter{Limits: everything}, Augmenter{Limits: everything}
	x, y := make([]float32, Pixels), make([]float32, Pixels)
	set := handmade()
	for sample := range 700 {
		image, label := set.Image(sample%set.Len()), set.Labels[sample%set.Len()]
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
	l := Augmentation{Shift: 3, Restyle: 0.3, Far: Effect{0.3, 2}}.times(1.0 / 3)
	if math.Abs(l.Shift-1) > 1e-12 || math.Abs(l.Restyle-0.2) > 1e-12 || math.Abs(l.Far.Share-0.2) > 1e-12 || l.Far.Strength != 2 {
		t.Errorf("a third of the strength gives %+v", l)
	}
	if l := everything.times(strength(0)); l != everything {
		t.Errorf("no strength is not all of it: %+v", l)
	}
}

// Far images move up to their strength times as far, and only their share.
func TestFarImagesMoveFarther(t *testing.T) {
	l, random := Augmentation{Shift: 1, Far: Effect{0.25, 3}}, rand.New(rand.NewPCG(1, 1))
	far, most, n := 0, 0.0, 4000
	for range n {
		m := l.motion(random)
		reach := max(math.Abs(m.shiftX), math.Abs(m.shiftY))
		most = max(most, reach)
		if reach > 1 {
			far++
		}
	}
	want := 0.25 * (1 - 1.0/9) // of both directions within the usual
	if share := float64(far) / float64(n); math.Abs(share-want) > 0.03 || most > 3 || most < 2.8 {
		t.Errorf("%.3f of the images move farther than 1, up to %.2f; want %.3f and 3", share, most, want)
	}
}

func TestDrawingAllocatesNothing(t *testing.T) {
	a, x := Augmenter{Limits: everything}, make([]float32, Pixels)
	n, set := Negatives{Digits: handmade(), Limits: everything}, handmade()
	sample := 0
	if allocations := testing.AllocsPerRun(500, func() {
		a.Apply(x, set.Image(sample%set.Len()), set.Labels[sample%set.Len()], 1, 1, sample)
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

// The canvas and the plain warp move alike.
func TestCanvasMovesAsWarpDoes(t *testing.T) {
	var c canvas
	random := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float32, Pixels), make([]float32, Pixels)
	for range 50 {
		m := Augmentation{Rotation: 180, Scale: 0.5, Shear: 1, Shift: 10}.motion(random)
		floats(y, nine)
		c.fill(y)
		c.warp(x, m, 0, random)
		warp(y, nine, m)
		for i := range x {
			if math.Abs(float64(x[i]-y[i])) > 1e-3 {
				t.Fatalf("%+v: pixel %d is %v and %v", m, i, x[i], y[i])
			}
		}
	}
}

func TestPenDrawsItsWidth(t *testing.T) {
	x := make([]float32, Pixels)
	p := pen{width: 2, ink: 0.5}
	p.line(x, 5, 14, 21, 14)
	if ink := inkOf(x, 0, Side, 5, 21); math.Abs(ink-0.5*2*16) > 1 {
		t.Errorf("16 pixels of a stroke of width 2 have %.1f of ink; want 16", ink)
	}
	p.line(x, -20, -20, 60, 60) // beyond the picture
	before := inkOf(x, 0, Side, 0, Side)
	p.wipe(x, 14, 14)
	if gone := before - inkOf(x, 0, Side, 0, Side); gone < 1 || gone > 3 || x[14*Side+14] != 0 {
		t.Errorf("a dot took %.2f of ink", gone)
	}
}
