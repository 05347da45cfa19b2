package imageprep

import (
	"image"
	"image/color"
)

// plane is a grey picture of one byte a pixel. It is never written after it is
// made: it may be the memory of the caller's image.
type plane struct {
	pix                   []byte
	stride, width, height int
}

func (g plane) row(y int) []byte { return g.pix[y*g.stride : y*g.stride+g.width] }

func (g plane) bounds() image.Rectangle { return image.Rect(0, 0, g.width, g.height) }

// removeAlpha makes the grey plane of a picture with transparent pixels. Where
// all visible pixels have one colour, as in the export of a drawing canvas,
// their opacity is the ink. So it is where all opaque ones have a light colour,
// of which white paper would leave the soft edges, if they are darker. Otherwise
// the picture lies on white paper.
func (p *picture) removeAlpha() (bool, error) {
	if o, ok := p.source.(interface{ Opaque() bool }); ok && o.Opaque() {
		return false, nil
	}
	rows := newRows(p.source)
	p.gray = newPlane(p.source.Bounds())
	const visible, opaque = 128, 250
	onePen, darkPen := surveyPen(rows, p.gray, visible)
	if !onePen {
		one, dark := surveyPen(rows, p.gray, opaque)
		onePen = one && !dark
	}
	transparent := false
	for y := range p.gray.height {
		out := p.gray.pix[y*p.gray.stride:]
		for x, c := range rows.read(y) {
			transparent = transparent || c.A < 255
			switch {
			case onePen && darkPen:
				out[x] = 255 - c.A
			case onePen:
				out[x] = c.A
			default:
				out[x] = overWhite(c)
			}
		}
	}
	if !transparent { // an image type that cannot say so itself
		p.gray = plane{}
	}
	return transparent, nil
}

// surveyPen reports whether the pixels of at least so much opacity all have about
// the same colour, and whether that is a dark one, or there are none. The colour
// of pixels that are less than half opaque is rounded too much to count.
func surveyPen(rows *rows, size plane, least uint8) (one, dark bool) {
	const tolerance = 16
	low, high := color.NRGBA{255, 255, 255, 255}, color.NRGBA{}
	for y := range size.height {
		for _, c := range rows.read(y) {
			if c.A < least {
				continue
			}
			low.R, high.R = min(low.R, c.R), max(high.R, c.R)
			low.G, high.G = min(low.G, c.G), max(high.G, c.G)
			low.B, high.B = min(low.B, c.B), max(high.B, c.B)
		}
	}
	spread := max(int(high.R)-int(low.R), int(high.G)-int(low.G), int(high.B)-int(low.B))
	return spread <= tolerance, luma(high) < 128
}

// toGray makes the grey plane of an opaque picture. Grey and YCbCr pictures
// have it already.
func (p *picture) toGray() (bool, error) {
	if p.gray.pix != nil {
		return false, nil
	}
	size := p.source.Bounds()
	switch m := p.source.(type) {
	case *image.Gray:
		p.gray = plane{m.Pix[m.PixOffset(size.Min.X, size.Min.Y):], m.Stride, size.Dx(), size.Dy()}
		return false, nil
	case *image.YCbCr:
		p.gray = plane{m.Y[m.YOffset(size.Min.X, size.Min.Y):], m.YStride, size.Dx(), size.Dy()}
		return true, nil
	}
	p.gray = newPlane(size)
	rows := newRows(p.source)
	if m, ok := p.source.(*image.Paletted); ok {
		p.gray.fillFrom(m, &rows.palette)
		return true, nil
	}
	for y := range p.gray.height {
		out := p.gray.pix[y*p.gray.stride:]
		for x, c := range rows.read(y) {
			out[x] = luma(c)
		}
	}
	return true, nil
}

// fillFrom makes the plane that of a picture with a palette, whose colours it
// converts once each.
func (g plane) fillFrom(m *image.Paletted, palette *[256]color.NRGBA) {
	var grey [256]uint8
	for i, c := range palette {
		grey[i] = luma(c)
	}
	for y := range g.height {
		row := g.row(y)
		for x, index := range m.Pix[m.PixOffset(m.Rect.Min.X, m.Rect.Min.Y+y):][:len(row)] {
			row[x] = grey[index]
		}
	}
}

func newPlane(size image.Rectangle) plane {
	return plane{make([]byte, size.Dx()*size.Dy()), size.Dx(), size.Dx(), size.Dy()}
}

// luma is the weighting of ITU-R BT.601 that image/color uses. It leaves grey
// as it is.
func luma(c color.NRGBA) uint8 {
	return uint8((19595*uint32(c.R) + 38470*uint32(c.G) + 7471*uint32(c.B) + 1<<15) >> 16)
}

func overWhite(c color.NRGBA) uint8 {
	a := uint32(c.A)
	return uint8((uint32(luma(c))*a + 255*(255-a) + 127) / 255)
}
