package imageprep_test

import (
	"image"
	"testing"

	"digits/pkg/imageprep"
)

// inShadow takes a share of the light to the right of a slanted line through the
// digit. The edge of the shadow is so many pixels wide.
func inShadow(g *image.Gray, dark, edge float64) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		x, y := float64(i%photoSide), float64(i/photoSide)
		depth := dark * min(max((x+0.3*y-185)/edge+0.5, 0), 1)
		out.Pix[i] = uint8(float64(v) * (1 - depth))
	}
	return out
}

// The edge of a shadow through the digit takes no stroke away, not even ink that
// is lighter than the shadow, and breaks no line of the paper.
func TestShadowsAcrossTheDigit(t *testing.T) {
	ruled := func(x, y int) float64 { return when((y+x/20)%24 < 1, 0.3) }
	squared := func(x, y int) float64 { return when(y%20 < 1 || x%20 < 1, 0.3) }
	for name, picture := range map[string]*image.Gray{
		"a pen":                   photo(white),
		"a pencil":                faint(photo(white)),
		"a pen on ruled paper":    under(photo(white), ruled),
		"a pencil on ruled paper": under(faint(photo(white)), ruled),
		"a pen on squared paper":  under(photo(white), squared),
	} {
		reference, _ := tensorOf(t, picture, imageprep.Options{})
		for _, edge := range []float64{1, 2, 4, 6, 15} {
			tensor, info := tensorOf(t, inShadow(picture, 0.5, edge), imageprep.Options{})
			if difference := difference(tensor, reference); difference > 0.065 { // a shift by one pixel alone is 0.05
				t.Errorf("%s, an edge of %v pixels: the mean difference is %.3f; steps %v", name, edge, difference, info.Steps)
			}
		}
	}
}

// Nor does it take light ink away. That is fainter in a shadow, and stays so.
func TestShadowsAcrossChalk(t *testing.T) {
	board := photo(white)
	for i, v := range board.Pix {
		board.Pix[i] = 60 + (235-v)/2
	}
	reference, _ := tensorOf(t, board, imageprep.Options{})
	for _, edge := range []float64{1, 2, 4, 6, 15} {
		tensor, info := tensorOf(t, inShadow(board, 0.25, edge), imageprep.Options{})
		if difference := difference(tensor, reference); difference > 0.08 {
			t.Errorf("an edge of %v pixels: the mean difference is %.3f; steps %v", edge, difference, info.Steps)
		}
	}
}
