package imageprep

import "image"

// partInk is the ink that holds a part together. Fainter ink is its edge.
const partInk = 90

// chooseDigit leaves the parts that are the digit: not specks, not what comes
// in from the edge of the picture, not other digits.
func (p *picture) chooseDigit() (bool, error) {
	const leastSide = 40 // of a picture with room for more than a digit
	if max(p.ink.width, p.ink.height) < leastSide || p.framed(p.ink.whole()) {
		return false, nil
	}
	parts, runs := p.ink.partsOf(partInk)
	if len(parts) < 2 {
		return false, nil
	}
	digit := p.mainPart(parts)
	if digit == nil {
		return false, nil
	}
	digit.kept = true
	p.keepParts(parts, digit)
	dropped := false
	for i := range parts {
		dropped = dropped || !parts[i].kept
	}
	if !dropped {
		return false, nil
	}
	p.ink.keep(parts, runs, 1+digit.size()/boxSide)
	return true, nil
}

// mainPart is the largest part of the digit: the one with the most ink, of
// those that do not come in from the edge, if one of them can be a digit.
func (p *picture) mainPart(parts []part) *part {
	const leastSize, leastMass = 0.1, 0.04
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
	switch {
	case inside == nil:
		return all
	case !all.touches(bounds):
		return all
	case float64(inside.size()) < leastSize*float64(max(bounds.Dx(), bounds.Dy())):
		return all
	case all.near*2 < all.mass && float64(inside.mass) < leastMass*float64(all.mass):
		return all
	}
	return inside
}

// keepParts decides about the other parts: what is near the digit and smaller
// is a part of it, what is as large as it and apart is another digit.
func (p *picture) keepParts(parts []part, digit *part) {
	const (
		speck   = 0.004 // of the digit's ink
		near    = 0.3   // of the digit's size
		similar = 0.5   // of the digit's height
	)
	left, others := false, false
	size := float64(digit.size())
	for i := range parts {
		c := &parts[i]
		right, down := gaps(c.box, digit.box)
		edge := c.touches(p.ink.bounds()) && !digit.touches(p.ink.bounds())
		switch {
		case c == digit || float64(c.mass) < speck*float64(digit.mass) || edge:
		case float64(c.box.Dy()) >= similar*float64(digit.box.Dy()) && (right > 0.04*size || down > 0.25*size):
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

// gaps are how far two boxes are apart sideways and downwards; below 0 they
// overlap.
func gaps(a, b image.Rectangle) (right, down float64) {
	return float64(max(a.Min.X, b.Min.X) - min(a.Max.X, b.Max.X)), float64(max(a.Min.Y, b.Min.Y) - min(a.Max.Y, b.Max.Y))
}
