package report

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Course is how a training run went on the images that it held out.
type Course struct {
	File   string  `json:"file"`   // the run's weights
	Epochs []Epoch `json:"epochs"` // at least one
	Chosen int     `json:"chosen"` // the epoch whose weights were kept, from 1
}

// Epoch is how the images were read after an epoch.
type Epoch struct {
	Accuracy float64 `json:"accuracy"`
	Loss     float64 `json:"loss"`
}

// drawCourse draws the learning curves side by side.
func drawCourse(course Course) drawing {
	accuracy := curve(course, "Validation accuracy: %.2f%% in epoch %d", "right (%)", func(e Epoch) float64 { return 100 * e.Accuracy })
	loss := curve(course, "Validation loss: %.4f in epoch %d", "cross entropy (nats)", func(e Epoch) float64 { return e.Loss })
	return drawing{7.6 * vg.Inch, 3.2 * vg.Inch, func(c draw.Canvas) {
		tiles := draw.Tiles{Rows: 1, Cols: 2, PadX: 18}
		c = margin(c)
		accuracy.Draw(tiles.At(c, 0, 0))
		loss.Draw(tiles.At(c, 1, 0))
	}}
}

// curve plots a number by epoch and marks the chosen one. The scale is made
// for all epochs but the first tenth, which can be far off.
func curve(course Course, title, label string, of func(Epoch) float64) *plot.Plot {
	all := make(plotter.XYs, len(course.Epochs))
	for i, e := range course.Epochs {
		all[i] = plotter.XY{X: float64(i + 1), Y: of(e)}
	}
	chosen := all[course.Chosen-1]
	p := newPlot(fmt.Sprintf(title, chosen.Y, course.Chosen), "epoch", label)
	p.Title.TextStyle.Font = style(11).Font
	p.X.Min, p.X.Max = 0, float64(len(all))
	_, _, p.Y.Min, p.Y.Max = plotter.XYRange(all[len(all)/10:])
	room := max(0.08*(p.Y.Max-p.Y.Min), 0.0005*chosen.Y, 1e-6) // some, where all epochs are equal
	p.Y.Min, p.Y.Max = min(p.Y.Min, chosen.Y)-room, max(p.Y.Max, chosen.Y)+room
	p.X.Tick.Marker = wholeTicks(len(all))
	p.Add(plotted(func(c *draw.Canvas, x, y func(float64) vg.Length) {
		line := make([]vg.Point, len(all))
		for i, at := range all {
			line[i] = vg.Point{X: x(at.X), Y: y(at.Y)}
		}
		c.StrokeLines(draw.LineStyle{Color: blue, Width: 1.5}, c.ClipLinesXY(line)...)
		at := vg.Point{X: x(chosen.X), Y: y(chosen.Y)}
		c.DrawGlyphNoClip(draw.GlyphStyle{Color: orange, Radius: 3.5, Shape: draw.CircleGlyph{}}, at)
	}))
	return p
}

// wholeTicks marks at most six whole numbers from 0 to n.
func wholeTicks(n int) plot.ConstantTicks {
	step := 1
	for _, factor := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000} {
		if step = factor; n/step <= 6 {
			break
		}
	}
	var values []float64
	for v := 0; v <= n; v += step {
		values = append(values, float64(v))
	}
	return places("%.0f", values...)
}
