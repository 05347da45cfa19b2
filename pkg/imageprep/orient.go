package imageprep

import "image"

// upright is the orientation of a picture that needs no turning.
const upright = 1

// orient turns a picture that a camera has stored as it was held (Exif 2.3,
// tag 274: the numbers 5 to 8 swap width and height).
func (p *picture) orient() (bool, error) {
	if p.orientation <= upright || p.orientation > 8 {
		return false, nil
	}
	g := p.gray
	width, height := g.width, g.height
	if p.orientation >= 5 {
		width, height = height, width
	}
	turned := newPlane(image.Rect(0, 0, width, height))
	for y := range height {
		row := turned.row(y)
		for x := range row {
			sx, sy := p.origin(x, y)
			row[x] = g.pix[sy*g.stride+sx]
		}
	}
	p.gray = turned
	return true, nil
}

// origin is where a pixel of the turned picture comes from.
func (p *picture) origin(x, y int) (int, int) {
	if p.orientation >= 5 {
		x, y = y, x
	}
	right, bottom := p.gray.width-1-x, p.gray.height-1-y
	switch p.orientation {
	case 2, 8: // a mirror; a quarter turn
		return right, y
	case 3, 7:
		return right, bottom
	case 4, 6:
		return x, bottom
	}
	return x, y // 5 is the diagonal mirror alone
}
