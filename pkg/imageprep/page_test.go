package imageprep_test

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"testing"

	xdraw "golang.org/x/image/draw"

	"digits/pkg/imageprep"
)

// desk is a picture of 400x300 of one level.
func desk(level uint8) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 400, 300))
	draw.Draw(g, g.Rect, image.NewUniform(color.Gray{level}), image.Point{}, draw.Src)
	return g
}

// written draws a seven on a sheet of a side, from a place on.
func written(g *image.Gray, at image.Point, side int, paper, ink uint8) *image.Gray {
	sheet := image.Rectangle{at, at.Add(image.Pt(side, side))}
	draw.Draw(g, sheet, image.NewUniform(color.Gray{paper}), image.Point{}, draw.Src)
	return drawn(g, at.Add(image.Pt(side/4, side/4)), side/2, ink)
}

// drawn draws a seven of a side, from a place on.
func drawn(g *image.Gray, at image.Point, side int, ink uint8) *image.Gray {
	digit := scale(seven(), side, xdraw.CatmullRom)
	mask := image.NewAlpha(digit.Rect)
	mask.Pix = digit.Pix
	draw.DrawMask(g, image.Rectangle{at, at.Add(image.Pt(side, side))}, image.NewUniform(color.Gray{ink}), image.Point{}, mask, image.Point{}, draw.Over)
	return g
}

// A sheet is cut out, be it darker or lighter than what it lies on, small or
// large.
func TestSheets(t *testing.T) {
	for name, tt := range map[string]struct{ desk, paper, ink uint8 }{
		"a note on a dark desk":              {62, 215, 42},
		"a note on a bright desk":            {170, 225, 42},
		"a blackboard on a light wall":       {235, 50, 230},
		"a grey card, dark ink":              {222, 168, 42},
		"a grey card, light ink, dark table": {60, 168, 240},
	} {
		for _, side := range [...]int{100, 140, 240} { // 8, 16 and 48% of the picture
			reference, _ := tensorOf(t, drawn(desk(tt.paper), image.Pt(100, 100), side/2, tt.ink), imageprep.Options{})
			tensor, info := tensorOf(t, written(desk(tt.desk), image.Pt(90, 40), side, tt.paper, tt.ink), imageprep.Options{})
			if difference := difference(tensor, reference); difference > 0.01 || !slices.Contains(info.Steps, "page") {
				t.Errorf("%s, %d pixels: the mean difference is %.3f; steps %v", name, side, difference, info.Steps)
			}
		}
	}
}

// So is one that lies askew, which leaves much of its box to the desk.
func TestSheetsAskew(t *testing.T) {
	const paper, side, turned = 215, 70, 10 * math.Pi / 180
	sin, cos := math.Sincos(turned)
	for _, level := range [...]uint8{62, 250} {
		reference, _ := tensorOf(t, drawn(desk(paper), image.Pt(165, 115), side, 42), imageprep.Options{})
		sheet := shape(level, paper, func(x, y float64) bool { return max(math.Abs(x*cos+y*sin), math.Abs(y*cos-x*sin)) < side })
		tensor, info := tensorOf(t, drawn(sheet, image.Pt(165, 115), side, 42), imageprep.Options{})
		if difference := difference(tensor, reference); difference > 0.01 || !slices.Contains(info.Steps, "page") {
			t.Errorf("on a desk of %d: the mean difference is %.3f; steps %v", level, difference, info.Steps)
		}
	}
}

// shape is a figure of one level on a desk of another.
func shape(ground, ink uint8, in func(x, y float64) bool) *image.Gray {
	g := desk(ground)
	for i := range g.Pix {
		if in(float64(i%400)-200, float64(i/400)-150) {
			g.Pix[i] = ink
		}
	}
	return g
}

// What is as full as a sheet, or around a digit, or beside one, is no sheet.
func TestNoSheets(t *testing.T) {
	ellipse := func(x, y, width, height float64) bool { return x*x/width/width+y*y/height/height < 1 }
	within := func(x, y, width, height float64) bool { return max(x, -x) < width && max(y, -y) < height }
	stem := func(x, y float64) bool { return within(x, y, 6, 50) || within(x+10, y+44, 16, 6) }
	for name, in := range map[string]func(x, y float64) bool{
		"a thick 0":                func(x, y float64) bool { return ellipse(x, y, 90, 130) && !ellipse(x, y, 40, 80) },
		"a nearly filled 0":        func(x, y float64) bool { return ellipse(x, y, 90, 110) && !ellipse(x, y, 8, 20) },
		"a nearly filled, small 0": func(x, y float64) bool { return ellipse(x, y, 50, 60) && !ellipse(x, y, 5, 10) },
		"a filled 8": func(x, y float64) bool {
			return (ellipse(x, y+50, 60, 60) || ellipse(x, y-50, 70, 70)) && !ellipse(x, y+50, 7, 7) && !ellipse(x, y-50, 7, 7)
		},
		"a 1 with a streak":          func(x, y float64) bool { return within(x, y, 35, 120) && !within(x, y, 2, 80) },
		"a box around a digit":       func(x, y float64) bool { return stem(x, y) || within(x, y, 80, 100) && !within(x, y, 74, 94) },
		"a thick box around a digit": func(x, y float64) bool { return stem(x, y) || within(x, y, 80, 100) && !within(x, y, 60, 80) },
		"a button beside a digit":    func(x, y float64) bool { return stem(x+100, y) || within(x-60, y, 60, 40) && !within(x-60, y, 30, 5) },
		"a table with a digit":       func(x, y float64) bool { return stem(x, y) || within(x-150, y, 90, 160) && !within(x-150, y, 30, 5) },
	} {
		for _, levels := range [...][2]uint8{{235, 40}, {40, 235}} {
			if _, info := tensorOf(t, shape(levels[0], levels[1], in), imageprep.Options{}); slices.Contains(info.Steps, "page") {
				t.Errorf("%s of %d on %d: steps %v", name, levels[1], levels[0], info.Steps)
			}
		}
	}
}
