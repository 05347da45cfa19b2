package mnist

import (
	"math"
	"slices"
	"testing"
)

// blob is an image with one bright square off the centre.
func blob() []byte {
	image := make([]byte, Pixels)
	for row := 8; row < 14; row++ {
		for col := 10; col < 20; col++ {
			image[row*Side+col] = 255
		}
	}
	return image
}

func TestNoAugmentationNormalizes(t *testing.T) {
	var a Augmenter
	x := make([]float32, Pixels)
	a.Apply(x, blob(), 0, 1, 2, 3)
	for i, v := range blob() {
		if x[i] != float32(v)/255 {
			t.Fatalf("pixel %d is %v; want %v", i, x[i], float32(v)/255)
		}
	}
}

func TestAugmentationFollowsSeedEpochAndSample(t *testing.T) {
	limits := Augmentation{Rotation: 10, Scale: 0.1, Shear: 0.1, Shift: 2}
	draw := func(seed uint64, epoch, sample int) []float32 {
		a := Augmenter{Limits: limits}
		a.Apply(make([]float32, Pixels), blob(), 0, 77, 5, 5) // what came before does not matter
		x := make([]float32, Pixels)
		a.Apply(x, blob(), 0, seed, epoch, sample)
		return x
	}
	want := draw(1, 2, 3)
	if !slices.Equal(draw(1, 2, 3), want) {
		t.Error("the same seed, epoch and sample gave another image")
	}
	for _, other := range [][3]int{{2, 2, 3}, {1, 3, 3}, {1, 2, 4}} {
		if slices.Equal(draw(uint64(other[0]), other[1], other[2]), want) {
			t.Errorf("%v gave the same image as 1, 2, 3", other)
		}
	}
}

// moments returns the ink's sum and its centre, counted from the image's.
func moments(x []float32) (ink, row, col float64) {
	for i, v := range x {
		ink += float64(v)
		row += float64(v) * (float64(i/Side) - (Side-1)/2.0)
		col += float64(v) * (float64(i%Side) - (Side-1)/2.0)
	}
	return ink, row / ink, col / ink
}

// TestWarpMovesAsItSays checks each motion by the centre and amount of ink.
func TestWarpMovesAsItSays(t *testing.T) {
	original := make([]float32, Pixels)
	warp(original, blob(), motion{1, 0, 0, 1, 0, 0})
	ink, row, col := moments(original)
	for _, c := range []struct {
		name                      string
		xx, xy, yx, yy, sx, sy    float64
		wantInk, wantRow, wantCol float64
	}{
		{"identity", 1, 0, 0, 1, 0, 0, ink, row, col},
		{"shift", 1, 0, 0, 1, 1.5, -2, ink, row + 2, col - 1.5},
		{"half turn", -1, 0, 0, -1, 0, 0, ink, -row, -col},
		{"twice as large", 0.5, 0, 0, 0.5, 0, 0, 4 * ink, 2 * row, 2 * col},
	} {
		x := make([]float32, Pixels)
		warp(x, blob(), motion{c.xx, c.xy, c.yx, c.yy, c.sx, c.sy})
		gotInk, gotRow, gotCol := moments(x)
		if math.Abs(gotInk/c.wantInk-1) > 0.02 || math.Abs(gotRow-c.wantRow) > 0.05 || math.Abs(gotCol-c.wantCol) > 0.05 {
			t.Errorf("%s: ink %.1f at (%.2f, %.2f); want %.1f at (%.2f, %.2f)", c.name, gotInk, gotRow, gotCol, c.wantInk, c.wantRow, c.wantCol)
		}
	}
}

func TestAugmentedPixelsStayInRange(t *testing.T) {
	a := Augmenter{Limits: Augmentation{Rotation: 180, Scale: 0.5, Shear: 1, Shift: 14}}
	full, x := make([]byte, Pixels), make([]float32, Pixels)
	for i := range full {
		full[i] = 255
	}
	for sample := range 300 {
		a.Apply(x, full, 0, 1, 1, sample)
		for i, v := range x {
			if !(v >= 0 && v <= 1.0001) {
				t.Fatalf("sample %d: pixel %d is %v", sample, i, v)
			}
		}
	}
}

func TestApplyAllocatesNothing(t *testing.T) {
	a := Augmenter{Limits: Augmentation{Rotation: 10, Shift: 2}}
	image, x := blob(), make([]float32, Pixels)
	if n := testing.AllocsPerRun(20, func() { a.Apply(x, image, 0, 1, 1, 1) }); n != 0 {
		t.Errorf("%v allocations an image; want 0", n)
	}
}

// TestStrongest augments as far as the trainer allows: what comes out is still
// an image.
func TestStrongest(t *testing.T) {
	a := Augmenter{Strength: 4, Limits: Augmentation{
		Rotation: 10, Scale: 0.12, Shear: 0.15, Shift: 2, Far: Effect{0.5, 2}, Elastic: 0.5, Stroke: 0.4,
		Wear: Worn(0.9), Restyle: 0.15, Stretch: 0.06,
	}}
	image := make([]byte, Pixels)
	for i := 200; i < 500; i += 3 {
		image[i] = 255
	}
	dst := make([]float32, Pixels)
	for sample := range 2000 {
		a.Apply(dst, image, uint8(sample%10), 1, 1, sample)
		for _, v := range dst {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("sample %d has a pixel of %v", sample, v)
			}
		}
	}
}
