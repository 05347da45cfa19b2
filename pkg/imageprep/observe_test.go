package imageprep_test

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
	"testing"

	"digits/pkg/imageprep"
)

// Observe sees every step that acted, in pictures that are small.
func TestObserve(t *testing.T) {
	var steps []string
	g := image.NewGray(image.Rect(0, 0, 1200, 900))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(g, image.Rect(500, 300, 560, 700), image.NewUniform(color.Gray{60}), image.Point{}, draw.Src)
	_, info := tensorOf(t, g, imageprep.Options{Observe: func(step string, picture *image.Gray) {
		steps = append(steps, step)
		if size := picture.Rect.Size(); size.X > 160 || size.Y > 160 || size.X < imageprep.Side {
			t.Errorf("%s: %v", step, size)
		}
	}})
	if !slices.Equal(steps, info.Steps) || !slices.Contains(steps, "shrink") {
		t.Errorf("observed %v; steps %v", steps, info.Steps)
	}
}

// A picture of a step shows what the step made: ink is light from the inversion
// on, and what is cut out fills the picture but for the margin.
func TestObserveShowsWhatWasMade(t *testing.T) {
	seen := map[string]*image.Gray{}
	g := image.NewGray(image.Rect(0, 0, 140, 140))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(g, image.Rect(20, 20, 30, 60), image.Black, image.Point{}, draw.Src)
	tensorOf(t, g, imageprep.Options{Observe: func(step string, picture *image.Gray) { seen[step] = picture }})
	for _, c := range []struct {
		step       string
		x, y       int // of the ink
		ink, paper uint8
	}{{"invert", 25, 25, 255, 0}, {"crop", 26, 20, 255, 0}, {"crop", 26, 90, 255, 0}, {"resize", 6, 12, 255, 0}} {
		picture := seen[c.step]
		if picture == nil {
			t.Fatalf("no picture of %s", c.step)
		}
		if ink, paper := picture.GrayAt(c.x, c.y).Y, picture.GrayAt(0, 0).Y; ink != c.ink || paper != c.paper {
			t.Errorf("%s: ink of level %d on paper of %d", c.step, ink, paper)
		}
	}
}
