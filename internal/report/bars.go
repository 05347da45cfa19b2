package report

import (
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// drawCorruptions draws a bar under the other, with its number and its
// interval; grey are those that no upload has.
func drawCorruptions(list []Corrupted, title string) drawing {
	p := newPlot(title, "right (%)", "")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1.12, -0.6, float64(len(list))-0.4
	ticks := percents()
	var names plot.ConstantTicks
	for i, b := range list {
		names = append(names, plot.Tick{Value: float64(len(list) - 1 - i), Label: strings.ReplaceAll(b.Name, "_", " ")})
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks, names
	p.Y.Tick.Length, p.Y.LineStyle.Width = 0, 0
	p.Add(plotted(func(c *draw.Canvas, x, y func(float64) vg.Length) {
		for _, t := range ticks {
			c.StrokeLine2(draw.LineStyle{Color: pale, Width: 0.5}, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
		}
		for i, b := range list {
			centre := names[i].Value
			fill := blue
			if !b.Upload {
				fill = grey
			}
			rectangle(c, fill, x(0), y(centre-0.32), x(b.Accuracy), y(centre+0.32))
			whisker := draw.LineStyle{Color: orange, Width: 1.5}
			c.StrokeLine2(whisker, x(b.Interval[0]), y(centre), x(b.Interval[1]), y(centre))
			for _, end := range b.Interval {
				c.StrokeLine2(whisker, x(end), y(centre-0.16), x(end), y(centre+0.16))
			}
			text := style(9)
			text.XAlign = draw.XLeft
			write(c, text, x(b.Interval[1])+5, y(centre), likely(b.Accuracy))
		}
	}))
	height := vg.Length(70 + 20*len(list))
	return drawing{7 * vg.Inch, height, func(c draw.Canvas) { p.Draw(margin(c)) }}
}
