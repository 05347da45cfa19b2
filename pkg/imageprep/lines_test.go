package imageprep_test

import (
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
