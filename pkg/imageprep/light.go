package imageprep

import "slices"

// flattenLight makes the paper as bright everywhere, where a lamp, a shadow or
// a lens has made it uneven, and cuts off a table beside it. What the paper
// would be without ink is at first a surface that bends slowly, if it does; else
// the median around each place: shadows have edges, and medians keep them. That
// shows where the ink is, and the paper between it then says it more exactly.
func (p *picture) flattenLight() (bool, error) {
	const (
		leastSide = 48 // of a picture that can have shadows
		cells     = 64 // along the longer side
	)
	if min(p.gray.width, p.gray.height) < leastSide {
		return false, nil
	}
	side := (max(p.gray.width, p.gray.height) + cells - 1) / cells
	blocks := p.gray.averaged(side)
	uneven, spot := blocks.unevenLight()
	if !uneven {
		return false, nil
	}
	table := blocks.table()
	if page := table.page(); p.cropSquares(page, side) {
		blocks, table = p.gray.averaged(side), table.part(page).copied()
		if uneven, spot = blocks.unevenLight(); !uneven {
			return true, nil
		}
	}
	original := p.gray
	p.flat = true
	paper, dark := blocks.light(!spot && !slices.Contains(table.pix, 1))
	edges := paper.edges()
	switch {
	case p.opts.Polarity != PolarityAuto:
		p.darkInk = p.opts.Polarity == PolarityDarkInk
	case dark:
		p.darkInk = true
	default:
		p.darkInk = original.divided(paper, edges, original, side).strokesAreDark()
	}
	p.gray = original.divided(paper, newPlane(paper.bounds()), original, side)
	paper = p.paperOf(original, side)
	bare := original
	if slices.Max(edges.pix) > 0 {
		bare = original.withoutStrokes(p.darkInk, side)
	}
	p.gray = original.divided(paper, edges, bare, side)
	p.gray.blank(table, side)
	return true, nil
}

// light is the level that paper would have in each square, and whether the ink
// is dark for certain. With slopes it may be one: no table is left, and no spot.
func (g plane) light(slopes bool) (paper plane, dark bool) {
	if slopes {
		if slope, thick, ok := g.slope(); ok {
			return slope, thick
		}
	}
	paper = g.medians()
	paper.fillHoles()
	return paper, false
}

// divided is the plane with the paper that it has made even. Within what the
// edges say the paper is as bright as the picture without its strokes, so that
// the edge of a shadow is no line. A bright ground is multiplied, because light
// is; of a dark one that would make the noise ink.
func (g plane) divided(paper, edges, bare plane, side int) plane {
	const dark = 96
	levels := slices.Sorted(slices.Values(paper.pix))
	middle, bright := float32(levels[len(levels)/2]), float32(levels[len(levels)*9/10])
	flat := newPlane(g.bounds())
	ground, edge := make([]float32, flat.width), make([]float32, flat.width)
	for y := range flat.height {
		paper.interpolate(ground, y, side)
		edges.interpolate(edge, y, side)
		row, without := flat.row(y), bare.row(y)
		for x, v := range g.row(y) {
			v := float32(v)
			here := min(max(float32(without[x]), ground[x]-edge[x]), ground[x]+edge[x])
			if middle < dark {
				row[x] = level(v - here + middle)
			} else {
				row[x] = level(v * bright / max(here, 1))
			}
		}
	}
	return flat
}

// edges is how far the levels on the two sides of an edge may be from that of
// each pixel: twice the second difference, which a slope has none of, there and
// next to it.
func (g plane) edges() plane {
	const slight = 4 // levels that are noise
	bends := newPlane(g.bounds())
	at := func(x, y int) int {
		return int(g.pix[min(max(y, 0), g.height-1)*g.stride+min(max(x, 0), g.width-1)])
	}
	for i := range g.pix {
		x, y := i%g.width, i/g.width
		across := 2*at(x, y) - at(x-1, y) - at(x+1, y)
		down := 2*at(x, y) - at(x, y-1) - at(x, y+1)
		if bend := max(across, -across, down, -down); bend > slight {
			bends.pix[i] = uint8(min(bend, 255))
		}
	}
	return bends.dilated(1)
}

// level rounds to a grey level.
func level(v float32) uint8 { return uint8(min(max(v+0.5, 0), 255)) }

// medians replaces each pixel by the median of those around it. The windows
// become smaller towards the edges, so that they stay symmetric: the median of
// a slope is then the slope. Half of their size they keep, or a thick stroke
// would be paper there.
func (g plane) medians() plane {
	out := newPlane(g.bounds())
	reach := max(g.width, g.height) / 5
	for y := range g.height {
		down := min(reach, max(reach/2, min(y, g.height-1-y)))
		for x := range g.width {
			right := min(reach, max(reach/2, min(x, g.width-1-x)))
			var around histogram
			for i := max(0, y-down); i <= min(g.height-1, y+down); i++ {
				around.add(g.row(i)[max(0, x-right):min(g.width, x+right+1)])
			}
			out.pix[y*out.stride+x] = uint8(around.quantile(0, 255, 0.5))
		}
	}
	return out
}

// interpolate writes row y of a plane of which this one has the means of
// squares.
func (g plane) interpolate(row []float32, y, side int) {
	upper, lower, down := between(y, side, g.height)
	above, below := g.row(upper), g.row(lower)
	for x := range row {
		left, right, across := between(x, side, g.width)
		a := float32(above[left]) + across*(float32(above[right])-float32(above[left]))
		b := float32(below[left]) + across*(float32(below[right])-float32(below[left]))
		row[x] = a + down*(b-a)
	}
}

// between gives the squares whose centres are around pixel v, and how far from
// the first to the second it is.
func between(v, side, squares int) (first, second int, share float32) {
	at := (float32(v)+0.5)/float32(side) - 0.5
	first = max(0, int(at))
	second = min(squares-1, first+1)
	return first, second, min(max(at-float32(first), 0), 1)
}
