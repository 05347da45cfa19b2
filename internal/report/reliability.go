package report

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bins is how many there are of a confidence from 0 to 1, all of one width
// (Guo et al. 2017).
const bins = 15

// Bin is the images whose confidence lies in a bin: above its index / 15 and
// up to (index + 1) / 15.
type Bin struct {
	N          int        `json:"n"`
	Right      int        `json:"right"`
	Confidence float64    `json:"confidence"`                    // the mean; 0 without images
	Accuracy   float64    `json:"accuracy"`                      // Right / N; 0 without images
	Interval   [2]float64 `json:"accuracy_95_interval,omitzero"` // Wilson 1927
}

// binOf returns the bin of a confidence from 0 to 1; the first has 0 too.
func binOf(confidence float64) int {
	return min(max(int(math.Ceil(confidence*bins))-1, 0), bins-1)
}

// Reliability sorts answers into the bins of a reliability diagram (DeGroot
// and Fienberg 1983). Confidences are from 0 to 1.
func Reliability(confidences []float64, right []bool) [bins]Bin {
	var list [bins]Bin
	for i, confidence := range confidences {
		b := &list[binOf(confidence)]
		b.N++
		b.Confidence += confidence
		if right[i] {
			b.Right++
		}
	}
	for i := range list {
		if b := &list[i]; b.N > 0 {
			b.Confidence /= float64(b.N)
			b.Accuracy = share(b.Right, b.N)
			b.Interval[0], b.Interval[1] = Wilson(b.Right, b.N)
		}
	}
	return list
}

// drawReliability draws how often answers are right by how sure they are: a
// model that can be taken at its word is on the diagonal.
func drawReliability(list [bins]Bin, title string) drawing {
	p := newPlot(title, "confidence (%)", "right (%)")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, -0.08, 1
	const below = -0.045 // where the numbers of images are
	ticks := percents()
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks, append(ticks, plot.Tick{Value: below, Label: "images"})
	p.Add(plotted(func(c *draw.Canvas, x, y func(float64) vg.Length) {
		line := draw.LineStyle{Color: pale, Width: 0.5}
		for i := range bins + 1 {
			edge := x(float64(i) / bins)
			c.StrokeLine2(line, edge, y(0), edge, y(1))
		}
		c.StrokeLine2(line, x(0), y(0), x(1), y(0))
		c.StrokeLine2(draw.LineStyle{Color: grey, Width: 1, Dashes: []vg.Length{4, 3}}, x(0), y(0), x(1), y(1))
		for i, b := range list {
			if b.N == 0 {
				continue
			}
			at := x(b.Confidence)
			c.StrokeLine2(draw.LineStyle{Color: blue, Width: 1.2}, at, y(b.Interval[0]), at, y(b.Interval[1]))
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: blue, Radius: 3.5, Shape: draw.CircleGlyph{}}, vg.Point{X: at, Y: y(b.Accuracy)})
			write(c, style(8), x((float64(i)+0.5)/bins), y(below), fmt.Sprint(b.N))
		}
	}))
	return drawing{6.4 * vg.Inch, 5 * vg.Inch, func(c draw.Canvas) { p.Draw(margin(c)) }}
}
