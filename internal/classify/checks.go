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
			{"the drawing of a 0", frame(), 0, nil},
			{"the drawing of a 1", stroke(), 1, nil},
		}
	}
	var checks []check
	for i, d := range p.Digits {
		name := fmt.Sprintf("digit %d of the proof, a %d", i, d.Label)
		checks = append(checks, check{name, Picture(d.Image), d.Label, d.Logits})
		checks = append(checks, check{name + " on paper", OnPaper(d.Image), d.Label, nil})
	}
	return checks
}

// Picture is a PNG of an image of 784 bytes, 0 for paper and 255 for ink. The
// preparation leaves it as it is when it is framed as MNIST's are.
func Picture(pixels []byte) []byte {
	return encode(&image.Gray{Pix: pixels, Stride: imageprep.Side, Rect: image.Rect(0, 0, imageprep.Side, imageprep.Side)})
}

// OnPaper is a PNG of the same digit as dark ink in the upper left of white
// paper, twice as large: the preparation has to find and move it.
func OnPaper(pixels []byte) []byte {
	const margin = 3
	digit := &image.Gray{Pix: pixels, Stride: imageprep.Side, Rect: image.Rect(0, 0, imageprep.Side, imageprep.Side)}
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
	return encode(paper)
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

func stroke() []byte { return drawing(image.Rect(26, 12, 31, 44), image.Rectangle{}) }
func frame() []byte  { return drawing(image.Rect(18, 12, 38, 44), image.Rect(23, 17, 33, 39)) }

// drawing is a PNG of a dark rectangle with a hole on a light ground.
func drawing(dark, hole image.Rectangle) []byte {
	img := sheet()
	draw.Draw(img, dark, image.Black, image.Point{}, draw.Src)
	draw.Draw(img, hole, image.White, image.Point{}, draw.Src)
	return encode(img)
}

// sheet is white and has SelfTestPixels.
func sheet() *image.Gray {
	img := image.NewGray(image.Rect(0, 0, 2*imageprep.Side, 2*imageprep.Side))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	return img
}

func encode(img *image.Gray) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic("classify: a picture of the self-test cannot be encoded")
	}
	return b.Bytes()
}
