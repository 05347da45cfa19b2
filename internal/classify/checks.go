package classify

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"digits/internal/proof"
	"digits/pkg/imageprep"
)

// checksOf returns the pictures of the self-test.
func checksOf(p proof.Proof) []check {
	if len(p.Digits) == 0 {
		return []check{
			{"the drawing of a 0", asPNG(frame()), 0, nil},
			{"the drawing of a 1", asPNG(stroke()), 1, nil},
		}
	}
	var checks []check
	encoder := png.Encoder{BufferPool: new(oneBuffer)} // a new buffer for each picture costs more than the picture
	encode := func(img *image.Gray) []byte { return encodeWith(&encoder, img) }
	for i, d := range p.Digits {
		name := fmt.Sprintf("digit %d of the proof, a %d", i, d.Label)
		checks = append(checks, check{name, encode(asItIs(d.Image)), d.Label, d.Logits})
		checks = append(checks, check{name + " on paper", encode(onPaper(d.Image)), d.Label, nil})
	}
	return checks
}

// asItIs is an image of 784 bytes, 0 for paper and 255 for ink. The preparation
// leaves it alone when it is framed as MNIST's are.
func asItIs(pixels []byte) *image.Gray {
	return &image.Gray{Pix: pixels, Stride: imageprep.Side, Rect: image.Rect(0, 0, imageprep.Side, imageprep.Side)}
}

// onPaper is the same digit as dark ink in the upper left of white paper, twice
// as large: the preparation has to find and move it.
func onPaper(pixels []byte) *image.Gray {
	const margin = 3
	digit := asItIs(pixels)
	ink := inkOf(digit)
	paper := sheet()
	for y := range paper.Rect.Dy() - margin {
		for x := range paper.Rect.Dx() - margin {
			from := image.Pt(x/2, y/2).Add(ink.Min)
			if from.In(ink) {
				paper.SetGray(x+margin, y+margin, color.Gray{Y: 255 - digit.GrayAt(from.X, from.Y).Y})
			}
		}
	}
	return paper
}

// inkOf is the rectangle around all that is not black.
func inkOf(img *image.Gray) (ink image.Rectangle) {
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if img.GrayAt(x, y).Y > 0 {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return ink
}

func stroke() *image.Gray { return drawing(image.Rect(26, 12, 31, 44), image.Rectangle{}) }
func frame() *image.Gray  { return drawing(image.Rect(18, 12, 38, 44), image.Rect(23, 17, 33, 39)) }

// drawing is a dark rectangle with a hole on a light ground.
func drawing(dark, hole image.Rectangle) *image.Gray {
	img := sheet()
	draw.Draw(img, dark, image.Black, image.Point{}, draw.Src)
	draw.Draw(img, hole, image.White, image.Point{}, draw.Src)
	return img
}

// sheet is white and has SelfTestPixels.
func sheet() *image.Gray {
	img := image.NewGray(image.Rect(0, 0, 2*imageprep.Side, 2*imageprep.Side))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	return img
}

// oneBuffer lends one buffer again and again.
type oneBuffer struct{ buffer *png.EncoderBuffer }

func (b *oneBuffer) Get() *png.EncoderBuffer     { return b.buffer }
func (b *oneBuffer) Put(back *png.EncoderBuffer) { b.buffer = back }

func asPNG(img *image.Gray) []byte { return encodeWith(new(png.Encoder), img) }

func encodeWith(encoder *png.Encoder, img *image.Gray) []byte {
	var b bytes.Buffer
	if err := encoder.Encode(&b, img); err != nil {
		panic("classify: a picture of the self-test cannot be encoded")
	}
	return b.Bytes()
}
