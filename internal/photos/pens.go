package photos

import "cmp"

// pen is what the digit is written with.
type pen struct {
	ink    rgb     // what it makes of white paper, or the colour of chalk
	covers bool    // whether it hides the page, as chalk does, or darkens it
	width  float64 // in millimetres
	most   float64 // of MNIST's stroke width; 0 means what looks like writing
	factor float64 // of MNIST's stroke width; see fit
	least  float64 // width, in MNIST's pixels
	soft   float64 // width of the stroke's edge, in MNIST's pixels

	strength float32 // of a full stroke
	uneven   float32 // how much the strength changes along the strokes, from 0 to 1
	grain    float32 // how much the page's grain shows, from 0 to 1
	fine     float64 // size of that grain, in millimetres
}

// fit sets the factor of the strokes' width for a digit that is so many
// millimetres high.
func (p *pen) fit(height float64) {
	const (
		usual   = 0.12 // of a digit's height is a stroke of MNIST's
		writing = 1.4
	)
	p.factor = min(max(p.width/(usual*height), 0.3), cmp.Or(p.most, writing))
}

// mark puts ink on one place of the page.
func (p *pen) mark(g *grain, strokes grid, x, y, foot, millimetres float64, c *rgb) {
	inside := strokes.at(x, y)
	edge := float32(foot + p.soft)
	cover := inside/edge + 0.5
	if cover <= 0 {
		return
	}
	cover = min(cover, 1) * p.strength
	if p.uneven > 0 {
		cover *= 1 - p.uneven*g.cloud(x/3, y/3)
	}
	if p.grain > 0 {
		tooth := g.at(x*millimetres/p.fine, y*millimetres/p.fine)
		cover *= 1 - p.grain*step(0.35, 0.75, tooth)
	}
	for k := range c {
		if p.covers {
			c[k] += cover * (p.ink[k] - c[k])
		} else {
			c[k] *= 1 - cover*(1-p.ink[k])
		}
	}
}

// everyPen lists what people write on paper with.
var everyPen = [...]func(*scene){ballpoint, pencil, marker, fineliner, fineliner, gelPen}

// pencil is grey, and breaks up on the paper's tooth.
func pencil(s *scene) {
	s.pen = pen{ink: grey(s.between(60, 110)), width: s.between(0.4, 0.9), least: 0.7, soft: 0.2,
		strength: float32(s.between(0.7, 1)), uneven: 0.35, grain: float32(s.between(0.25, 0.65)), fine: s.between(0.1, 0.2)}
}

// ballpoint is a thin blue line that skips here and there.
func ballpoint(s *scene) {
	ink := srgb(s.between(20, 60), s.between(40, 80), s.between(120, 175))
	if s.chance(0.25) {
		ink = grey(s.between(25, 55))
	}
	s.pen = pen{ink: ink, width: s.between(0.35, 0.7), least: 0.6, soft: 0.05,
		strength: float32(s.between(0.8, 0.97)), uneven: 0.3, grain: 0.25, fine: 0.1}
}

func fineliner(s *scene) {
	s.pen = pen{ink: grey(s.between(20, 50)), width: s.between(0.4, 1), least: 0.7, soft: 0.05, strength: 0.97, uneven: 0.08}
}

func gelPen(s *scene) {
	s.pen = pen{ink: srgb(s.between(15, 40), s.between(20, 60), s.between(90, 170)), width: s.between(0.5, 1), least: 0.7, soft: 0.05, strength: 0.98, uneven: 0.1}
}

// marker is thick and black, with a soaked edge.
func marker(s *scene) {
	s.height = s.between(25, 60)
	s.pen = pen{ink: grey(s.between(10, 35)), width: s.between(4, 7), least: 1.8, soft: s.between(0.05, 0.25), strength: 0.98, uneven: 0.1}
}

// thickMarker fills what is small in a digit.
func thickMarker(s *scene) {
	marker(s)
	s.height, s.pen.most = s.between(15, 30), 1.8
}

// redPen is a teacher's.
func redPen(s *scene) {
	s.pen = pen{ink: srgb(s.between(190, 225), s.between(20, 65), s.between(30, 75)), width: s.between(0.5, 1.2), least: 0.8, soft: 0.05,
		strength: float32(s.between(0.85, 0.98)), uneven: 0.15}
}

// chalkboard is a dusty board, smeared by the sponge, with chalk on it.
func chalkboard(s *scene) {
	boards := [...]rgb{srgb(38, 62, 50), srgb(46, 48, 50), srgb(58, 66, 72), srgb(28, 46, 40)}
	board, dust := boards[s.random.IntN(len(boards))], float32(s.between(0.02, 0.12))
	s.height = s.between(60, 160)
	along := s.between(0.1, 0.4) // the sponge went mostly across
	s.printed = nil
	s.ground = func(x, y float64) rgb {
		smear := s.grain.cloud(x*along/40, y/40)
		smear *= smear * (0.6 + 0.4*s.grain.at(x/0.7, y/0.7))
		c := board
		for k := range c {
			c[k] += dust * smear
		}
		return c
	}
	chalks := [...]rgb{srgb(240, 240, 235), srgb(240, 240, 235), srgb(245, 232, 150), srgb(240, 180, 190)}
	s.pen = pen{ink: chalks[s.random.IntN(len(chalks))], covers: true, width: s.between(7, 12), least: 1, soft: 0.2,
		strength: float32(s.between(0.65, 0.92)), uneven: 0.3, grain: float32(s.between(0.4, 0.75)), fine: s.between(0.8, 1.6)}
}

// whiteboard is bright and smooth, with the ghost of what was wiped off and a
// lamp's reflection.
func whiteboard(s *scene) {
	s.height = s.between(50, 130)
	s.printed = nil
	s.ground = func(x, y float64) rgb {
		ghost := 0.12 * step(0.55, 0.8, s.grain.cloud(x/60, y/25))
		return rgb{0.86 - ghost, 0.88 - ghost, 0.9 - 0.7*ghost}
	}
	inks := [...]rgb{grey(30), grey(30), srgb(25, 60, 160), srgb(20, 120, 70), srgb(195, 35, 45)}
	s.pen = pen{ink: inks[s.random.IntN(len(inks))], width: s.between(3, 6), least: 0.8, soft: 0.06,
		strength: float32(s.between(0.75, 0.95)), uneven: 0.35, grain: 0.15, fine: 1.5}
	if s.chance(0.6) {
		s.lights = append(s.lights, spot(s.between(-1, 1), s.between(-1, 1), s.between(0.15, 0.35), s.between(0.2, 0.6)))
	}
}
