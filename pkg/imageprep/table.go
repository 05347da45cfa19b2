package imageprep

import (
	"bytes"
	"image"
)

// table marks with 1 what is beside the page: much darker, along nearly the whole
// of a side of the picture at least, or of two. Shadows are not as dark, and
// strokes that touch the edge not as long, but where a digit was cut out.
func (g plane) table() plane {
	const (
		dark = 0.45 // of the page's level
		page = 0.75 // of the picture's levels are not above it: it is its bright part
	)
	var levels histogram
	levels.add(g.pix)
	limit := uint8(dark * float64(levels.quantile(0, 255, page)))
	found := newPlane(g.bounds())
	next := g.darkSides(limit)
	if next == nil || g.isCutOut() {
		return found
	}
	for len(next) > 0 {
		p := next[0]
		next = next[1:]
		if i := p.Y*g.width + p.X; p.In(g.bounds()) && found.pix[i] == 0 && g.pix[i] < limit {
			found.pix[i] = 1
			next = append(next, p.Add(image.Pt(-1, 0)), p.Add(image.Pt(1, 0)), p.Add(image.Pt(0, -1)), p.Add(image.Pt(0, 1)))
		}
	}
	return found
}

// darkSides lists the pixels of one or two sides that are nearly all below a
// limit. More are the ground of light ink.
func (g plane) darkSides(limit uint8) (pixels []image.Point) {
	const (
		nearly = 0.95
		most   = 2
	)
	sides := 0
	for _, side := range [...]image.Rectangle{
		image.Rect(0, 0, g.width, 1), image.Rect(0, g.height-1, g.width, g.height),
		image.Rect(0, 0, 1, g.height), image.Rect(g.width-1, 0, g.width, g.height),
	} {
		var along []image.Point
		for y := side.Min.Y; y < side.Max.Y; y++ {
			for x := side.Min.X; x < side.Max.X; x++ {
				if g.row(y)[x] < limit {
					along = append(along, image.Pt(x, y))
				}
			}
		}
		if float64(len(along)) >= nearly*float64(side.Dx()*side.Dy()) {
			pixels = append(pixels, along...)
			sides++
		}
	}
	if sides > most {
		return nil
	}
	return pixels
}

// page is what is left of the bounds without the rows and columns along the
// edges that a table takes much of, and without one more next to those: lines
// on the page then go on to the edge, where lines are searched for. A page that
// lies askew has a wedge of table left.
func (table plane) page() image.Rectangle {
	const (
		much  = 0.25 // of the row or column
		least = 8    // rows and columns of a page that tell what its light is
	)
	takes := func(x0, y0, x1, y1 int) bool {
		strip, count := table.part(image.Rect(x0, y0, x1, y1)), 0
		for y := range strip.height {
			count += bytes.Count(strip.row(y), []byte{1})
		}
		return float64(count) >= much*float64(strip.width*strip.height)
	}
	page := table.bounds()
	for {
		switch {
		case min(page.Dx(), page.Dy()) < least+2:
			return table.bounds() // there is too little left
		case takes(page.Min.X, page.Min.Y, page.Min.X+1, page.Max.Y):
			page.Min.X++
		case takes(page.Max.X-1, page.Min.Y, page.Max.X, page.Max.Y):
			page.Max.X--
		case takes(page.Min.X, page.Min.Y, page.Max.X, page.Min.Y+1):
			page.Min.Y++
		case takes(page.Min.X, page.Max.Y-1, page.Max.X, page.Max.Y):
			page.Max.Y--
		default:
			return table.trimmed(page)
		}
	}
}

// trimmed is a rectangle without one more row or column at each side that is
// not the bounds'.
func (table plane) trimmed(page image.Rectangle) image.Rectangle {
	if page.Min.X > 0 {
		page.Min.X++
	}
	if page.Min.Y > 0 {
		page.Min.Y++
	}
	if page.Max.X < table.width {
		page.Max.X--
	}
	if page.Max.Y < table.height {
		page.Max.Y--
	}
	return page
}

// cropSquares leaves of the picture what is within squares of a side, if it is
// not too small. It reports whether anything was cut off.
func (p *picture) cropSquares(squares image.Rectangle, side int) bool {
	const leastSide = 32
	r := p.gray.within(squares, side)
	if r == p.gray.bounds() || r.Dx() < leastSide || r.Dy() < leastSide {
		return false
	}
	p.gray = p.gray.part(r)
	return true
}

// blank gives the table's squares, and those around them, the level that most
// of the picture has.
func (g plane) blank(table plane, side int) {
	var levels histogram
	for y := range g.height {
		levels.add(g.row(y))
	}
	paper := uint8(levels.quantile(0, 255, 0.5))
	for i, is := range table.pix {
		if is == 0 {
			continue
		}
		x, y := i%table.width*side, i/table.width*side
		for row := max(0, y-side); row < min(g.height, y+2*side); row++ {
			line := g.row(row)[max(0, x-side):min(g.width, x+2*side)]
			for j := range line {
				line[j] = paper
			}
		}
	}
}
