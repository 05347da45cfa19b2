package photos

import "math"

// paper returns a page of one colour, with a texture of so much depth whose
// fibres are so many millimetres large.
func paper(s *scene, colour rgb, depth float32, fibre float64) func(x, y float64) rgb {
	return func(x, y float64) rgb {
		shade := 1 - depth*(s.grain.at(x/fibre, y/fibre)+s.grain.at(x/(9*fibre), y/(11*fibre)))
		return rgb{colour[0] * shade, colour[1] * shade, colour[2] * shade}
	}
}

func whitePaper(s *scene) {
	s.ground = paper(s, grey(s.between(235, 252)), float32(s.between(0.01, 0.03)), 0.3)
}

func creamPaper(s *scene) {
	s.ground = paper(s, srgb(s.between(240, 250), s.between(228, 238), s.between(195, 212)), 0.025, 0.3)
}

func greyPaper(s *scene) {
	s.ground = paper(s, grey(s.between(150, 200)), 0.04, 0.3)
}

// yellowNote is a sticky note, sometimes of another colour.
func yellowNote(s *scene) {
	notes := [...]rgb{srgb(250, 232, 110), srgb(250, 232, 110), srgb(248, 222, 90), srgb(245, 170, 190), srgb(165, 220, 150), srgb(150, 210, 235)}
	s.ground = paper(s, notes[s.random.IntN(len(notes))], 0.02, 0.3)
}

// recycledPaper is greyish brown, with specks of old print in it.
func recycledPaper(s *scene) {
	tone := s.between(190, 220)
	base := paper(s, srgb(tone, tone-s.between(2, 12), tone-s.between(15, 35)), 0.06, 0.25)
	s.ground = func(x, y float64) rgb {
		c := base(x, y)
		spot := 1 - 0.35*step(0.8, 0.95, s.grain.at(x/0.45+71, y/0.45+13))
		return rgb{c[0] * spot, c[1] * spot, c[2] * spot}
	}
}

// line darkens the page by a line's share of a pixel that is foot wide, away
// from the line's middle.
func line(c *rgb, ink rgb, away, width, foot float64) {
	share := min(away+foot/2, width/2) - max(away-foot/2, -width/2)
	if share <= 0 {
		return
	}
	cover := float32(share / foot)
	for k := range c {
		c[k] *= 1 - cover*(1-ink[k])
	}
}

// nearest returns the distance to the nearest multiple of a pitch.
func nearest(v, pitch float64) float64 { return math.Abs(v - pitch*math.Round(v/pitch)) }

// lineInk is the pale ink that pages are ruled with.
func lineInk(s *scene) rgb {
	if s.chance(0.6) {
		return srgb(s.between(130, 190), s.between(170, 210), s.between(215, 240)) // blue
	}
	return grey(s.between(150, 205))
}

// ruledPaper has lines 7 to 9 mm apart, and sometimes a red margin.
func ruledPaper(s *scene) {
	ink, pitch, width, red := lineInk(s), s.between(7, 9), s.between(0.15, 0.35), srgb(225, 120, 130)
	margin := math.MaxFloat64
	if s.chance(0.3) {
		margin = s.between(0, 40)
	}
	s.height = s.between(5, 14)
	s.printed = append(s.printed, func(x, y, foot float64, c *rgb) {
		line(c, ink, nearest(y, pitch), width, foot)
		line(c, red, math.Abs(x-margin), width, foot)
	})
}

// squaredPaper has lines 5 mm apart, or 4.
func squaredPaper(s *scene) {
	ink, pitch, width := lineInk(s), 5.0, s.between(0.12, 0.3)
	if s.chance(0.2) {
		pitch = 4
	}
	s.height = s.between(4.5, 15)
	s.printed = append(s.printed, func(x, y, foot float64, c *rgb) {
		line(c, ink, nearest(x, pitch), width, foot)
		line(c, ink, nearest(y, pitch), width, foot)
	})
}
