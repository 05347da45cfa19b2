package imageprep

import (
	"image"
	"slices"
)

const (
	lineInk   = 40  // the ink of the faintest line that is in the way
	lineCells = 200 // the resolution along the longer side at which lines are searched for
	lineCover = 0.6 // the share of its length that a line must have ink
	maxSlope  = 0.3 // of lines to the picture's edges: 17 degrees
)

// line is a straight line across the picture.
type line struct{ middle, slope float64 } // the height in the middle; pixels down for each to the right

// at is the height of a line at a column of a picture of that width.
func (l line) at(x, width int) float64 { return l.middle + l.slope*(float64(x)-float64(width)/2) }

// span is a piece of a column, from first to before end.
type span struct{ x, first, end int }

// removeLines takes away ruled and squared lines and frames: thin lines from
// one edge of the picture to the other.
func (p *picture) removeLines() (bool, error) {
	const leastSide = 64
	bounds := p.ink.bounds()
	if min(bounds.Dx(), bounds.Dy()) < leastSide {
		return false, nil
	}
	box := p.ink.box(lineInk)
	across := box.Dx() >= bounds.Dx()-2
	upright := box.Dy() >= bounds.Dy()-2
	if !across && !upright {
		return false, nil
	}
	before := p.ink
	if across {
		p.ink = p.ink.withoutLines()
	}
	if upright {
		p.ink = p.ink.transposed().withoutLines().transposed()
	}
	if left := p.ink.box(boxInk); left.Empty() {
		p.ink = before // there was nothing else: they are the digit
	}
	return !slices.Equal(before.pix, p.ink.pix), nil
}

// transposed swaps rows and columns.
func (g plane) transposed() plane {
	out := newPlane(image.Rect(0, 0, g.height, g.width))
	for y := range g.height {
		for x, v := range g.row(y) {
			out.pix[x*out.stride+y] = v
		}
	}
	return out
}

// withoutLines is a copy without the lines that go from left to right.
func (g plane) withoutLines() plane {
	out := newPlane(g.bounds())
	for y := range g.height {
		copy(out.row(y), g.row(y))
	}
	var found [][]span
	for _, l := range g.searchLines() {
		if spans := g.trace(l); spans != nil {
			found = append(found, spans)
		}
	}
	for _, spans := range found {
		if len(found) < 2 && !g.lonely(spans) {
			continue
		}
		for _, s := range spans {
			for y := s.first; y < s.end; y++ {
				out.pix[y*out.stride+s.x] = 0
			}
		}
	}
	return out
}

// lonely reports whether a line without another beside it is one nevertheless:
// very thin, or along the picture's edge.
func (g plane) lonely(spans []span) bool {
	thick, distance := 0, 0
	for _, s := range spans {
		thick += s.end - s.first
		distance += min(s.first, g.height-s.end)
	}
	return thick*80 <= len(spans)*max(g.width, g.height) || distance*12 <= len(spans)*g.height
}

// searchLines finds straight lines by the Hough transform (Duda and Hart 1972)
// of a coarse picture, the ones with most ink first.
func (g plane) searchLines() (lines []line) {
	const most = 60 // more lines than a digit could be read on
	side := (max(g.width, g.height) + lineCells - 1) / lineCells
	coarse := g.darkest(side)
	steps := int(maxSlope * float64(coarse.width) / 2)
	votes := make([][]int, 2*steps+1)
	slope := func(i int) float64 { return float64(i-steps) * 2 / float64(coarse.width) }
	points := coarse.thinPoints()
	for i := range votes {
		votes[i] = vote(points, coarse, slope(i))
	}
	enough := int(lineCover * float64(coarse.width))
	for range most {
		best, at, height := enough-1, -1, 0
		for i, row := range votes {
			for j, n := range row {
				if n > best {
					best, at, height = n, i, j
				}
			}
		}
		if at < 0 {
			break
		}
		lines = append(lines, line{(float64(height) + 0.5) * float64(side), slope(at)})
		for i, row := range votes { // the neighbours are the same line
			reach := 2 + max(at-i, i-at)/2
			clear(row[max(0, height-reach):min(len(row), height+reach+1)])
		}
	}
	return lines
}

// darkest is the plane of the most ink in squares of pixels.
func (g plane) darkest(side int) plane {
	out := newPlane(image.Rect(0, 0, (g.width+side-1)/side, (g.height+side-1)/side))
	for y := range g.height {
		row := out.row(y / side)
		for x, v := range g.row(y) {
			row[x/side] = max(row[x/side], v)
		}
	}
	return out
}

// thinPoints are the pixels with ink that have little of it above and below.
func (g plane) thinPoints() (points []image.Point) {
	const thick = 3
	for x := range g.width {
		for y := 0; y < g.height; y++ {
			first := y
			for y < g.height && g.pix[y*g.stride+x] >= lineInk {
				y++
			}
			for i := first; i < y && y-first <= thick; i++ {
				points = append(points, image.Pt(x, i))
			}
		}
	}
	return points
}

// vote counts the points of each line of a slope, by its height in the middle.
func vote(points []image.Point, g plane, slope float64) []int {
	votes := make([]int, g.height)
	for _, p := range points {
		if y := int(float64(p.Y) + 0.5 - slope*(float64(p.X)+0.5-float64(g.width)/2)); y >= 0 && y < g.height {
			votes[y]++
		}
	}
	return votes
}

// trace follows a line, and returns the pieces of columns that are it and not
// something that crosses it, or nil if it is not a thin line all the way.
func (g plane) trace(l line) []span {
	const thin = 40 // times as long as it is thick
	var spans []span
	var thickness histogram
	columns := 0
	reach := 1 + (max(g.width, g.height)+lineCells-1)/lineCells
	for x := range g.width {
		y := int(l.at(x, g.width))
		if y < 0 || y >= g.height {
			continue
		}
		columns++
		if s, ok := g.spanNear(x, y, reach); ok {
			spans = append(spans, s)
			thickness[min(255, s.end-s.first)]++
		}
	}
	if len(spans) == 0 || float64(len(spans)) < lineCover*float64(columns) {
		return nil
	}
	usual := thickness.quantile(0, 255, 0.5)
	if usual*thin > max(g.width, g.height) {
		return nil
	}
	return slices.DeleteFunc(spans, func(s span) bool { return s.end-s.first > usual+usual/2+1 })
}

// spanNear finds the piece of ink of a column that is nearest to a height.
func (g plane) spanNear(x, y, reach int) (span, bool) {
	has := func(y int) bool { return y >= 0 && y < g.height && g.pix[y*g.stride+x] >= lineInk }
	for d := range reach + 1 {
		for _, at := range [2]int{y - d, y + d} {
			if !has(at) {
				continue
			}
			s := span{x, at, at + 1}
			for has(s.first - 1) {
				s.first--
			}
			for has(s.end) {
				s.end++
			}
			return s, true
		}
	}
	return span{}, false
}
