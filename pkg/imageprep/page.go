package imageprep

import (
	"image"
	"math"
)

// cropToPage cuts out the sheet of paper that lies on a darker table, or the
// card or blackboard on a lighter ground: what is around it would be taken for
// the paper, and the sheet for the ink.
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
	blocks := p.gray.averaged(side)
	sheet, found := blocks.brightSheet()
	if !found {
		sheet, found = blocks.negative().brightSheet()
	}
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
// shows all sides. That edge tells what is table: ink may be farther from the
// sheet's level than the table is.
func (g plane) brightSheet() (image.Rectangle, bool) {
	const (
		contrast = 25   // levels between sheet and table
		darkEdge = 0.85 // of the edge of the picture
		large    = 0.2  // of the picture
	)
	var all histogram
	all.add(g.pix)
	edge := g.ring(0, nil)
	table := edge.quantile(0, 255, 0.5)
	if brighter := table + contrast/2; brighter >= 255 || all.total(brighter, 255) == 0 {
		return image.Rectangle{}, false
	}
	rise := all.quantile(table+contrast/2, 255, 0.5) - table
	threshold := table + rise/2
	if rise < contrast || float64(edge.total(0, threshold)) < darkEdge*float64(edge.total(0, 255)) {
		return image.Rectangle{}, false
	}
	box, found := g.largestRectangle(uint8(threshold + 1))
	if !found || float64(box.Dx()*box.Dy()) < large*float64(g.width*g.height) && !g.isPlainAround(box, table) {
		return image.Rectangle{}, false
	}
	turned := image.Rect(box.Min.Y, box.Min.X, box.Max.Y, box.Max.X)
	return box, g.sharpSides(box, rise) && g.transposed().sharpSides(turned, rise)
}

// largestRectangle is the box around the largest part of at least that level, if
// the part is a rectangle, which may be turned a little.
func (g plane) largestRectangle(least uint8) (image.Rectangle, bool) {
	const (
		leastArea = 0.05 // of the picture
		narrow    = 0.4  // of the longer side: a 1 is narrower
	)
	parts, runs := g.partsOf(least)
	largest := 0
	for i := range parts {
		if parts[i].pixels > parts[largest].pixels {
			largest = i
		}
	}
	sheet := parts[largest]
	short, area := float64(min(sheet.box.Dx(), sheet.box.Dy())), float64(sheet.box.Dx()*sheet.box.Dy())
	return sheet.box, area >= leastArea*float64(g.width*g.height) && short >= narrow*float64(sheet.size()) &&
		isRectangle(byPart(runs, len(parts))(largest))
}

// isRectangle reports whether some runs fill their outline, as frames do not, and
// that a rectangle, which may be turned a little, as round digits do not.
func isRectangle(runs []run) bool {
	const (
		filled   = 0.75 // of the outline: the rest is ink
		outlined = 0.88 // of the rectangle
		most     = 12   // degrees
	)
	pixels, outline := 0, 0
	var ends [][2]float64 // of the rows
	for i := 0; i < len(runs); {
		row, first, last := runs[i].y, runs[i].first, runs[i].end-1
		for ; i < len(runs) && runs[i].y == row; i++ {
			last = runs[i].end - 1
			pixels += runs[i].end - runs[i].first
		}
		outline += last + 1 - first
		ends = append(ends, [2]float64{float64(first), float64(row)}, [2]float64{float64(last), float64(row)})
	}
	least := math.Inf(1)
	for degrees := -most; degrees <= most; degrees++ {
		sin, cos := math.Sincos(float64(degrees) * math.Pi / 180)
		least = min(least, extent(ends, cos, sin)*extent(ends, -sin, cos))
	}
	return float64(pixels) >= filled*float64(outline) && float64(outline) >= outlined*least
}

// extent is how far pixels reach in a direction.
func extent(pixels [][2]float64, x, y float64) float64 {
	first, last := math.Inf(1), math.Inf(-1)
	for _, p := range pixels {
		v := p[0]*x + p[1]*y
		first, last = min(first, v), max(last, v)
	}
	return last + 1 - first
}

// isPlainAround reports whether around a rectangle there is hardly anything but
// a table of one level: a small rectangle beside a digit is not the sheet.
func (g plane) isPlainAround(r image.Rectangle, table int) bool {
	const (
		differs = 25   // levels
		hardly  = 0.05 // of the rectangle's area
		edge    = 2    // pixels: the rectangle's own edge and its shadow
	)
	other := 0
	for y := range g.height {
		for x, v := range g.row(y) {
			if d := int(v) - table; max(d, -d) > differs && !(image.Point{x, y}).In(r.Inset(-edge)) {
				other++
			}
		}
	}
	return float64(other) <= hardly*float64(r.Dx()*r.Dy())
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

// isWritten reports whether there is ink on a sheet, dark or light, and not too
// much of it.
func (g plane) isWritten() bool {
	const margin = 6 // a part of the sides: the corners of what is no rectangle
	var all histogram
	for y := g.height / margin; y < g.height-g.height/margin; y++ {
		all.add(g.row(y)[g.width/margin : g.width-g.width/margin])
	}
	reversed := all.reversed()
	return all.hasDarkInk() || reversed.hasDarkInk()
}

// hasDarkInk reports whether some levels are darker than paper, but not too many.
func (h *histogram) hasDarkInk() bool {
	const least, most = 0.001, 0.48 // of the sheet
	paper := h.quantile(0, 255, 0.6)
	dark := float64(h.total(0, max(0, paper-minContrast))) / float64(h.total(0, 255))
	return dark >= least && dark <= most
}
