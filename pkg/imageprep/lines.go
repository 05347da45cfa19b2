package imageprep

import (
	"fmt"
	"image"
	"slices"
)

// lineInk is the ink of the faintest line that is in the way.
const lineInk = 40

// span is a piece of a column, from first to before end, or, across, of a row.
type span struct {
	at, first, end int
	across         bool
}

// removeLines takes away ruled and squared lines and frames: thin lines from
// one edge of the picture to the other. In a small picture only frames can be
// told from strokes.
func (p *picture) removeLines() (bool, error) {
	const leastSide = 64
	bounds := p.ink.bounds()
	if min(bounds.Dx(), bounds.Dy()) < leastSide {
		return p.eraseFrame(), nil
	}
	box := p.ink.box(lineInk)
	var level, upright []line
	if box.Dx() >= bounds.Dx()-2 {
		level = p.ink.findLines()
	}
	if box.Dy() >= bounds.Dy()-2 {
		upright = p.ink.transposed().findLines()
	}
	if all := slices.Concat(level, upright); len(all) == 0 || len(all) == 1 && !all[0].evident {
		return false, nil // one alone may be a stroke
	}
	p.level, p.upright = level, upright
	if p.eraseLines() {
		return true, nil
	}
	const paper = 3 // lines; two may be strokes
	if bounds := p.ink.bounds(); inner(level, bounds.Dy())+inner(upright, bounds.Dx()) >= paper {
		return false, fmt.Errorf("%w: there are only lines from one edge to the other; send a picture with a digit", ErrNoInk)
	}
	return false, nil
}

// eraseFrame takes away the lines along the edges of a small picture, unless
// they are strokes: ink within goes on from them, or is too little for a digit.
func (p *picture) eraseFrame() bool {
	const (
		leastSide = boxSide
		leastSize = 0.3 // of the picture's shorter side
	)
	g := p.ink
	inner := g.withinFrame()
	if inner == g.bounds() || min(g.width, g.height) < leastSide {
		return false
	}
	within := newPlane(g.bounds())
	for y := inner.Min.Y; y < inner.Max.Y; y++ {
		copy(within.row(y)[inner.Min.X:inner.Max.X], g.row(y)[inner.Min.X:inner.Max.X])
	}
	box := within.box(lineInk)
	touches := inner.Min.X > 0 && box.Min.X == inner.Min.X || inner.Max.X < g.width && box.Max.X == inner.Max.X ||
		inner.Min.Y > 0 && box.Min.Y == inner.Min.Y || inner.Max.Y < g.height && box.Max.Y == inner.Max.Y
	if touches || float64(max(box.Dx(), box.Dy())) < leastSize*float64(min(g.width, g.height)) {
		return false
	}
	p.ink = within
	return true
}

// withinFrame is what remains of a picture without the lines along its edges.
func (g plane) withinFrame() image.Rectangle {
	const outermost = 2 // pixels in which such lines lie
	inner := g.bounds()
	isLine := func(r image.Rectangle) bool {
		missing := 0
		for y := r.Min.Y; y < r.Max.Y && missing <= 2*outermost; y++ { // a frame's other lines may lie farther in
			for _, v := range g.row(y)[r.Min.X:r.Max.X] {
				if v < lineInk {
					missing++
				}
			}
		}
		return missing <= 2*outermost
	}
	for i := range min(outermost, g.width/2, g.height/2) {
		if isLine(image.Rect(0, i, g.width, i+1)) {
			inner.Min.Y = i + 1
		}
		if isLine(image.Rect(0, g.height-i-1, g.width, g.height-i)) {
			inner.Max.Y = g.height - i - 1
		}
		if isLine(image.Rect(i, 0, i+1, g.height)) {
			inner.Min.X = i + 1
		}
		if isLine(image.Rect(g.width-i-1, 0, g.width-i, g.height)) {
			inner.Max.X = g.width - i - 1
		}
	}
	return inner
}

// hasLines reports whether lines were found.
func (p *picture) hasLines() bool { return len(p.level)+len(p.upright) > 0 }

// eraseLinesAgain takes away the lines that have come back with another
// contrast than they were found in. It reports whether something else is left.
func (p *picture) eraseLinesAgain(found levels) bool {
	for _, lines := range []*[]line{&p.level, &p.upright} {
		*lines = slices.Clone(*lines)
		for i := range *lines {
			(*lines)[i].ink = (*lines)[i].ink * (found.full - found.paper) / (p.levels.full - p.levels.paper)
		}
	}
	return p.eraseLines()
}

// inner counts the lines that are not along the edges of a picture of that
// height, where digits of straight strokes have some if they fill it.
func inner(lines []line, height int) (count int) {
	for _, l := range lines {
		if edge := float64(height) / edgePart; l.middle > edge && l.middle < float64(height)-edge {
			count++
		}
	}
	return count
}

// eraseLines takes away the lines that were found, unless there is nothing
// else but scraps of them: then they are the digit, or there is none.
func (p *picture) eraseLines() bool {
	ink := p.ink.copied()
	var erased []span
	for range 2 { // the second time what was left where lines cross
		erased = append(erased, ink.erase(p.level, p.upright)...)
	}
	ink.mend(p.ink, erased)
	if len(erased) == 0 || !ink.hasMore(slices.Concat(p.level, p.upright)) {
		return false
	}
	p.ink = ink
	return true
}

// cutLines takes away the pieces of lines that hang on a digit whose strokes
// are so thick: what is as thin as lines, but for the ends of strokes.
func (p *picture) cutLines(strokes float64) bool {
	const thicker = 3 // than lines: then that is so across slanted strokes, too
	thick := thickest(slices.Concat(p.level, p.upright))
	if thick == 0 || strokes < thicker*float64(thick) {
		return false
	}
	ink := newPlane(p.ink.bounds())
	for y := range ink.height {
		row := ink.row(y)
		for x, v := range p.ink.row(y) {
			if v >= partInk {
				row[x] = 1
			}
		}
	}
	half := (thick + 1) / 2
	thin := false
	for i, near := range ink.eroded(half).dilated(half + thick).pix {
		if pixel := &p.ink.pix[i/ink.width*p.ink.stride+i%ink.width]; near == 0 && *pixel > 0 {
			*pixel, thin = 0, true
		}
	}
	return thin
}

// thickest is the thickness of the thickest line, or 0.
func thickest(lines []line) (thick int) {
	for _, l := range lines {
		thick = max(thick, l.thickness)
	}
	return thick
}

// hasMore reports whether there is more than what remains of lines: specks
// where they cross, and thin pieces in the corners of the picture.
func (g plane) hasMore(lines []line) bool {
	thick := thickest(lines)
	parts, _ := g.partsOf(partInk)
	return slices.ContainsFunc(parts, func(c part) bool {
		return c.size() > 2*thick && (c.near*2 <= c.mass || c.thickness() > float64(thick))
	})
}

// erase takes away lines, and returns what they were.
func (g plane) erase(level, upright []line) (spans []span) {
	for _, l := range level {
		spans = append(spans, g.pieces(l)...)
	}
	turned := g.transposed()
	for _, l := range upright {
		for _, s := range turned.pieces(l) {
			s.across = true
			spans = append(spans, s)
		}
	}
	for _, s := range spans {
		g.each(s, func(pixel *uint8, _ int) { *pixel = 0 })
	}
	return spans
}

// copied is a plane of its own.
func (g plane) copied() plane {
	out := newPlane(g.bounds())
	for y := range g.height {
		copy(out.row(y), g.row(y))
	}
	return out
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

// each calls a function with the pixels of a span and their indices.
func (g plane) each(s span, do func(pixel *uint8, i int)) {
	for v := s.first; v < s.end; v++ {
		i := v*g.stride + s.at
		if s.across {
			i = s.at*g.stride + v
		}
		do(&g.pix[i], i)
	}
}

// mend brings back the pieces of lines that have a stroke on both sides: it
// goes on through the line.
func (g plane) mend(before plane, lines []span) {
	var crossed []span
	for _, s := range lines {
		reach := s.end - s.first + 1
		if g.inkBeside(s, s.first-1, reach) && g.inkBeside(s, s.end, reach) {
			crossed = append(crossed, s)
		}
	}
	for _, s := range crossed {
		g.each(s, func(pixel *uint8, i int) { *pixel = max(*pixel, before.pix[i/g.stride*before.stride+i%g.stride]) })
	}
}

// inkBeside reports whether there is ink within reach of the pixel at the end
// of a span, along the line.
func (g plane) inkBeside(s span, end, reach int) bool {
	for v := s.at - reach; v <= s.at+reach; v++ {
		x, y := v, end
		if s.across {
			x, y = end, v
		}
		if x >= 0 && y >= 0 && x < g.width && y < g.height && g.pix[y*g.stride+x] >= partInk {
			return true
		}
	}
	return false
}
