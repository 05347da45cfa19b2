package report

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Mistake is an image that was read wrong.
type Mistake struct {
	Index       int     `json:"index"` // in the set
	Label       int     `json:"label"`
	Read        int     `json:"read_as"`
	Probability float64 `json:"probability"` // of what it was read as
	Rejected    bool    `json:"rejected"`    // taken for no digit, so that the answer was not given as one
	pixels      []byte  // side × side; 255 is ink
}

// side is the width and height of an image.
const side = 28

// worst returns the wrong answers, the most confident first.
func worst(answers []Answer, labels []uint8, pixels func(i int) []byte) []Mistake {
	var list []Mistake
	for i, a := range answers {
		if read := a.digit(); read != int(labels[i]) {
			list = append(list, Mistake{i, int(labels[i]), read, a.Probabilities[read], a.Rejected, pixels(i)})
		}
	}
	slices.SortStableFunc(list, func(a, b Mistake) int { return cmp.Compare(b.Probability, a.Probability) })
	return list
}

// The contact sheet's measures, in points.
const (
	columns    = 8
	sheetSize  = 5 * columns
	cellWidth  = 72
	cellHeight = 100
	picture    = 63 // an image's width and height: whole pixels in the PNG
)

// drawMistakes draws the contact sheet of the first mistakes.
func drawMistakes(list []Mistake) drawing {
	list = list[:min(len(list), sheetSize)]
	rows := (len(list) + columns - 1) / columns
	return drawing{columns*cellWidth + 12, vg.Length(rows*cellHeight + 12), func(c draw.Canvas) {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
		for i, m := range list {
			left := c.Min.X + 6 + vg.Length(i%columns*cellWidth)
			top := c.Max.Y - 6 - vg.Length(i/columns*cellHeight)
			drawMistake(&c, m, left, top)
		}
	}}
}

func drawMistake(c *draw.Canvas, m Mistake, left, top vg.Length) {
	const gap = (cellWidth - picture) / 2
	frame := vg.Rectangle{Min: vg.Point{X: left + gap, Y: top - gap - picture}, Max: vg.Point{X: left + gap + picture, Y: top - gap}}
	c.DrawImage(frame, enlarged(m.pixels))
	c.SetLineStyle(draw.LineStyle{Color: pale, Width: 0.75})
	c.Stroke(frame.Path())
	text, middle := style(9), left+cellWidth/2
	c.FillText(text, vg.Point{X: middle, Y: frame.Min.Y - 9}, fmt.Sprintf("%d read as %d", m.Label, m.Read))
	text = style(8)
	text.Color = color.Gray{0x55}
	note := likely(m.Probability)
	if m.Rejected {
		note += " (rej.)"
	}
	c.FillText(text, vg.Point{X: middle, Y: frame.Min.Y - 20}, note)
}

// enlarged returns the image dark on light, six pixels for each, so that
// nobody's viewer blurs them.
func enlarged(pixels []byte) image.Image {
	const times = 6
	img := image.NewGray(image.Rect(0, 0, side*times, side*times))
	for i := range img.Pix {
		row, col := i/img.Stride/times, i%img.Stride/times
		img.Pix[i] = 255 - pixels[row*side+col]
	}
	return img
}
