package imageprep

import (
	"bytes"
	"image"
	"slices"
)

// removeEdges takes away what comes in from the edge of the picture and is no
// stroke: a thumb, the table beside the page, a frame. It may be darker than
// the ink, so the contrast is then stretched anew.
func (p *picture) removeEdges() (bool, error) {
	const leastSide, leastSize = 64, 0.1
	bounds := p.ink.bounds()
	if min(bounds.Dx(), bounds.Dy()) < leastSide {
		return false, nil
	}
	if box := p.ink.box(lineInk); box.In(bounds.Inset(1)) {
		return false, nil
	}
	parts, runs := p.ink.partsOf(lineInk)
	if p.cutAlongDigit(parts) {
		return false, nil
	}
	size := leastSize * float64(min(bounds.Dx(), bounds.Dy()))
	found, remains := false, false
	for i := range parts {
		c := &parts[i]
		c.kept = !c.touches(bounds) || !c.comesIn(bounds)
		found = found || !c.kept
		remains = remains || c.kept && float64(c.size()) >= size
	}
	if !found {
		return false, nil
	}
	paper := uint8(p.levels.paper)
	if p.levels.darkInk {
		paper = 255 - paper
	}
	before := *p
	p.gray = p.gray.without(parts, runs, paper)
	_, err := p.findPolarity()
	if err == nil {
		_, err = p.stretchContrast()
	}
	onlyLines := err == nil && p.hasLines() && !p.eraseLinesAgain(before.levels)
	if err != nil || !remains && (onlyLines || !p.ink.hasPart(size) || p.ink.isAround(parts, runs)) {
		*p = before // there is nothing else
		return false, nil
	}
	return true, nil
}

// cutAlongDigit reports whether the picture was cut out along its digit: one part has
// nearly all the ink, reaches from side to side both ways, and is along little
// of the edge.
func (p *picture) cutAlongDigit(parts []part) bool {
	const (
		most   = 0.9 // of the ink
		across = 0.9 // of the picture's sides
		along  = 0.5 // of its edge
	)
	bounds := p.ink.bounds()
	mass := 0
	for i := range parts {
		mass += parts[i].mass
	}
	return slices.ContainsFunc(parts, func(c part) bool {
		return float64(c.mass) >= most*float64(mass) && float64(c.allAlong()) <= along*float64(2*(bounds.Dx()+bounds.Dy())) &&
			float64(c.box.Dx()) >= across*float64(bounds.Dx()) && float64(c.box.Dy()) >= across*float64(bounds.Dy())
	})
}

// isAround reports whether nearly all the ink is close to the parts that are not
// kept: then it is their soft edge, which nothing else outshines any more.
func (g plane) isAround(parts []part, runs []run) bool {
	const close, nearly = 0.1, 0.8 // of the longer side, of the ink
	gone := newPlane(g.bounds())
	for _, r := range runs {
		if !parts[r.part].kept {
			copy(gone.row(r.y)[r.first:r.end], bytes.Repeat([]byte{1}, r.end-r.first))
		}
	}
	gone = gone.dilated(int(close * float64(max(g.width, g.height))))
	around, all := 0, 0
	for y := range g.height {
		mask := gone.row(y)
		for x, v := range g.row(y) {
			all += int(v)
			around += int(v) * int(mask[x])
		}
	}
	return float64(around) >= nearly*float64(all)
}

// hasPart reports whether there is a part of at least that size.
func (g plane) hasPart(size float64) bool {
	parts, _ := g.partsOf(partInk)
	return slices.ContainsFunc(parts, func(c part) bool { return float64(c.size()) >= size })
}

// comesIn reports whether a part that touches the edge of the picture is no
// digit that is cut off there.
func (c *part) comesIn(bounds image.Rectangle) bool {
	return c.isBeside(bounds) || c.crosses(bounds)
}

// isBeside reports whether a part is something at the edge of the picture: most
// of it is there, or it is along the edge like a frame, or it is too thick, or it
// is a wedge, as is left of a table by a page that lies askew.
func (c *part) isBeside(bounds image.Rectangle) bool {
	const (
		blob = 0.3 // how thick a part is that is no digit, for its size
		deep = 0.2 // of the picture's side, how far a wedge reaches in
		wide = 0.5 // of its other side, how much of it a wedge takes
	)
	if c.near*2 > c.mass || c.thickness() > blob*float64(c.size()) || c.isFull() || c.isAlong(bounds) {
		return true
	}
	across, down := c.shares(bounds)
	level := c.box.Min.Y <= bounds.Min.Y || c.box.Max.Y >= bounds.Max.Y
	upright := c.box.Min.X <= bounds.Min.X || c.box.Max.X >= bounds.Max.X
	return level && down <= deep && across >= wide || upright && across <= deep && down >= wide
}

// isAlong reports whether a part is along most of a side of the picture, as a
// table is and a frame.
func (c *part) isAlong(bounds image.Rectangle) bool {
	const most = 0.7
	return float64(max(c.along[0], c.along[1])) >= most*float64(bounds.Dx()) || float64(max(c.along[2], c.along[3])) >= most*float64(bounds.Dy())
}

// isFull reports whether a part takes most of its box, which is not narrow, and
// is cut off by the edge of the picture where it is as wide: a thumb does, also
// if its nail is paler than it.
func (c *part) isFull() bool {
	const most, narrow = 0.5, 0.4
	short, long := min(c.box.Dx(), c.box.Dy()), c.size()
	return float64(c.pixels) >= most*float64(short*long) && float64(short) >= narrow*float64(long) && float64(c.allAlong()) >= most*float64(short)
}

// crosses reports whether a part is a line through most of the picture.
func (c *part) crosses(bounds image.Rectangle) bool {
	const (
		line = 0.03 // how thick one is, for its size
		long = 0.7  // of the picture's side
		ends = 0.5  // of what one of its ends has near the edge: a digit hangs on what has less
	)
	across, down := c.shares(bounds)
	return c.thickness() < line*float64(c.size()) && max(across, down) > long &&
		float64(c.near*c.size()) >= ends*float64(nearEdge(bounds)*c.mass)
}

// shares is how much of the picture's width and height the part takes.
func (c *part) shares(bounds image.Rectangle) (across, down float64) {
	return float64(c.box.Dx()) / float64(bounds.Dx()), float64(c.box.Dy()) / float64(bounds.Dy())
}

// without is a copy in which paper is where the parts that are not kept were,
// and a little around them.
func (g plane) without(parts []part, runs []run, paper uint8) plane {
	out := g.copied()
	reach := 1 + max(g.width, g.height)/200
	for _, r := range runs {
		if parts[r.part].kept {
			continue
		}
		for y := max(0, r.y-reach); y <= min(g.height-1, r.y+reach); y++ {
			row := out.row(y)[max(0, r.first-reach):min(g.width, r.end+reach)]
			for x := range row {
				row[x] = paper
			}
		}
	}
	return out
}
