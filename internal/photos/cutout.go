package photos

import (
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"

	"golang.org/x/image/draw"

	"digits/internal/mnist"
)

// margin draws how much is left around a digit that was cut out along its ink:
// nothing in a third of the cases, else up to a 20th of its size.
func margin(random *rand.Rand) float64 { return max(0, 0.075*random.Float64()-0.025) }

// grown is a box with a share of its longer side more on all sides.
func grown(box image.Rectangle, share float64) image.Rectangle {
	return box.Inset(-int(math.Round(share * float64(max(box.Dx(), box.Dy())))))
}

// cutDrawing is a drawing that a program has cut out along its ink: any light
// ink on a dark ground, or the reverse.
func cutDrawing(digit []byte, random *rand.Rand) ([]byte, error) {
	s := newCanvas(random)
	s.share, s.place = 0.8, [2]float64{0.5, 0.5}
	cover := s.cover(digit)
	cover, _ = cover.SubImage(grown(inked(cover.Pix, cover.Rect), margin(random)).Intersect(cover.Rect)).(*image.Alpha)
	tight := image.NewAlpha(image.Rect(0, 0, cover.Rect.Dx(), cover.Rect.Dy()))
	draw.Copy(tight, image.Point{}, cover, cover.Rect, draw.Src, nil)
	ink, ground := twoTones(random)
	return encoded(png.Encode, drawing(tight, ink, ground))
}

// cutEnlarged is one of MNIST's digits, cut out along its ink and enlarged.
func cutEnlarged(digit []byte, random *rand.Rand) ([]byte, error) {
	small := &image.Alpha{Pix: digit, Stride: mnist.Side, Rect: image.Rect(0, 0, mnist.Side, mnist.Side)}
	box := inked(digit, small.Rect)
	if box.Empty() {
		box = small.Rect
	}
	factor := logBetween(random, 48, 400) / float64(max(box.Dx(), box.Dy()))
	size := image.Rect(0, 0, max(1, int(factor*float64(box.Dx()))), max(1, int(factor*float64(box.Dy()))))
	large := image.NewAlpha(grown(size, margin(random)))
	scaler := [...]draw.Scaler{draw.BiLinear, draw.CatmullRom, draw.NearestNeighbor}[random.IntN(3)]
	scaler.Scale(large, size, small, box, draw.Src, nil)
	ink, ground := twoTones(random)
	return encoded(png.Encode, drawing(large, ink, ground))
}

// cutPhotograph is a plain photograph, cut to the box around the digit.
func cutPhotograph(digit []byte, random *rand.Rand) ([]byte, error) {
	s := newScene(random)
	s.frame(logBetween(random, 200, 700))
	s.share = s.between(0.4, 0.8)
	d := shapeOf(digit)
	s.look(&d)
	img := s.photograph(digit).image()
	low, up := s.extent((d.right-d.left)/2, (d.bottom-d.top)/2)
	box := image.Rect(int(s.anchor[0]+low[0]), int(s.anchor[1]+low[1]), int(s.anchor[0]+up[0])+1, int(s.anchor[1]+up[1])+1)
	cut := img.SubImage(grown(box, margin(random)))
	return encodeJPEG(cut, s.quality)
}

// inked is the box around what is not 0.
func inked(pix []byte, bounds image.Rectangle) (box image.Rectangle) {
	for i, v := range pix {
		if v > 0 {
			x, y := i%bounds.Dx(), i/bounds.Dx()
			box = box.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	return box
}

// twoTones draws the greys of ink and ground, a third of the range apart at
// least.
func twoTones(random *rand.Rand) (ink, ground color.NRGBA) {
	dark, bright := byte(random.IntN(86)), byte(170+random.IntN(86))
	tones := [2]color.NRGBA{{dark, dark, dark, 255}, {bright, bright, bright, 255}}
	first := random.IntN(2)
	return tones[first], tones[1-first]
}
