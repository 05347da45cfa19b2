package imageprep_test

import (
	"image"
	"image/draw"
	"testing"

	xdraw "golang.org/x/image/draw"

	"digits/pkg/imageprep"
)

// What lies beside the page, or comes in from the edge, changes nothing about
// the digit.
func TestBesideThePage(t *testing.T) {
	squared := func(x, y int) float64 { return when((y+x/20)%32 < 2 || (x-y/20+300)%32 < 2, 0.4) }
	table := func(from, darkness float64) func(x, y int) float64 {
		return func(x, y int) float64 { return when(float64(x) > from+float64(y)/20, darkness) }
	}
	thick := []image.Rectangle{image.Rect(60, 60, 240, 110), image.Rect(190, 60, 240, 250), image.Rect(60, 200, 240, 250)}
	thin := []image.Rectangle{image.Rect(20, 40, 24, 180), image.Rect(20, 176, 164, 180), image.Rect(120, 80, 124, 270), image.Rect(122, 270, 124, 300)}
	for name, tt := range map[string]struct{ picture, plain *image.Gray }{
		"squared paper at a table":     {under(under(photo(white), squared), table(250, 0.8)), photo(white)},
		"a marker close to a table":    {under(bars(thick...), table(262, 0.9)), bars(thick...)},
		"a pale table at two sides":    {under(photo(white), func(x, y int) float64 { return when(x < 45 || y < 40, 0.5) }), photo(white)},
		"a line that hangs on a digit": {bars(append(thin, image.Rect(270, 100, 274, 150))...), bars(thin...)},
		"a thumb, larger than a digit": {small(true), small(false)},
	} {
		tensor, info := tensorOf(t, tt.picture, imageprep.Options{})
		plain, _ := tensorOf(t, tt.plain, imageprep.Options{})
		if difference := difference(tensor, plain); difference > 0.03 {
			t.Errorf("%s: the mean difference is %.3f; steps %v", name, difference, info.Steps)
		}
	}
}

// What looks like a table and is none stays.
func TestNoTable(t *testing.T) {
	shape := func(light func(x, y int) float64, ink uint8, in func(x, y float64) bool) *image.Gray {
		g := image.NewGray(image.Rect(0, 0, photoSide, photoSide))
		for i := range g.Pix {
			x, y := i%photoSide, i/photoSide
			g.Pix[i] = uint8(light(x, y))
			if in(float64(x), float64(y)) {
				g.Pix[i] = ink
			}
		}
		return g
	}
	zero := func(x, y float64) bool {
		x, y = (x-150)/90, (y-150)/130
		return x*x+y*y < 1 && x*x/0.2+y*y/0.29 > 1
	}
	seven := func(x, y float64) bool { return y < 40 || x+y/2 > 260 && x+y/2 < 300 }
	for name, tt := range map[string]struct {
		picture, plain *image.Gray
	}{
		"a thick light zero":        {shape(func(x, y int) float64 { return 20 + float64(x)/8 }, 230, zero), shape(func(x, y int) float64 { return 40 }, 230, zero)},
		"a seven's bar at the edge": {shape(func(x, y int) float64 { return 235 - float64(x)/5 }, 40, seven), shape(func(x, y int) float64 { return 200 }, 40, seven)},
	} {
		tensor, info := tensorOf(t, tt.picture, imageprep.Options{})
		plain, _ := tensorOf(t, tt.plain, imageprep.Options{})
		if difference := difference(tensor, plain); difference > 0.13 { // the inside of thick strokes is paler in uneven light
			t.Errorf("%s: the mean difference is %.3f; steps %v", name, difference, info.Steps)
		}
	}
}

// small is a seven of a sixth of the height of a wide picture, with or without a
// thumb.
func small(thumb bool) *image.Gray {
	const wide, high, side = 640, 360, 75
	digit := negative(scale(seven(), side, xdraw.CatmullRom))
	out := image.NewGray(image.Rect(0, 0, wide, high))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, image.Rect(200, 150, 200+side, 150+side), digit, image.Point{}, draw.Src)
	for i := range out.Pix {
		if x, y := i%wide-wide, i/wide-high/2; thumb && x*x+y*y < 60*60 {
			out.Pix[i] = 90
		}
	}
	return out
}
