package imageprep

import (
	"image"
	"math"
)

const (
	margin = (Side - boxSide) / 2
)

// window is the square of the picture that becomes the tensor.
type window struct {
	x, y  float64         // the upper left corner, in pixels of the picture
	scale float64         // pixels of the picture for one of the tensor
	ink   image.Rectangle // outside of it all is paper
}

// cropToInk finds the ink and what part of the picture becomes the tensor:
// the whole of one that is framed like those of MNIST, else such a square that
// the ink fits 20x20.
func (p *picture) cropToInk() (bool, error) {
	if p.box.Empty() {
		return false, noInk(0)
	}
	if whole := p.ink.whole(); p.framed(whole) {
		p.window = whole
		return false, nil
	}
	p.cropped = true
	p.fitBox()
	return true, nil
}

// fitBox makes the window such that the box fits 20x20.
func (p *picture) fitBox() {
	scale := float64(max(p.box.Dx(), p.box.Dy())) / boxSide
	p.window = window{
		x:     float64(p.box.Min.X) - margin*scale,
		y:     float64(p.box.Min.Y) - margin*scale,
		scale: scale,
		ink:   p.softBox(),
	}
}

func (g plane) whole() window {
	return window{0, 0, float64(g.width) / Side, g.bounds()}
}

// framed reports whether the picture is a square with its ink in size and
// place like that of MNIST, whose boxes have 19 or 20 pixels with or without
// the faintest ink, and whose centres of mass are within half a pixel of the
// middle.
func (p *picture) framed(whole window) bool {
	const tolerance = 0.7
	if p.ink.width != p.ink.height || !fills(p.box, whole) && !fills(p.ink.box(faintInk), whole) {
		return false
	}
	var tensor [Pixels]float32
	p.resample(tensor[:], Side, whole)
	x, y := centerOfMass(&tensor)
	return max(x-middle, middle-x, y-middle, middle-y) <= tolerance
}

// fills reports whether the longer side of the box is about 20 pixels of the
// tensor.
func fills(box image.Rectangle, w window) bool {
	const tolerance = 1.5
	return math.Abs(float64(max(box.Dx(), box.Dy()))/w.scale-boxSide) <= tolerance
}

// offCentre reports whether the middle of the ink is more than a quarter of the
// picture away from its middle.
func (p *picture) offCentre() bool {
	right := p.box.Min.X + p.box.Max.X - p.ink.width
	down := p.box.Min.Y + p.box.Max.Y - p.ink.height
	return 2*max(right, -right) > p.ink.width || 2*max(down, -down) > p.ink.height
}
