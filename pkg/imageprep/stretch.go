package imageprep

// inkTable gives each grey level its ink, from 0 to 1.
type inkTable [256]float32

// stretchContrast makes paper 0 and full ink 1, and the noise of the paper 0
// as well. Clean pictures that are black and white already stay as they are.
func (p *picture) stretchContrast() (bool, error) {
	const lowContrast, nearlyFull = 64, 200
	l := p.levels
	clean := l.paper == 0 && l.noise == 0 && l.full >= nearlyFull
	if l.full-l.paper < lowContrast {
		p.flagged = append(p.flagged, "low_contrast")
	}
	for v := range p.ink {
		level := v
		if l.darkInk {
			level = 255 - v
		}
		switch {
		case clean:
			p.ink[v] = float32(level) / 255
		case level > l.paper+l.noise:
			p.ink[v] = min(1, float32(level-l.paper)/float32(l.full-l.paper))
		}
	}
	return !clean, nil
}
