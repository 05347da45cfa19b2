package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Bar is how a model did under a name: a corruption of the images, say. The
// numbers are shares, from 0 to 1.
type Bar struct {
	Name     string  `json:"name"`
	Accuracy float64 `json:"accuracy"`
	Low      float64 `json:"low"` // of the 95% interval
	High     float64 `json:"high"`
}

// drawBars draws a bar under the other, with its number and its interval.
func drawBars(bars []Bar, title string) drawing {
	p := newPlot(title, "right (%)", "")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1.12, -0.6, float64(len(bars))-0.4
	ticks := places("%.0f", 0, 20, 40, 60, 80, 100)
	for i := range ticks {
		ticks[i].Value /= 100
	}
	var names plot.ConstantTicks
	for i, b := range bars {
		names = append(names, plot.Tick{Value: float64(len(bars) - 1 - i), Label: b.Name})
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks, names
	p.Y.Tick.Length, p.Y.LineStyle.Width = 0, 0
	p.Add(plotted(func(c *draw.Canvas, x, y func(float64) vg.Length) {
		for _, t := range ticks {
			c.StrokeLine2(draw.LineStyle{Color: pale, Width: 0.5}, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
		}
		for i, b := range bars {
			centre := names[i].Value
			rectangle(c, blue, x(0), y(centre-0.32), x(b.Accuracy), y(centre+0.32))
			whisker := draw.LineStyle{Color: orange, Width: 1.5}
			c.StrokeLine2(whisker, x(b.Low), y(centre), x(b.High), y(centre))
			for _, end := range []float64{b.Low, b.High} {
				c.StrokeLine2(whisker, x(end), y(centre-0.16), x(end), y(centre+0.16))
			}
			text := style(9)
			text.XAlign = draw.XLeft
			write(c, text, x(b.High)+5, y(centre), likely(b.Accuracy))
		}
	}))
	height := vg.Length(70 + 20*len(bars))
	return drawing{7 * vg.Inch, height, func(c draw.Canvas) { p.Draw(margin(c)) }}
}
