package photos

import (
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
)

// cover returns how much of each pixel is ink, from 0 to 255, when the digit is
// drawn by a program in a place and size of its own.
func (s *scene) cover(digit []byte) *image.Alpha {
	d := shapeOf(digit)
	s.look(&d)
	strokes := d.drawn(s.pen.factor, s.pen.least)
	a := image.NewAlpha(image.Rect(0, 0, s.width, s.tall))
	for row := range s.tall {
		for col := range s.width {
			x := (float64(col)+0.5-s.anchor[0])/s.pixelsPerUnit + s.centre[0]
			y := (float64(row)+0.5-s.anchor[1])/s.pixelsPerUnit + s.centre[1]
			inside := strokes.at(x, y) * float32(s.pixelsPerUnit)
			a.Pix[row*a.Stride+col] = byte(min(max(inside+0.5, 0), 1)*255 + 0.5)
		}
	}
	return a
}

// newCanvas returns the scene of a digit that is drawn with finger or mouse.
func newCanvas(random *rand.Rand) *scene {
	s := &scene{random: random}
	side := 140 + random.IntN(361)
	s.width, s.tall = side, side
	if s.chance(0.3) {
		s.tall = side * 3 / 4
	}
	s.share = s.between(0.3, 0.9)
	s.place = [2]float64{s.between(0.1, 0.9), s.between(0.1, 0.9)}
	s.pen = pen{factor: s.between(0.5, 1.3), least: s.between(0.8, 2)}
	return s
}

// canvas is a drawing with one ink on one ground, exported as PNG.
func canvas(ink, ground color.NRGBA) render {
	return func(digit []byte, random *rand.Rand) ([]byte, error) {
		return encoded(png.Encode, drawing(newCanvas(random).cover(digit), ink, ground))
	}
}

// colouredCanvas has ink of any colour, not very pale, on a transparent ground.
func colouredCanvas(digit []byte, random *rand.Rand) ([]byte, error) {
	ink := color.NRGBA{byte(random.IntN(220)), byte(random.IntN(180)), byte(random.IntN(220)), 255}
	return encoded(png.Encode, drawing(newCanvas(random).cover(digit), ink, color.NRGBA{}))
}

// drawing puts ink on a ground that is opaque, or transparent black.
func drawing(cover *image.Alpha, ink, ground color.NRGBA) *image.NRGBA {
	img := image.NewNRGBA(cover.Rect)
	for i, a := range cover.Pix {
		p := img.Pix[4*i:][:4]
		switch {
		case ground.A == 0 && a > 0:
			p[0], p[1], p[2], p[3] = ink.R, ink.G, ink.B, a
		case ground.A == 255:
			mix := func(from, to byte) byte { return byte((int(from)*(255-int(a)) + int(to)*int(a) + 127) / 255) }
			p[0], p[1], p[2], p[3] = mix(ground.R, ink.R), mix(ground.G, ink.G), mix(ground.B, ink.B), 255
		}
	}
	return img
}

// bilevel is a fax: black or white.
func bilevel(digit []byte, random *rand.Rand) ([]byte, error) {
	cover := newCanvas(random).cover(digit)
	img := image.NewPaletted(cover.Rect, color.Palette{color.White, color.Black})
	for i, a := range cover.Pix {
		img.Pix[i] = a >> 7
	}
	return encoded(png.Encode, img)
}

// tiny is a drawing of few pixels that the digit fills, dark on light or light
// on dark.
func tiny(side int) render {
	return func(digit []byte, random *rand.Rand) ([]byte, error) {
		s := newCanvas(random)
		s.width, s.tall = side, side
		s.share, s.place = s.between(0.8, 0.96), [2]float64{0.5, 0.5}
		s.pen = pen{factor: s.between(0.7, 1.1), least: 1.4}
		ink, ground := color.NRGBA{20, 20, 20, 255}, color.NRGBA{250, 250, 250, 255}
		if s.chance(0.3) {
			ink, ground = ground, ink
		}
		return encoded(png.Encode, drawing(s.cover(digit), ink, ground))
	}
}
