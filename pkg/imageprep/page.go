package imageprep

import "image"

// cropToPage cuts out the sheet of paper that lies on a darker table: what is
// around it would be taken for the paper, and the sheet for the ink.
func (p *picture) cropToPage() (bool, error) {
	const (
		leastSide = 64
		cells     = 64 // along the longer side
		inset     = 2  // cells: the sheet's edge and its shadow
	)
	if min(p.gray.width, p.gray.height) < leastSide {
		return false, nil
	}
	side := (max(p.gray.width, p.gray.height) + cells - 1) / cells
	sheet, found := p.gray.averaged(side).brightSheet()
	if !found {
		return false, nil
	}
	page := p.gray.within(sheet.Inset(inset), side)
	if page.Dx() < leastSide/2 || page.Dy() < leastSide/2 || !p.gray.part(page).isWritten() {
		return false, nil
	}
	p.gray = p.gray.part(page)
	return true, nil
}

// within is what squares of a side, counted from the corner, cover of the plane.
func (g plane) within(squares image.Rectangle, side int) image.Rectangle {
	return image.Rectangle{squares.Min.Mul(side), squares.Max.Mul(side)}.Intersect(g.bounds())
}

// part is a piece of the plane, in the same memory.
func (g plane) part(r image.Rectangle) plane {
	return plane{g.pix[r.Min.Y*g.stride+r.Min.X:], g.stride, r.Dx(), r.Dy()}
}

// brightSheet finds a bright rectangle of which the dark edge of the picture
// shows all sides.
func (g plane) brightSheet() (image.Rectangle, bool) {
	const (
		contrast  = 25   // levels between sheet and table
		darkEdge  = 0.85 // of the edge of the picture
		leastArea = 0.2  // of the picture
		filled    = 0.75 // of the rectangle: digits are not
	)
	var all histogram
	all.add(g.pix)
	threshold := all.otsu()
	edge := g.ring(0, nil)
	if all.total(threshold+1, 255) == 0 || float64(edge.total(0, threshold)) < darkEdge*float64(edge.total(0, 255)) {
		return image.Rectangle{}, false
	}
	table, paper := all.quantile(0, threshold, 0.5), all.quantile(threshold+1, 255, 0.5)
	if paper-table < contrast {
		return image.Rectangle{}, false
	}
	parts, _ := g.partsOf(uint8(min(threshold+1, 255)))
	largest := &parts[0]
	for i := range parts {
		if parts[i].pixels > largest.pixels {
			largest = &parts[i]
		}
	}
	area := largest.box.Dx() * largest.box.Dy()
	if float64(largest.pixels) < filled*float64(area) || float64(area) < leastArea*float64(g.width*g.height) {
		return image.Rectangle{}, false
	}
	turned := image.Rect(largest.box.Min.Y, largest.box.Min.X, largest.box.Max.Y, largest.box.Max.X)
	return largest.box, g.sharpSides(largest.box, paper-table) && g.transposed().sharpSides(turned, paper-table)
}

// sharpSides reports whether the level rises to the rectangle from the left and
// from the right within two pixels by half of the contrast, as it does at the
// edge of a sheet. The light of a lamp has no edge.
func (g plane) sharpSides(r image.Rectangle, contrast int) bool {
	const reach = 5 // how far the edge of a turned sheet is from its box
	first, last := r.Min.Y+r.Dy()/5, r.Max.Y-r.Dy()/5
	left, right := 0, 0
	for y := first; y < last; y++ {
		row := g.row(y)
		left += steepest(row, r.Min.X-reach, r.Min.X+reach, 2)
		right += steepest(row, r.Max.X-reach, r.Max.X+reach, -2)
	}
	return first < last && 2*min(left, right) >= contrast*(last-first)
}

// steepest is the largest rise over so many pixels, between two of them.
func steepest(row []byte, first, end, over int) (rise int) {
	for x := max(0, first, -over); x < min(len(row), end, len(row)-over); x++ {
		rise = max(rise, int(row[x+over])-int(row[x]))
	}
	return rise
}

// isWritten reports whether there is dark ink on a bright sheet, and not too
// much of it.
func (g plane) isWritten() bool {
	const (
		least, most = 0.001, 0.4 // of the sheet
		margin      = 6          // a part of the sides: the corners of what is no rectangle
	)
	var all histogram
	for y := g.height / margin; y < g.height-g.height/margin; y++ {
		all.add(g.row(y)[g.width/margin : g.width-g.width/margin])
	}
	paper := all.quantile(0, 255, 0.6)
	dark := float64(all.total(0, max(0, paper-minContrast))) / float64(all.total(0, 255))
	return dark >= least && dark <= most
}
