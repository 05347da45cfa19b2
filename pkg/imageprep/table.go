package imageprep

import (
	"bytes"
	"image"
)

// table marks with 1 what is beside the page: much darker than most of the
// picture, along the whole of a side of it at least. Shadows are not as dark,
// and strokes that touch the edge not as long.
func (g plane) table() plane {
	const dark = 0.45 // of the page
	var levels histogram
	levels.add(g.pix)
	limit := uint8(dark * float64(levels.quantile(0, 255, 0.75)))
	found := newPlane(g.bounds())
	var next []int
	visit := func(x, y int) {
		if x >= 0 && y >= 0 && x < g.width && y < g.height && found.pix[y*g.width+x] == 0 && g.pix[y*g.width+x] < limit {
			found.pix[y*g.width+x] = 1
			next = append(next, y*g.width+x)
		}
	}
	for _, side := range []struct{ x, y, right, down, length int }{
		{0, 0, 1, 0, g.width}, {0, g.height - 1, 1, 0, g.width}, {0, 0, 0, 1, g.height}, {g.width - 1, 0, 0, 1, g.height},
	} {
		dark := 0
		for i := range side.length {
			if g.pix[(side.y+i*side.down)*g.width+side.x+i*side.right] < limit {
				dark++
			}
		}
		if dark*20 < side.length*19 {
			continue
		}
		for i := range side.length {
			visit(side.x+i*side.right, side.y+i*side.down)
		}
	}
	for len(next) > 0 {
		x, y := next[0]%g.width, next[0]/g.width
		next = next[1:]
		visit(x-1, y)
		visit(x+1, y)
		visit(x, y-1)
		visit(x, y+1)
	}
	return found
}

// page is what is left of the bounds without the rows and columns along the
// edges that a table takes much of, and without one more next to those: lines
// on the page then go on to the edge, where lines are searched for. A page that
// lies askew has a wedge of table left.
func (table plane) page() image.Rectangle {
	const much = 0.25
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
		case page.Dx() <= 2 || page.Dy() <= 2:
			return table.bounds()
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
	r := image.Rect(squares.Min.X*side, squares.Min.Y*side, squares.Max.X*side, squares.Max.Y*side).Intersect(p.gray.bounds())
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
