package imageprep_test

import (
	"image"
	"math"
	"slices"
	"testing"

	"digits/pkg/imageprep"
)

// What a thick pen has written is as it would be in even light on blank paper.
func TestThickPens(t *testing.T) {
	soft := func(light func(x, y float64) float64, place func(x, y float64) float64) *image.Gray { // a stroke where place is small
		g := image.NewGray(image.Rect(0, 0, photoSide, photoSide))
		for i := range g.Pix {
			x, y := float64(i%photoSide), float64(i/photoSide)
			g.Pix[i] = uint8(light(x, y) * (1 - 0.7/(1+math.Exp((place(x, y)-25)/6))))
		}
		return g
	}
	even := func(x, y float64) float64 { return 200 }
	slope := func(x, y float64) float64 { return 200 - 0.15*x - 0.1*y }
	shadow := func(x, y float64) float64 { return 200 - 60/(1+math.Exp((x-y-100)/6)) }
	lamp := func(x, y float64) float64 { return 120 + 100*math.Exp(-((x-250)*(x-250)+(y-250)*(y-250))/9000) }
	nine := func(x, y float64) float64 {
		return min(math.Abs(math.Hypot(x-140, y-110)-45), math.Hypot(x-185, max(0, y-230, 110-y)))
	}
	seven := func(x, y float64) float64 {
		return min(math.Hypot(y-70, max(0, x-200, 90-x)), math.Abs(x-200+(y-70)*0.4)+max(0, y-230, 70-y))
	}
	four := func(x, y float64) float64 { // of a pen of 26 pixels, the upstroke at 45 degrees
		slanted := max(math.Abs(x+y-250)/math.Sqrt2, y-180, 70-y)
		return min(slanted, max(math.Abs(y-170), 70-x, x-230), max(math.Abs(x-180), 70-y, y-240)) + 12
	}
	squared := func(x, y int) float64 { return when(x%60 < 4 || y%60 < 4, 0.4) }
	stem := []image.Rectangle{image.Rect(110, 80, 150, 220), image.Rect(110, 80, 200, 120)}
	for name, tt := range map[string]struct{ picture, plain *image.Gray }{
		"a nine in uneven light":  {soft(slope, nine), soft(even, nine)},
		"a seven in uneven light": {soft(slope, seven), soft(even, seven)},
		"a nine in a shadow":      {soft(shadow, nine), soft(even, nine)},
		"a seven in a shadow":     {soft(shadow, seven), soft(even, seven)},
		"a nine under a lamp":     {soft(lamp, nine), soft(even, nine)},
		"a four on squared paper": {under(soft(even, four), squared), soft(even, four)},
		"on squared paper":        {under(bars(stem...), squared), bars(stem...)},
	} {
		tensor, info := tensorOf(t, tt.picture, imageprep.Options{})
		plain, _ := tensorOf(t, tt.plain, imageprep.Options{})
		if difference := difference(tensor, plain); difference > 0.05 {
			t.Errorf("%s: the mean difference is %.3f; steps %v", name, difference, info.Steps)
		}
	}
}

// A thin pen's strokes become as wide as a usual pen's.
func TestThinPens(t *testing.T) {
	corner := func(width int) *image.Gray {
		return bars(image.Rect(100, 100, 100+width, 200), image.Rect(100, 200-width, 170, 200))
	}
	for _, width := range []int{1, 2, 4} {
		tensor, info := tensorOf(t, corner(width), imageprep.Options{})
		ink := float32(0)
		for _, v := range tensor {
			ink += v
		}
		if !slices.Contains(info.Steps, "thicken") || ink < 40 || ink > 90 {
			t.Errorf("a pen of %d pixels: %v of ink; steps %v", width, ink, info.Steps)
		}
	}
	if _, info := tensorOf(t, corner(14), imageprep.Options{}); slices.Contains(info.Steps, "thicken") {
		t.Errorf("a usual pen: steps %v", info.Steps)
	}
}

// A thick pen's strokes become thinner, and the digit fills the box as it would
// have, so that a small loop is open again.
func TestVeryThickPens(t *testing.T) {
	loop := func(pen float64) *image.Gray { // a six
		g := image.NewGray(image.Rect(0, 0, photoSide, photoSide))
		for i := range g.Pix {
			x, y := float64(i%photoSide), float64(i/photoSide)
			distance := min(math.Abs(math.Hypot(x-140, y-180)-38), math.Hypot(x-102, max(0, y-180, 60-y)))
			g.Pix[i] = uint8(200 - when(distance < pen/2, 150))
		}
		return g
	}
	usual, info := tensorOf(t, loop(30), imageprep.Options{})
	if slices.Contains(info.Steps, "thin") {
		t.Errorf("a usual pen: steps %v", info.Steps)
	}
	for _, pen := range []float64{50, 60} {
		thinned, info := tensorOf(t, loop(pen), imageprep.Options{})
		thick, _ := tensorOf(t, loop(pen), imageprep.Options{Skip: []string{"thin"}})
		if got, without := difference(thinned, usual), difference(thick, usual); !slices.Contains(info.Steps, "thin") || got > 0.6*without {
			t.Errorf("a pen of %v: the mean difference is %.3f, and %.3f when it is not thinned; steps %v", pen, got, without, info.Steps)
		}
		if height := rowsWithInk(thinned); height < 18 || height > 21 {
			t.Errorf("a pen of %v: the digit is %d pixels high", pen, height)
		}
	}
}

// Where strokes are very uneven, or there is no stroke at all, nothing is thinned:
// the fine ones would be gone.
func TestWhatIsNotThinned(t *testing.T) {
	for name, ink := range map[string]func(x, y float64) bool{
		"a seven with a broad bar and a fine stem": func(x, y float64) bool {
			return math.Hypot(y-90, max(0, 95-x, x-190)) < 40 || math.Abs((x-215)*0.95+(y-100)*0.31) < 5 && y > 100 && y < 240
		},
		"a blot": func(x, y float64) bool { return math.Hypot(x-150, y-150) < 90 },
	} {
		g := image.NewGray(image.Rect(0, 0, photoSide, photoSide))
		for i := range g.Pix {
			g.Pix[i] = 220
			if ink(float64(i%photoSide), float64(i/photoSide)) {
				g.Pix[i] = 20
			}
		}
		if _, info := tensorOf(t, g, imageprep.Options{}); slices.Contains(info.Steps, "thin") {
			t.Errorf("%s: steps %v", name, info.Steps)
		}
	}
}

// A thick stroke is as wide as a broad one afterwards.
func TestThinnedWidth(t *testing.T) {
	for _, pen := range []int{44, 50, 56} {
		tensor, info := tensorOf(t, bars(image.Rect(100, 60, 100+pen, 240), image.Rect(100, 240-pen, 200, 240)), imageprep.Options{})
		width := float32(0)
		for _, v := range tensor[8*imageprep.Side:][:imageprep.Side] { // across the stem
			width += v
		}
		if !slices.Contains(info.Steps, "thin") || width < 2.9 || width > 3.9 {
			t.Errorf("a pen of %d: %.1f pixels wide; steps %v", pen, width, info.Steps)
		}
	}
}

// rowsWithInk counts them.
func rowsWithInk(tensor []float32) (rows int) {
	for y := range imageprep.Side {
		if slices.Max(tensor[y*imageprep.Side:][:imageprep.Side]) > 0.3 {
			rows++
		}
	}
	return rows
}
