package imageprep_test

import (
	"errors"
	"image"
	"slices"
	"testing"

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
