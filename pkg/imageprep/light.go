package imageprep

import (
	"image"
	"slices"
)

// flattenLight makes the paper as bright everywhere, where a lamp, a shadow or
// a lens has made it uneven. What the paper would be without ink is the median
// around each place: shadows have edges, and medians keep them.
func (p *picture) flattenLight() (bool, error) {
	const (
		leastSide = 48 // of a picture that can have shadows
		cells     = 64 // along the longer side
		uneven    = 8  // levels, between the darkest and the brightest tenth of the border
		dark      = 96 // a ground below this is not multiplied: that would make its noise ink
	)
	if min(p.gray.width, p.gray.height) < leastSide {
		return false, nil
	}
	side := (max(p.gray.width, p.gray.height) + cells - 1) / cells
	blocks := p.gray.averaged(side)
	if blocks.ringSpread() <= uneven {
		return false, nil
	}
	paper := blocks.medians()
	levels := slices.Sorted(slices.Values(paper.pix))
	middle, bright := int(levels[len(levels)/2]), int(levels[len(levels)*9/10])
	flat := newPlane(p.gray.bounds())
	ground := make([]float32, flat.width)
	for y := range flat.height {
		paper.interpolate(ground, y, side)
		row := flat.row(y)
		for x, v := range p.gray.row(y) {
			if middle < dark {
				row[x] = level(float32(v) - ground[x] + float32(middle))
			} else {
				row[x] = level(float32(v) * float32(bright) / max(ground[x], 1))
			}
		}
	}
	p.gray, p.flat = flat, true
	return true, nil
}

// level rounds to a grey level.
func level(v float32) uint8 { return uint8(min(max(v+0.5, 0), 255)) }

// ringSpread is how many levels there are between the tenth and the ninetieth
// percentile of the outermost pixels.
func (g plane) ringSpread() int {
	var ring histogram
	ring.add(g.row(0))
	ring.add(g.row(g.height - 1))
	for y := 1; y < g.height-1; y++ {
		ring[g.row(y)[0]]++
		ring[g.row(y)[g.width-1]]++
	}
	return ring.quantile(0, 255, 0.9) - ring.quantile(0, 255, 0.1)
}

// medians replaces each pixel by the median of those around it. The windows
// become smaller towards the edges, so that they stay symmetric: the median of
// a slope is then the slope.
func (g plane) medians() plane {
	out := newPlane(image.Rect(0, 0, g.width, g.height))
	reach := max(g.width, g.height) / 5
	for y := range g.height {
		down := min(reach, y, g.height-1-y)
		for x := range g.width {
			right := min(reach, x, g.width-1-x)
			var around histogram
			for i := y - down; i <= y+down; i++ {
				around.add(g.row(i)[x-right : x+right+1])
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
