package imageprep_test

import (
	"image"
	"math"
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
