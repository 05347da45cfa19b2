package imageprep

// stretchContrast makes the plane of ink: 0 for paper and its noise, 255 for
// full ink. Clean pictures that are black and white already stay as they are.
func (p *picture) stretchContrast() (bool, error) {
	const lowContrast, nearlyFull = 64, 200
	l := p.levels
	clean := l.paper == 0 && l.noise == 0 && l.full >= nearlyFull
	if l.full-l.paper < lowContrast {
		p.flag("low_contrast")
	}
	var ink [256]uint8
	for v := range ink {
		level := v
		if l.darkInk {
			level = 255 - v
		}
		switch {
		case clean:
			ink[v] = uint8(level)
		case level > l.paper+l.noise:
			ink[v] = uint8(min(255, (255*(level-l.paper)+(l.full-l.paper)/2)/(l.full-l.paper)))
		}
	}
	p.ink = newPlane(p.gray.bounds())
	for y := range p.ink.height {
		row := p.ink.row(y)
		for x, v := range p.gray.row(y) {
			row[x] = ink[v]
		}
	}
	return !clean, nil
}
