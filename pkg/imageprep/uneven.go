package imageprep

const evenLight = 8 // levels, between which the light is even

// unevenLight reports whether the paper is not as bright everywhere, along the
// edge of the picture, where strokes that come near it are not paper, or where a
// spot of light is inside.
func (g plane) unevenLight() (uneven, spot bool) {
	if g.ringRange(nil) <= evenLight {
		spot = g.hasSpot()
		return spot, spot
	}
	var all histogram
	all.add(g.pix)
	if g.oneGround(&all) {
		return false, false
	}
	dark, light := strokes(g.closed(), g, all.contrast()), strokes(g, g.opened(), all.contrast())
	return min(g.ringRange(dark), g.ringRange(light)) > evenLight, false
}

// isCutOut reports whether the picture was cut out along a digit of dark strokes.
func (g plane) isCutOut() bool {
	var all histogram
	all.add(g.pix)
	return strokes(g.closed(), g, all.contrast()) != nil
}

// contrast is what strokes have at least, in levels.
func (h *histogram) contrast() int {
	return int(leastContrast * float64(h.quantile(0, 255, 0.98)-h.quantile(0, 255, 0.02)))
}

// hasSpot reports whether a lamp shines on the middle of the picture: when the
// dark strokes on it are filled, a spot is bright, has no sharp edge, and
// becomes darker outwards. Light strokes have sharp edges, or are as bright all
// over.
func (g plane) hasSpot() bool {
	const (
		least  = 16   // levels, brighter than the edge
		large  = 0.02 // of the picture
		sharp  = 0.2  // of the brightness, from one pixel to the next
		mostly = 0.97 // of the spot
		core   = 0.75 // at most, of what is a quarter as bright, is half as bright
	)
	ring := g.ring(0, nil)
	edge := ring.quantile(0, 255, 0.5)
	light := g.closed()
	var levels, steps histogram
	for i, v := range light.pix {
		if x, y := i%g.width, i/g.width; x > 0 && y > 0 {
			levels[v]++
			if int(v) >= edge+least {
				left, above := int(v)-int(light.pix[i-1]), int(v)-int(light.pix[i-g.width])
				steps[max(left, -left, above, -above)]++
			}
		}
	}
	if float64(steps.total(0, 255)) < large*float64(len(g.pix)) {
		return false
	}
	height := levels.quantile(edge+least, 255, 0.95) - edge
	return float64(steps.quantile(0, 255, mostly)) <= sharp*float64(height) &&
		float64(levels.total(edge+height/2, 255)) <= core*float64(levels.total(edge+height/4, 255))
}

// oneGround reports whether most of the picture has one and the same level, as
// what programs draw has and photographs have not, and no side another.
func (g plane) oneGround(all *histogram) bool {
	ground, most := 0, 0
	for v, n := range all {
		if n > most {
			ground, most = v, n
		}
	}
	if 2*most < len(g.pix) {
		return false
	}
	other := newPlane(g.bounds())
	for i, v := range g.pix {
		if far := int(v) - ground; max(far, -far) > evenLight {
			other.pix[i] = 1
		}
	}
	_, whole := other.sides()
	return whole == 0
}

// ringRange is how many levels there are between the tenth and the ninetieth
// percentile along the edge, or a little away from it, where a frame does not
// count, without the pixels that are marked.
func (g plane) ringRange(marked []bool) int {
	const enough = 0.2 // of a ring, to judge by
	least := 255
	for _, inset := range [...]int{0, 2, 4} {
		if min(g.width, g.height) < 2*inset+8 {
			break
		}
		ring := g.ring(inset, marked)
		if all := 2 * (g.width + g.height - 4*inset); float64(ring.total(0, 255)) >= enough*float64(all) {
			least = min(least, ring.quantile(0, 255, 0.9)-ring.quantile(0, 255, 0.1))
		}
	}
	return least
}

// ring counts the levels of the outermost pixels, or of those so far further
// inside, without those that are marked.
func (g plane) ring(inset int, marked []bool) (ring histogram) {
	r := g.bounds().Inset(inset)
	add := func(x, y int) {
		if marked == nil || !marked[y*g.width+x] {
			ring[g.row(y)[x]]++
		}
	}
	for x := r.Min.X; x < r.Max.X; x++ {
		add(x, r.Min.Y)
		add(x, r.Max.Y-1)
	}
	for y := r.Min.Y + 1; y < r.Max.Y-1; y++ {
		add(r.Min.X, y)
		add(r.Max.X-1, y)
	}
	return ring
}
