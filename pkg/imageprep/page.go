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
	sheet = sheet.Inset(inset)
	page := image.Rect(sheet.Min.X*side, sheet.Min.Y*side, sheet.Max.X*side, sheet.Max.Y*side).Intersect(p.gray.bounds())
	if page.Dx() < leastSide/2 || page.Dy() < leastSide/2 || !p.gray.part(page).isWritten() {
		return false, nil
	}
	p.gray = p.gray.part(page)
	return true, nil
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
		soft      = 0.2  // most that is between sheet and table: the light of a lamp has no edge
	)
	var all histogram
	all.add(g.pix)
	threshold := all.otsu()
	edge := g.ring(0)
	if all.total(threshold+1, 255) == 0 || float64(edge.total(0, threshold)) < darkEdge*float64(edge.total(0, 255)) {
		return image.Rectangle{}, false
	}
	table, paper := all.quantile(0, threshold, 0.5), all.quantile(threshold+1, 255, 0.5)
	between := all.total(table+(paper-table)/4, paper-(paper-table)/4)
	if paper-table < contrast || float64(between) > soft*float64(len(g.pix)) {
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
	return largest.box, float64(largest.pixels) >= filled*float64(area) && float64(area) >= leastArea*float64(g.width*g.height)
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
