package report

import (
	"bytes"
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Colours that people with any colour vision can tell apart (Okabe and Ito 2008).
var (
	blue   = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	orange = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
	grey   = color.RGBA{0x88, 0x88, 0x88, 0xff}
	pale   = color.RGBA{0xdd, 0xdd, 0xdd, 0xff}
)

// drawing is a picture that has no format yet.
type drawing struct {
	width, height vg.Length
	draw          func(draw.Canvas)
}

// png returns the picture with two pixels for each of a page.
func (d drawing) png() ([]byte, error) {
	c := vgimg.NewWith(vgimg.UseWH(d.width, d.height), vgimg.UseDPI(192))
	d.draw(draw.New(c))
	var b bytes.Buffer
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(&b)
	return b.Bytes(), err
}

// svg returns the picture as text and lines. A viewer may lack the font; the
// others named are as wide.
func (d drawing) svg() ([]byte, error) {
	c := vgsvg.New(d.width, d.height)
	d.draw(draw.New(c))
	var b bytes.Buffer
	_, err := c.WriteTo(&b)
	return bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;")), err
}

// style returns a text style that is centred on its point.
func style(points vg.Length) text.Style {
	f := plot.DefaultFont
	f.Variant = "Sans"
	return text.Style{Color: color.Black, Font: font.From(f, points), XAlign: draw.XCenter, YAlign: draw.YCenter, Handler: plot.DefaultTextHandler}
}

// newPlot returns an empty plot in the report's style.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding = 8
	p.Title.TextStyle.Font = style(12).Font
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Font = style(10).Font
		a.Label.Padding = 4
		a.Tick.Label.Font = style(9).Font
		a.LineStyle.Color, a.Tick.LineStyle.Color = grey, grey
	}
	return p
}

// plotted draws on a plot; x and y turn its data into places.
type plotted func(c *draw.Canvas, x, y func(float64) vg.Length)

// Plot implements plot.Plotter.
func (f plotted) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	f(&c, x, y)
}

// rectangle fills the rectangle between two points.
func rectangle(c *draw.Canvas, fill color.Color, left, bottom, right, top vg.Length) {
	c.FillPolygon(fill, []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}})
}

// write puts the middle of a line of digits on a point: they have no descenders.
func write(c *draw.Canvas, s text.Style, x, y vg.Length, line string) {
	c.FillText(s, vg.Point{X: x, Y: y + s.Font.Size/8}, line)
}

// margin leaves room around a picture, so that no label is clipped.
func margin(c draw.Canvas) draw.Canvas {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	return draw.Crop(c, 8, -14, 8, -10)
}

// places returns ticks with labels at these values.
func places(format string, values ...float64) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for _, v := range values {
		ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprintf(format, v)})
	}
	return ticks
}

// percents returns ticks at shares of 1, with labels in percent.
func percents() plot.ConstantTicks {
	ticks := places("%.0f", 0, 20, 40, 60, 80, 100)
	for i := range ticks {
		ticks[i].Value /= 100
	}
	return ticks
}

// likely writes a probability so that only 1 is 100%.
func likely(p float64) string {
	if p > 0.9999 && p < 1 {
		return "> 99.99%"
	}
	return fmt.Sprintf("%.2f%%", 100*p)
}
