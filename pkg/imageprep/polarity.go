package imageprep

import "fmt"

// histogram counts the pixels of each grey level.
type histogram [256]int

func (h *histogram) add(row []byte) {
	for _, v := range row {
		h[v]++
	}
}

// total is the number of pixels with levels from low to high.
func (h *histogram) total(low, high int) int {
	sum := 0
	for _, n := range h[low : high+1] {
		sum += n
	}
	return sum
}

// quantile is the level that the given share of the pixels with levels from
// low to high does not exceed. There must be such pixels.
func (h *histogram) quantile(low, high int, share float64) int {
	want := int(share * float64(h.total(low, high)))
	for v := low; v < high; v++ {
		if want -= h[v]; want < 0 {
			return v
		}
	}
	return high
}

// reversed is the histogram of the negative.
func (h *histogram) reversed() (r histogram) {
	for v, n := range h {
		r[255-v] = n
	}
	return r
}

// otsu is the level that best parts the pixels in two classes, the upper one
// above it (Otsu 1979): the one of the largest variance between the classes.
// Where all pixels have one level both classes cannot have pixels, and it is 0.
func (h *histogram) otsu() int {
	var count, sum float64
	for v, n := range h {
		count += float64(n)
		sum += float64(v) * float64(n)
	}
	var below, belowSum, best float64
	threshold := 0
	for v, n := range h[:255] {
		if n == 0 {
			continue // it parts as the level below it does
		}
		below += float64(n)
		belowSum += float64(v) * float64(n)
		if below == count {
			break
		}
		difference := belowSum/below - (sum-belowSum)/(count-below)
		if variance := below * (count - below) * difference * difference; variance > best {
			best, threshold = variance, v
		}
	}
	return threshold
}

// levels says what the grey levels of a picture mean. Its numbers count from
// black where the ink is light, and from white where it is dark.
type levels struct {
	darkInk bool
	paper   int // the level of the paper
	noise   int // how far the paper strays from its level
	full    int // the level of full ink
}

// minContrast is how many levels there must be between paper and full ink.
const minContrast = 20

// findPolarity finds out what is paper and what is ink. It acts when the ink
// is dark.
func (p *picture) findPolarity() (bool, error) {
	var all histogram
	for y := range p.gray.height {
		all.add(p.gray.row(y))
	}
	border, threshold := p.gray.border(0), all.otsu()
	darkInk := p.opts.Polarity == PolarityDarkInk
	switch {
	case p.flat:
		darkInk = p.darkInk
	case p.opts.Polarity == PolarityAuto:
		darkInk = p.paperIsBright(&all, &border, threshold)
		if inner := p.gray.border(1 + min(p.gray.width, p.gray.height)/16); inner.uniform(threshold) && p.paperIsBright(&all, &inner, threshold) != darkInk {
			border, darkInk = inner, !darkInk // a frame is along the border
		}
	}
	if darkInk {
		all, border = all.reversed(), border.reversed()
		threshold = all.otsu()
	}
	if p.flat || border.total(0, threshold) == 0 { // or nothing but ink along the border
		border = all
	}
	if border.total(0, threshold) == 0 || all.total(threshold+1, 255) == 0 {
		return false, noInk(0)
	}
	paper := border.quantile(0, threshold, 0.5)
	noise := all.noise(paper)
	if !p.flat { // white paper has no level below it that would tell
		noise = max(noise, border.quantile(0, threshold, 0.95)-paper)
	}
	if all.total(min(paper+noise, 254)+1, 255) == 0 { // it is no noise: the border is not all paper
		noise = 0
	}
	full := all.fullInk(min(paper+noise, 254))
	if full-paper < minContrast {
		return false, noInk(full - paper)
	}
	p.levels = levels{darkInk, paper, min(noise, (full-paper)/4), full}
	return darkInk, nil
}

// noise is how far the level of paper strays: four standard deviations, taken
// from the levels below it, where there is no ink.
func (h *histogram) noise(paper int) int {
	const deviations, share = 4, 0.32 // a third is more than one away
	if paper == 0 || h.total(0, paper-1) == 0 {
		return 0
	}
	below := 2*h.total(0, paper-1) + h[paper]
	want := int(share * float64(below) / 2)
	v := 0
	for ; v < paper; v++ {
		if want -= h[v]; want < 0 {
			break
		}
	}
	return deviations * (paper - v)
}

// fullInk is the level of full ink, of the pixels above the noise. Thin
// strokes are full ink in few pixels only, and the ringing of JPEG puts some
// above it.
func (h *histogram) fullInk(noise int) int {
	ink := *h
	clear(ink[:noise+1])
	threshold := max(ink.otsu(), noise)
	if ink.total(threshold+1, 255) == 0 {
		return noise
	}
	return ink.quantile(threshold+1, 255, 0.95)
}

func noInk(contrast int) error {
	return fmt.Errorf("%w: the picture's levels differ by %d of 255 where a digit needs %d; send a picture with a digit that stands out", ErrNoInk, contrast, minContrast)
}

// border counts the levels along the edges of the picture, or so far inside of
// them.
func (g plane) border(inset int) (h histogram) {
	g = g.part(g.bounds().Inset(inset))
	thickness := 1 + min(g.width, g.height)/64
	for y := range g.height {
		row := g.row(y)
		if y < thickness || y >= g.height-thickness || g.width <= 2*thickness {
			h.add(row)
			continue
		}
		h.add(row[:thickness])
		h.add(row[g.width-thickness:])
	}
	return h
}

// uniform reports whether nearly all levels are on one side of the threshold.
func (h *histogram) uniform(threshold int) bool {
	const nearlyAll = 0.95
	below, all := float64(h.total(0, threshold)), float64(h.total(0, 255))
	return all > 0 && max(below, all-below) >= nearlyAll*all
}

// paperIsBright lets the border decide. Where ink and paper share the border,
// as in a tight crop, there is less ink than paper in the picture, if it is
// small; in a larger one the border may be nothing but noise, and sharp strokes
// tell.
func (p *picture) paperIsBright(all, border *histogram, threshold int) bool {
	const clear, small = 0.6, 64
	bright := border.total(threshold+1, 255)
	share := float64(bright) / float64(bright+border.total(0, threshold))
	switch {
	case share <= 1-clear || share >= clear:
		return share >= clear
	case min(p.gray.width, p.gray.height) < small:
		return all.total(threshold+1, 255) > all.total(0, threshold)
	}
	return p.gray.strokesAreDark()
}
