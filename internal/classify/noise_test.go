package classify

import (
	"errors"
	"image"
	"math/rand/v2"
	"testing"

	"digits/pkg/imageprep"
)

// A picture of nothing but noise has no ink, or is not accepted.
func TestNoiseIsNoDigit(t *testing.T) {
	c := newClassifier(t, Options{})
	random := rand.New(rand.NewPCG(3, 4))
	const allowed = 1 // some noise looks like a digit
	each := 20
	if testing.Short() {
		each = 4
	}
	for _, side := range []int{28, 64, 300} {
		for name, level := range map[string]func() uint8{
			"of all levels": func() uint8 { return uint8(random.IntN(256)) },
			"on grey":       func() uint8 { return uint8(min(max(128+30*random.NormFloat64(), 0), 255)) },
			"black, white":  func() uint8 { return uint8(255 * random.IntN(2)) },
			"salt":          func() uint8 { return uint8(255 * (random.IntN(20) / 19)) },
		} {
			accepted := 0
			for range each {
				g := image.NewGray(image.Rect(0, 0, side, side))
				for i := range g.Pix {
					g.Pix[i] = level()
				}
				r, err := c.Classify(t.Context(), asPNG(g))
				if err != nil && !errors.Is(err, imageprep.ErrNoInk) {
					t.Fatalf("%s, %d pixels: %v", name, side, err)
				}
				if err == nil && r.Accepted {
					accepted++
				}
			}
			if accepted > allowed {
				t.Errorf("%s, %d pixels: %d of %d are accepted", name, side, accepted, each)
			}
		}
	}
}
