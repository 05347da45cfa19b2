package mnist

import (
	"math"
	"slices"
	"testing"
)

func newNegatives() *Negatives {
	return &Negatives{Digits: Set{Images: slices.Concat(zero, one, seven, nine), Labels: []uint8{0, 1, 7, 9}}}
}

func TestNegativesFollowSeedEpochAndNumber(t *testing.T) {
	draw := func(seed uint64, epoch, number int) []float32 {
		n, x := newNegatives(), make([]float32, Pixels)
		n.Apply(x, 9, 9, 9) // what came before does not matter
		n.Apply(x, seed, epoch, number)
		return x
	}
	want := draw(1, 2, 3)
	if !slices.Equal(draw(1, 2, 3), want) {
		t.Error("the same seed, epoch and number gave another picture")
	}
	for _, other := range [][3]int{{2, 2, 3}, {1, 3, 3}, {1, 2, 4}} {
		if slices.Equal(draw(uint64(other[0]), other[1], other[2]), want) {
			t.Errorf("%v gave the same picture as 1, 2, 3", other)
		}
	}
}

// Nearly every picture has ink, all of it in range.
func TestNegativesAreSeldomBlank(t *testing.T) {
	n, x := newNegatives(), make([]float32, Pixels)
	blank := 0
	for number := range 1000 {
		n.Apply(x, 1, 1, number)
		for i, v := range x {
			if !(v >= 0 && v <= 1.0001) {
				t.Fatalf("picture %d: pixel %d is %v", number, i, v)
			}
		}
		if inkOf(x, 0, Side, 0, Side) < 3 {
			blank++
		}
	}
	if blank > 50 {
		t.Errorf("%d of 1000 pictures are nearly blank", blank)
	}
}

// The centre of mass comes to stand where MNIST has it, to the pixel.
func TestPlaceCentres(t *testing.T) {
	var sketch [Pixels]float32
	floats(sketch[:], blob())
	x := make([]float32, Pixels)
	place(x, &sketch)
	if _, row, col := moments(x); math.Abs(row-0.5) > 0.5 || math.Abs(col-0.5) > 0.5 {
		t.Errorf("the centre of mass is at %v, %v of the middle", row, col)
	}
	if place(x, new([Pixels]float32)); inkOf(x, 0, Side, 0, Side) != 0 {
		t.Error("nothing was placed and there is ink")
	}
}

func TestShapesFit(t *testing.T) {
	polygon := []point{{x: 5, y: 5}, {x: 20, y: 5}, {x: 20, y: 20}, {x: 5, y: 20}}
	if !inside(polygon, 10, 10) || inside(polygon, 25, 10) || inside(polygon, 10, 2) {
		t.Error("inside is wrong about a square")
	}
	points := []point{{x: -3, y: 2}, {x: 7, y: 4}}
	fit(points, 20)
	if math.Abs(points[1].x-points[0].x-20) > 1e-9 || math.Abs(points[1].y-points[0].y-4) > 1e-9 || math.Abs(points[0].x+points[1].x-Side) > 1e-9 {
		t.Errorf("fitted to %v", points)
	}
}
