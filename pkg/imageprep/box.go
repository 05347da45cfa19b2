package imageprep

import (
	"image"

	"golang.org/x/image/draw"
)

const (
	boxSide = 20 // MNIST scales the ink to fit a square of this many pixels
	// The box is drawn around pixels of at least this ink: at an edge that is
	// blurred evenly, half a pixel or so outside of it.
	boxInk   = 64
	faintInk = 1
	// Ink with a box of fewer pixels than this cannot be told from a speck.
	tinySide = 10
)

// enlargeSmallInk finds the ink, and enlarges it smoothly where its pixels
// would become squares that no pen draws.
func (p *picture) enlargeSmallInk() (bool, error) {
	const smallSide, factor = 14, 4
	p.box = p.ink.box(boxInk)
	if !p.box.In(p.ink.bounds().Inset(1)) {
		p.flag("clipped")
	}
	if p.offCentre() {
		p.flag("off_centre")
	}
	side := max(p.box.Dx(), p.box.Dy())
	if side < tinySide {
		p.flag("tiny")
	}
	if side >= smallSide {
		return false, nil
	}
	around := p.box.Inset(-2).Intersect(p.ink.bounds()) // as far as the filter reaches
	source := &image.Gray{Pix: p.ink.pix, Stride: p.ink.stride, Rect: p.ink.bounds()}
	large := image.NewGray(image.Rect(0, 0, factor*around.Dx(), factor*around.Dy()))
	draw.CatmullRom.Scale(large, large.Rect, source, around, draw.Src, nil)
	p.ink = plane{large.Pix, large.Stride, large.Rect.Dx(), large.Rect.Dy()}
	p.box = p.ink.box(boxInk)
	return true, nil
}

// box is the smallest rectangle around the pixels of at least that much ink.
func (g plane) box(least uint8) (box image.Rectangle) {
	for y := range g.height {
		row := g.row(y)
		first := 0
		for first < len(row) && row[first] < least {
			first++
		}
		if first == len(row) {
			continue
		}
		last := len(row) - 1
		for row[last] < least {
			last--
		}
		box = box.Union(image.Rect(first, y, last+1, y+1))
	}
	return box
}

// softBox is the box together with the soft edge of the ink, at most a pixel
// of the tensor wide.
func (p *picture) softBox() image.Rectangle {
	width := (max(p.box.Dx(), p.box.Dy()) + boxSide - 1) / boxSide
	return p.box.Inset(-width).Intersect(p.ink.bounds())
}
