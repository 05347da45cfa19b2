package imageprep

import "image"

// strokesAreDark tells the polarity where there is no telling it from the
// border: strokes are sharp, and lamps and shadows are not. It is the sign of
// the third moment of what strays from the surroundings, small ones and large
// ones.
func (g plane) strokesAreDark() bool {
	skew := 0.0
	ground := make([]float32, g.width)
	for _, around := range [...]int{6, 12, 24} { // to a side
		side := max(1, max(g.width, g.height)/around)
		means := g.averaged(side)
		for y := range g.height {
			means.interpolate(ground, y, side)
			for x, v := range g.row(y) {
				d := float64(v) - float64(ground[x])
				skew += d * d * d
			}
		}
	}
	return skew < 0
}

// inkLevels says which levels of a picture of even light are ink. Much
// noise is light that is not quite even yet: it must not hide ink.
func (p *picture) inkLevels() (ink [256]bool) {
	const least, most = 0.12, 0.17 // of full ink
	var all histogram
	for y := range p.gray.height {
		all.add(p.gray.row(y))
	}
	if p.darkInk {
		all = all.reversed()
	}
	paper := all.quantile(0, 255, 0.5)
	noise := min(paper+all.noise(paper), 254)
	full := float64(all.fullInk(noise) - paper)
	from := max(min(noise, paper+int(most*full)), paper+int(least*full))
	for v := range ink {
		level := v
		if p.darkInk {
			level = 255 - v
		}
		ink[v] = level > from
	}
	return ink
}

// paperOf is the paper of the original picture, one pixel for each square of a
// side, of which the picture itself shows with even light where the ink is.
func (p *picture) paperOf(original plane, side int) plane {
	const enough = 4 // a quarter of a square
	ink := p.inkLevels()
	paper := newPlane(image.Rect(0, 0, (original.width+side-1)/side, (original.height+side-1)/side))
	known := make([]bool, len(paper.pix))
	for i := range paper.pix {
		x, y := i%paper.width*side, i/paper.width*side
		width, height := min(side, original.width-x), min(side, original.height-y)
		sum, count := 0, 0
		for row := y; row < y+height; row++ {
			even := p.gray.row(row)[x : x+width]
			for j, v := range original.row(row)[x : x+width] {
				if !ink[even[j]] {
					sum += int(v)
					count++
				}
			}
		}
		if count*enough >= width*height {
			paper.pix[i], known[i] = uint8((sum+count/2)/count), true
		}
	}
	paper.fill(known)
	return paper
}

// fill gives the unknown pixels the mean of their known neighbours, from the
// outside to the inside.
func (g plane) fill(known []bool) {
	for {
		var filled []int
		values := make([]uint8, 0, len(known))
		for i := range known {
			if known[i] {
				continue
			}
			sum, count := 0, 0
			for y := max(0, i/g.width-1); y <= min(g.height-1, i/g.width+1); y++ {
				for x := max(0, i%g.width-1); x <= min(g.width-1, i%g.width+1); x++ {
					if known[y*g.width+x] {
						sum += int(g.pix[y*g.width+x])
						count++
					}
				}
			}
			if count > 0 {
				filled, values = append(filled, i), append(values, uint8((sum+count/2)/count))
			}
		}
		if len(filled) == 0 {
			return
		}
		for j, i := range filled {
			g.pix[i], known[i] = values[j], true
		}
	}
}

// fillHoles gives dark places, around which it is much brighter on all sides,
// the level of what is around them: they are the inside of a thick stroke. With
// them goes what is a little darker next to them, so that they leave no edge.
func (g plane) fillHoles() {
	const (
		ink  = 0.75 // of the light around it: shadows within a picture are brighter
		soft = 0.95 // the same, next to it
	)
	filled := g.filled()
	known := make([]bool, len(g.pix))
	var next []int
	for i, v := range filled.pix {
		known[i] = true
		if float64(g.pix[i]) < ink*float64(v) {
			next = append(next, i)
		}
	}
	for ; len(next) > 0; next = next[1:] { // no hole is at the edge
		i := next[0]
		known[i] = false
		for _, near := range [...]int{i - 1, i + 1, i - g.width, i + g.width} {
			if known[near] && float64(g.pix[near]) < soft*float64(filled.pix[near]) {
				known[near] = false
				next = append(next, near)
			}
		}
	}
	g.fill(known)
}

// filled has no place that is darker than all ways from it to the edge.
// (Grey-scale reconstruction from the edge, Vincent 1993.)
func (g plane) filled() plane {
	filled := newPlane(g.bounds())
	for i, v := range g.pix {
		filled.pix[i] = 255
		if x, y := i%g.width, i/g.width; x == 0 || y == 0 || x == g.width-1 || y == g.height-1 {
			filled.pix[i] = v
		}
	}
	for changed := true; changed; {
		changed = false
		for i := range g.pix {
			changed = filled.lower(g, i) || changed
		}
		for i := len(g.pix) - 1; i >= 0; i-- {
			changed = filled.lower(g, i) || changed
		}
	}
	return filled
}

// lower lets a pixel sink to its lowest neighbour, but not below another
// plane, and reports whether it did.
func (g plane) lower(least plane, i int) bool {
	x, y := i%g.width, i/g.width
	low := g.pix[i]
	if x > 0 {
		low = min(low, g.pix[i-1])
	}
	if x < g.width-1 {
		low = min(low, g.pix[i+1])
	}
	if y > 0 {
		low = min(low, g.pix[i-g.width])
	}
	if y < g.height-1 {
		low = min(low, g.pix[i+g.width])
	}
	low = max(low, least.pix[i])
	sunk := low < g.pix[i]
	g.pix[i] = low
	return sunk
}
