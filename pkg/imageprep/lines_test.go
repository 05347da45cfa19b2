package imageprep_test

import (
	"errors"
	"image"
	"slices"
	"testing"

	"golang.org/x/image/draw"

	"digits/pkg/imageprep"
)

// No ink is an error, never an empty answer, whatever covers the border.
func TestNothingButGrids(t *testing.T) {
	for _, size := range []image.Point{{900, 1700}, {1601, 7}, {1601, 1601}, {400, 1601}, {77, 215}} {
		g := image.NewGray(image.Rectangle{Max: size})
		for i := range g.Pix {
			g.Pix[i] = 150
			if x, y := i%size.X, i/size.X; x%9 == 0 || y%9 == 0 {
				g.Pix[i] = 0
			}
		}
		tensor := make([]float32, imageprep.Pixels)
		if err := imageprep.Tensor(tensor, g, nil, imageprep.Options{}); err == nil && slices.Max(tensor) == 0 {
			t.Errorf("%v: an empty tensor and no error", size)
		}
	}
}

// Paper that is ruled or squared has no digit, whatever is left of its lines.
func TestPaperWithoutADigit(t *testing.T) {
	for name, darkness := range map[string]func(x, y int) float64{
		"ruled":          func(x, y int) float64 { return when(y%40 < 2, 0.5) },
		"ruled, turned":  func(x, y int) float64 { return when((y+x/12)%40 < 3, 0.5) },
		"squared":        func(x, y int) float64 { return when(x%40 < 2 || y%40 < 2, 0.4) },
		"squared, thick": func(x, y int) float64 { return when(x%70 < 6 || y%70 < 6, 0.4) },
		"squared, turned": func(x, y int) float64 {
			return when((y+x/20)%32 < 2 || (x-y/20+300)%32 < 2, 0.4)
		},
		"with specks": func(x, y int) float64 { return when(y%40 < 3 || x%90 < 4 && y%70 < 4, 0.5) },
	} {
		tensor := make([]float32, imageprep.Pixels)
		var info imageprep.Info
		if err := imageprep.Tensor(tensor, under(bars(), darkness), &info, imageprep.Options{}); !errors.Is(err, imageprep.ErrNoInk) {
			t.Errorf("%s: %v; steps %v, flags %v", name, err, info.Steps, info.Flags)
		}
	}
}

// Strokes that go from edge to edge are a digit all the same, if they are few or
// along the edges.
func TestDigitsFromEdgeToEdge(t *testing.T) {
	for name, picture := range map[string]*image.Gray{
		"a one":                      bars(image.Rect(140, 0, 148, 300)),
		"a cross":                    bars(image.Rect(0, 200, 300, 208), image.Rect(200, 0, 208, 300)),
		"an eight of seven segments": bars(append(frameOf(image.Rect(0, 0, 300, 300), 8), image.Rect(0, 146, 300, 154))...),
	} {
		if tensor, info := tensorOf(t, picture, imageprep.Options{}); slices.Max(tensor) < 0.9 {
			t.Errorf("%s: the most ink is %v; steps %v", name, slices.Max(tensor), info.Steps)
		}
	}
}

// A small picture is often a form's box that was cut out with its lines: the
// digit in it comes out as it does without them. What a stroke goes on from is
// no frame, and neither is what has no digit within.
func TestFramesOfSmallPictures(t *testing.T) {
	for _, side := range []int{28, 36, 48, 63} {
		last := side - 1
		digit := func() *image.Gray {
			return paste(scale(seven(), side*3/4, draw.CatmullRom), side, side, side/8, side/8)
		}
		reference, _ := tensorOf(t, negative(digit()), imageprep.Options{})
		for name, line := range map[string]func(x, y int) bool{
			"one":          func(x, _ int) bool { return x == 0 },
			"a little in":  func(x, _ int) bool { return x == last-1 },
			"below":        func(_, y int) bool { return y == last },
			"a corner":     func(x, y int) bool { return x == 0 || y == last },
			"four":         func(x, y int) bool { return x == 0 || y == 0 || x == last || y == last },
			"four, thick":  func(x, y int) bool { return x < 2 || y < 2 || x > last-2 || y > last-2 },
			"four, inside": func(x, y int) bool { return min(x, y, last-x, last-y) == 1 },
		} {
			tensor, info := tensorOf(t, negative(inked(digit(), line)), imageprep.Options{})
			if difference := difference(tensor, reference); difference > 0.01 || !slices.Contains(info.Steps, "lines") || len(info.Flags) > 0 {
				t.Errorf("%d pixels, %s: the mean difference is %.3f; steps %v, flags %v", side, name, difference, info.Steps, info.Flags)
			}
		}
		for name, stroke := range map[string]func(x, y int) bool{
			"a seven": func(x, y int) bool { return y < 2 || x+y/2 == last || x+y/2 == last-1 },
			"a zero":  func(x, y int) bool { return x == 0 || y == 0 || x == last || y == last },
		} {
			blank := image.NewGray(image.Rect(0, 0, side, side))
			if _, info := tensorOf(t, negative(inked(blank, stroke)), imageprep.Options{}); slices.Contains(info.Steps, "lines") {
				t.Errorf("%d pixels, %s: steps %v", side, name, info.Steps)
			}
		}
	}
}

// inked draws light ink where it says.
func inked(g *image.Gray, ink func(x, y int) bool) *image.Gray {
	for i := range g.Pix {
		if ink(i%g.Stride, i/g.Stride) {
			g.Pix[i] = 255
		}
	}
	return g
}
