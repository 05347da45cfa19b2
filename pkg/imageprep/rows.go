package imageprep

import (
	"encoding/binary"
	"image"
	"image/color"
	"math/bits"
)

// rows reads an image row by row as colours of 8 bits a channel that are not
// multiplied by their alpha, without calling At for the usual image types.
type rows struct {
	source  image.Image
	bounds  image.Rectangle
	row     []color.NRGBA
	palette [256]color.NRGBA
	shift   int // of 16 bits of grey, to have 8
}

func newRows(source image.Image) *rows {
	r := &rows{source: source, bounds: source.Bounds()}
	r.row = make([]color.NRGBA, r.bounds.Dx())
	if m, ok := source.(*image.Paletted); ok {
		for i, c := range m.Palette[:min(len(m.Palette), len(r.palette))] {
			r.palette[i] = color.NRGBAModel.Convert(c).(color.NRGBA)
		}
	}
	if m, ok := source.(*image.Gray16); ok {
		r.shift = shiftOf(m)
	}
	return r
}

// read returns row y, counted from the top of the picture. The next call
// overwrites it.
func (r *rows) read(y int) []color.NRGBA {
	x0, y := r.bounds.Min.X, r.bounds.Min.Y+y
	switch m := r.source.(type) {
	case *image.Gray16:
		gray16Row(r.row, m.Pix[m.PixOffset(x0, y):], r.shift)
	case *image.NRGBA:
		nrgbaRow(r.row, m.Pix[m.PixOffset(x0, y):])
	case *image.RGBA:
		nrgbaRow(r.row, m.Pix[m.PixOffset(x0, y):])
		unmultiply(r.row)
	case *image.NRGBA64:
		nrgba64Row(r.row, m.Pix[m.PixOffset(x0, y):])
	case *image.RGBA64:
		nrgba64Row(r.row, m.Pix[m.PixOffset(x0, y):])
		unmultiply(r.row)
	case *image.Paletted:
		for x, index := range m.Pix[m.PixOffset(x0, y):][:len(r.row)] {
			r.row[x] = r.palette[index]
		}
	case *image.CMYK:
		cmykRow(r.row, m.Pix[m.PixOffset(x0, y):])
	case *image.NYCbCrA:
		for x := range r.row {
			luma, chroma := m.YOffset(x0+x, y), m.COffset(x0+x, y)
			red, green, blue := color.YCbCrToRGB(m.Y[luma], m.Cb[chroma], m.Cr[chroma])
			r.row[x] = color.NRGBA{red, green, blue, m.A[m.AOffset(x0+x, y)]}
		}
	default:
		for x := range r.row {
			r.row[x] = color.NRGBAModel.Convert(r.source.At(x0+x, y)).(color.NRGBA)
		}
	}
	return r.row
}

// shiftOf is by how many bits 16 bits of grey are shifted to have 8: by eight,
// unless nothing is brighter than a quarter of white. Then they are numbers of
// fewer bits, as scanners and microscopes store theirs of 10, 12 or 14, and the
// brightest pixel tells of how many.
func shiftOf(m *image.Gray16) int {
	const quarter = 1 << 14
	brightest := uint16(0)
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		row := m.Pix[m.PixOffset(m.Rect.Min.X, y):][:2*m.Rect.Dx()]
		for ; len(row) > 0; row = row[2:] {
			brightest = max(brightest, binary.BigEndian.Uint16(row))
		}
		if brightest >= quarter {
			return 8
		}
	}
	return max(0, bits.Len16(brightest)-8)
}

func gray16Row(row []color.NRGBA, pix []byte, shift int) {
	pix = pix[:2*len(row)]
	for x := range row {
		v := uint8(binary.BigEndian.Uint16(pix[2*x:]) >> shift)
		row[x] = color.NRGBA{v, v, v, 255}
	}
}

func nrgbaRow(row []color.NRGBA, pix []byte) {
	pix = pix[:4*len(row)]
	for x := range row {
		row[x] = color.NRGBA{pix[4*x], pix[4*x+1], pix[4*x+2], pix[4*x+3]}
	}
}

func nrgba64Row(row []color.NRGBA, pix []byte) {
	pix = pix[:8*len(row)]
	for x := range row {
		row[x] = color.NRGBA{pix[8*x], pix[8*x+2], pix[8*x+4], pix[8*x+6]}
	}
}

func cmykRow(row []color.NRGBA, pix []byte) {
	pix = pix[:4*len(row)]
	for x := range row {
		r, g, b := color.CMYKToRGB(pix[4*x], pix[4*x+1], pix[4*x+2], pix[4*x+3])
		row[x] = color.NRGBA{r, g, b, 255}
	}
}

// unmultiply divides the colours by their alpha.
func unmultiply(row []color.NRGBA) {
	for x, c := range row {
		if c.A == 0 || c.A == 255 {
			continue
		}
		a := uint32(c.A)
		divide := func(v uint8) uint8 { return uint8(min(255, (uint32(v)*255+a/2)/a)) }
		row[x] = color.NRGBA{divide(c.R), divide(c.G), divide(c.B), c.A}
	}
}
