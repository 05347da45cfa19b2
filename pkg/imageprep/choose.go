package imageprep

import (
	"image"
	"slices"
)

// partInk is the ink that holds a part together. Fainter ink is its edge.
const partInk = 60

// chooseDigit leaves the parts that are the digit: not specks, not what comes
// in from the edge of the picture, not other digits. One of MNIST's size has no
// room for those.
func (p *picture) chooseDigit() (bool, error) {
	if max(p.ink.width, p.ink.height) <= Side || p.framed(p.ink.whole()) {
		return false, nil
	}
	parts, runs := p.ink.partsOf(partInk)
	if len(parts) == 0 {
		return false, nil
	}
	dropFrames(parts, runs)
	parts = p.joined(parts, runs)
	digit := p.mainPart(parts)
	digit.kept = true
	p.keepParts(parts, digit)
	kept := p.ink.keep(parts, runs, 1+digit.size()/boxSide)
	return p.cutLines(digit.thickness()) || kept, nil
}

// dropFrames takes the mass from thin parts that are around another: boxes of
// forms, stamps.
func dropFrames(parts []part, runs []run) {
	const (
		thin  = 0.08 // for its size
		large = 0.25 // what is inside, for the frame's size
	)
	runsOf := byPart(runs, len(parts))
	for i := range parts {
		frame := &parts[i]
		thickness := frame.thickness()
		if thickness > thin*float64(frame.size()) {
			continue
		}
		inside := frame.box.Inset(1 + int(thickness))
		if slices.ContainsFunc(parts, func(c part) bool {
			return c.box.In(inside) && float64(c.size()) >= large*float64(frame.size()) && surround(runsOf(i), c.box)
		}) {
			frame.mass = 0
		}
	}
}

// byPart returns a copy of the runs of each part, in one piece of memory.
func byPart(runs []run, parts int) func(part int) []run {
	begin := make([]int, parts+1)
	for _, r := range runs {
		begin[r.part+1]++
	}
	for i := range parts {
		begin[i+1] += begin[i]
	}
	sorted, next := make([]run, len(runs)), slices.Clone(begin)
	for _, r := range runs {
		sorted[next[r.part]] = r
		next[r.part]++
	}
	return func(part int) []run { return sorted[begin[part]:begin[part+1]] }
}

// surround reports whether runs are on all four sides of the middle of a box.
func surround(runs []run, box image.Rectangle) bool {
	middle := box.Min.Add(box.Max).Div(2)
	var left, right, above, below bool
	for _, r := range runs {
		if r.y == middle.Y {
			left, right = left || r.first < middle.X, right || r.end > middle.X
		}
		if r.first <= middle.X && middle.X < r.end {
			above, below = above || r.y < middle.Y, below || r.y > middle.Y
		}
	}
	return left && right && above && below
}

// mainPart is the largest part of the digit: the one with the most ink, of
// those that do not come in from the edge, if one of them can be a digit.
func (p *picture) mainPart(parts []part) *part {
	const (
		leastSize   = 0.1  // of the picture
		leastMass   = 0.5  // of the part with the most ink, if that can be a digit
		leastOfBlob = 0.01 // of the same, if it cannot
		leastOfLine = 0.1  // of the same, if it is thin: a line, or thin strokes
	)
	bounds := p.ink.bounds()
	var inside, all *part
	for i := range parts {
		c := &parts[i]
		if all == nil || c.mass > all.mass {
			all = c
		}
		if !c.touches(bounds) && (inside == nil || c.mass > inside.mass) {
			inside = c
		}
	}
	if inside == nil || !all.touches(bounds) || p.cutAlongDigit(parts) {
		return all
	}
	least := leastMass
	switch {
	case all.isBeside(bounds):
		least = leastOfBlob
	case all.crosses(bounds):
		least = leastOfLine
	}
	if float64(inside.size()) < leastSize*float64(min(bounds.Dx(), bounds.Dy())) || float64(inside.mass) < least*float64(all.mass) {
		return all
	}
	return inside
}

// keepParts decides about the other parts: what is near the digit and smaller
// is a part of it, what is as large as it and apart is another digit, and so is
// what stands beside it and is less high: nobody writes such a piece of a digit.
// What comes in from the edge of the picture is a piece of something else, and
// another digit if there is much of it.
func (p *picture) keepParts(parts []part, digit *part) {
	const (
		speck   = 0.015 // of the digit's ink
		near    = 0.3   // of the digit's size
		similar = 0.6   // of the height of the higher
		lower   = 0.35  // of the same, side by side: higher than a five's loose bar
		stroke  = 0.08  // of the digit's ink: a one of half its height
		much    = 0.5   // of the digit's ink
	)
	left, others := false, false
	size := float64(digit.size())
	for i := range parts {
		c := &parts[i]
		right, down := gaps(c.box, digit.box)
		least := similar
		if down < 0 && float64(c.mass) >= stroke*float64(digit.mass) && !c.isArm(digit) && !digit.isArm(c) {
			least = lower
		}
		alike := float64(min(c.box.Dy(), digit.box.Dy())) >= least*float64(max(c.box.Dy(), digit.box.Dy()))
		edge := c.touches(p.ink.bounds()) && !digit.touches(p.ink.bounds())
		switch {
		case c == digit || c.mass == 0 || float64(c.mass) < speck*float64(digit.mass):
		case edge:
			left = true
			others = others || float64(c.mass) >= much*float64(digit.mass) && float64(c.box.Dy()) >= similar*float64(digit.box.Dy()) && c.apart(digit)
		case alike && c.apart(digit):
			others, left = true, true
		case max(right, down) <= near*size:
			c.kept = true
		default:
			left = true
		}
	}
	if left {
		p.flag("several_parts")
	}
	if others {
		p.flag(SeveralDigits)
	}
}

// apart reports whether there is as much space between two parts as people
// leave between digits, and not only where a stroke has broken. Below or above a
// part that is much wider than a digit there may be more: it is a piece of one.
func (c *part) apart(o *part) bool {
	const (
		sideways, below = 0.12, 0.1 // of both together
		farBelow        = 0.25
		wide            = 1.6 // for its height
	)
	right, down := gaps(c.box, o.box)
	both := c.box.Union(o.box)
	most := below
	if c.wider(wide) || o.wider(wide) {
		most = farBelow
	}
	return right > sideways*float64(both.Dy()) || down > most*float64(both.Dy()) || c.beside(o)
}

// isArm reports whether a part may be the left arm of a four whose stem is the
// other: its foot is well above the stem's.
func (c *part) isArm(stem *part) bool {
	const raised = 0.2 // of both together
	return c.box.Max.X <= stem.box.Min.X && float64(stem.box.Max.Y-c.box.Max.Y) > raised*float64(c.box.Union(stem.box).Dy())
}

// wider reports whether the part is so many times as wide as high.
func (c *part) wider(times float64) bool { return float64(c.box.Dx()) >= times*float64(c.box.Dy()) }

// beside reports whether two parts stand side by side like two digits that
// nearly touch: both as high, and together wider than a digit is.
func (c *part) beside(o *part) bool {
	const gap, high = 0.03, 0.75 // of both together
	right, _ := gaps(c.box, o.box)
	both := c.box.Union(o.box)
	return right > gap*float64(both.Dy()) && float64(min(c.box.Dy(), o.box.Dy())) >= high*float64(both.Dy()) && both.Dx() > both.Dy()
}

// gaps are how far two boxes are apart sideways and downwards; below 0 they
// overlap.
func gaps(a, b image.Rectangle) (right, down float64) {
	return float64(max(a.Min.X, b.Min.X) - min(a.Max.X, b.Max.X)), float64(max(a.Min.Y, b.Min.Y) - min(a.Max.Y, b.Max.Y))
}

// joined makes one part of those that nearly touch, as the pieces of a stroke
// do that pencil or a removed line has broken. What comes in from the edge of
// the picture stays by itself.
func (p *picture) joined(parts []part, runs []run) []part {
	const near = 0.1 // of the size of the larger
	to := make([]int32, len(parts))
	for i := range to {
		to[i] = int32(i)
	}
	bounds := p.ink.bounds()
	order := p.largestFirst(parts)
	for again := true; again; {
		again = false
		for n, i := range order {
			for _, j := range order[n+1:] {
				a, b := &parts[i], &parts[j]
				if b.mass == 0 || a.mass == 0 || a.touches(bounds) || b.touches(bounds) {
					continue
				}
				if a.beside(b) {
					continue
				}
				if right, down := gaps(a.box, b.box); max(right, down) <= near*float64(a.size()) {
					a.add(b)
					*b = part{}
					to[j] = int32(i)
					again = true
				}
			}
		}
	}
	for i := range runs {
		r := &runs[i]
		for to[r.part] != r.part {
			r.part = to[r.part]
		}
	}
	return parts
}

// largestFirst lists the parts that are more than specks, by their ink.
func (p *picture) largestFirst(parts []part) []int {
	const (
		most  = 50
		speck = 50 // times less ink than the largest
	)
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return parts[b].mass - parts[a].mass })
	order = order[:min(most, len(order))]
	return slices.DeleteFunc(order, func(i int) bool { return parts[i].mass*speck < parts[order[0]].mass })
}
