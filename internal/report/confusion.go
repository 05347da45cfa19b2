package report

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// drawConfusion draws the confusion matrix: a row for each label, mistakes the
// darker the more there are, nothing where there are none.
func drawConfusion(e Evaluation) drawing {
	p := newPlot(fmt.Sprintf("%d of %d read right", e.Correct, e.N), "read as", "label")
	digits := make([]float64, classes)
	most := 1
	for d := range digits {
		digits[d] = float64(d)
		for read, n := range e.Confusion[d] {
			if read != d {
				most = max(most, n)
			}
		}
	}
	rows := places("%.0f", digits...)
	p.X.Tick.Marker = places("%.0f", digits...)
	for d := range rows {
		rows[d].Value = row(d)
	}
	p.Y.Tick.Marker = rows
	p.X.Min, p.X.Max = -0.5, classes-0.5
	p.Y.Min, p.Y.Max = -0.5, classes-0.5
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Tick.Length, a.LineStyle.Width = 0, 0
	}
	p.Add(plotted(func(c *draw.Canvas, x, y func(float64) vg.Length) {
		for label, counts := range e.Confusion {
			for read, n := range counts {
				left, top := x(float64(read)-0.5), y(row(label)+0.5)
				right, bottom := x(float64(read)+0.5), y(row(label)-0.5)
				fill, ink := shade(n, most, label == read)
				rectangle(c, fill, left+0.5, bottom+0.5, right-0.5, top-0.5)
				if n > 0 {
					text := style(9)
					text.Color = ink
					write(c, text, (left+right)/2, (bottom+top)/2, fmt.Sprint(n))
				}
			}
		}
	}))
	return drawing{6 * vg.Inch, 5.4 * vg.Inch, func(c draw.Canvas) { p.Draw(margin(c)) }}
}

// row returns the height of a label's row: 0 is at the top.
func row(label int) float64 { return float64(classes - 1 - label) }

// shade returns the colours of a cell and of the number in it.
func shade(n, most int, right bool) (fill, ink color.Color) {
	switch {
	case right:
		return color.RGBA{0xd6, 0xe8, 0xf3, 0xff}, color.Black
	case n == 0:
		return color.Gray{0xf6}, color.Black
	}
	depth := 0.15 + 0.85*float64(n)/float64(most)
	fade := func(to uint8) uint8 { return uint8(255 - depth*float64(255-int(to)) + 0.5) }
	ink = color.Black
	if depth > 0.6 {
		ink = color.White
	}
	return color.RGBA{fade(orange.R), fade(orange.G), fade(orange.B), 0xff}, ink
}
