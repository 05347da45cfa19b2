package imageprep

import (
	"image"
	"slices"
)

const (
	lineCells = 200 // the resolution along the longer side at which lines are searched for
	lineCover = 0.6 // the share of its length that a line must have ink
	thinCover = 0.4 // and thin ink, for there is a digit on it
	maxSlope  = 0.3 // of lines to the picture's edges: 17 degrees
	edgePart  = 12  // such a part of the picture is its edge
)

// line is a straight line across the picture.
type line struct {
	middle    float64 // the height in the middle
	slope     float64 // pixels down for each to the right
	thickness int     // most of the pieces of columns that are the line
	usual     int     // what they usually have in the mean, of 255 that full ink has
	ink       int     // most that they have
	evident   bool    // it is a line even if there is no other: faint, very thin, or along the picture's edge
}

// at is the height of a line at a column of a picture of that width.
func (l line) at(x, width int) float64 { return l.middle + l.slope*(float64(x)-float64(width)/2) }

// findLines finds the thin lines that go from left to right.
func (g plane) findLines() (lines []line) {
	for _, l := range g.searchLines() {
		if spans := g.trace(&l); spans != nil {
			l.evident = 2*l.usual < 255 || g.evident(spans)
			lines = append(lines, l)
		}
	}
	return lines
}

// evident reports whether a line without another beside it is one nevertheless:
// very thin, or along the picture's edge.
func (g plane) evident(spans []span) bool {
	thick, distance := 0, 0
	for _, s := range spans {
		thick += s.end - s.first
		distance += min(s.first, g.height-s.end)
	}
	return thick*40 <= len(spans)*max(g.width, g.height) || distance*edgePart <= len(spans)*g.height
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
	for range most {
		best, at, height := 0, -1, 0
		for i, row := range votes {
			for j, n := range row {
				if n > best && float64(n) >= thinCover*coarse.visible(line{middle: float64(j), slope: slope(i)}) {
					best, at, height = n, i, j
				}
			}
		}
		if at < 0 {
			break
		}
		lines = append(lines, line{middle: (float64(height) + 0.5) * float64(side), slope: slope(at)})
		for i, row := range votes { // the neighbours are the same line
			reach := 2 + max(at-i, i-at)/2
			clear(row[max(0, height-reach):min(len(row), height+reach+1)])
		}
	}
	return lines
}

// visible is how many columns of the picture a line goes through, but at least
// half of them: shorter ones are strokes.
func (g plane) visible(l line) float64 {
	width, height := float64(g.width), float64(g.height)
	if l.slope == 0 {
		return width
	}
	left, right := -l.middle/l.slope, (height-l.middle)/l.slope // where it leaves, from the middle
	if left > right {
		left, right = right, left
	}
	return max(width/2, min(right, width/2)-max(left, -width/2))
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
	const thick = 6
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

// trace follows a line, sets its thickness, and returns the pieces of columns
// that it goes through, or nil if it is not a thin line all the way.
func (g plane) trace(l *line) []span {
	const thin = 25 // times as long as it is thick
	columns := 0
	for x := range g.width {
		if y := l.at(x, g.width); y >= 0 && y < float64(g.height) {
			columns++
		}
	}
	spans := g.along(*l)
	if len(spans) == 0 || float64(len(spans)) < lineCover*float64(columns) || !g.reachesEnds(spans, columns) {
		return nil
	}
	var thickness histogram
	for _, s := range spans {
		thickness[min(255, s.end-s.first)]++
	}
	usual := thickness.quantile(0, 255, 0.5)
	if usual*thin > max(g.width, g.height) {
		return nil
	}
	l.thickness = usual + usual/2 + 1
	var inks histogram
	for _, s := range spans {
		inks[g.meanInk(s)]++
	}
	l.usual = inks.quantile(0, 255, 0.5)
	l.ink = l.usual*7/5 + 20 // a pen is darker than what is printed
	return spans
}

// reachesEnds reports whether a line goes on to both edges of the picture,
// which strokes do not.
func (g plane) reachesEnds(spans []span, columns int) bool {
	const end = 12 // of so many parts of the line
	length := columns / end
	middle := spans[len(spans)/2].at
	left, right := max(0, middle-columns), min(g.width, middle+columns)
	if columns < g.width { // it leaves at the top or at the bottom
		left, right = spans[0].at, spans[len(spans)-1].at+1
		if left > length && right < g.width-length {
			return false
		}
	}
	first, last := 0, 0
	for _, s := range spans {
		if s.at < left+length {
			first++
		}
		if s.at >= right-length {
			last++
		}
	}
	return 2*first >= length && 2*last >= length
}

// along returns the pieces of ink of columns on a line.
func (g plane) along(l line) (spans []span) {
	reach := 1 + (max(g.width, g.height)+lineCells-1)/lineCells
	for x := range g.width {
		if y := int(l.at(x, g.width)); y >= 0 && y < g.height {
			if s, ok := g.spanNear(x, y, reach); ok {
				spans = append(spans, s)
			}
		}
	}
	return spans
}

// pieces returns what is the line, and not something that crosses it.
func (g plane) pieces(l line) []span {
	return slices.DeleteFunc(g.along(l), func(s span) bool { return s.end-s.first > l.thickness || g.meanInk(s) > l.ink })
}

// meanInk is the mean ink of a piece of a column.
func (g plane) meanInk(s span) int {
	sum := 0
	for y := s.first; y < s.end; y++ {
		sum += int(g.pix[y*g.stride+s.at])
	}
	return sum / (s.end - s.first)
}

// spanNear finds the piece of ink of a column that is nearest to a height.
func (g plane) spanNear(x, y, reach int) (span, bool) {
	has := func(y int) bool { return y >= 0 && y < g.height && g.pix[y*g.stride+x] >= lineInk }
	for d := range reach + 1 {
		for _, at := range [2]int{y - d, y + d} {
			if !has(at) {
				continue
			}
			s := span{at: x, first: at, end: at + 1}
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
