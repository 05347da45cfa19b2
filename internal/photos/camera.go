package photos

// noisy is a small sensor at high gain.
func noisy(s *scene) { s.noise = s.between(0.04, 0.1) }

// defocus is a lens that looked elsewhere.
func defocus(s *scene) { s.defocus = s.between(0.3, 0.8) }

// motionBlur is a hand that was not still.
func motionBlur(s *scene) { s.motion = s.between(0.7, 1.8) }

// compressed is a JPEG that messengers made small.
func compressed(s *scene) { s.quality = 40 + s.random.IntN(51) }

// rotated is up to 12 degrees off.
func rotated(s *scene) { s.angle = degrees(s.sign() * s.between(4, 12)) }

// slanted looks at the page from the side.
func slanted(s *scene) {
	s.tilt = [2]float64{s.sign() * s.between(0.1, 0.55), s.sign() * s.between(0.1, 0.55)}
}

func smallFrame(s *scene) {
	s.frame(logBetween(s.random, 100, 300))
	s.share = s.between(0.35, 0.9)
}

func largeFrame(s *scene) { s.frame(logBetween(s.random, 1500, 3000)) }

func smallDigit(s *scene) {
	s.frame(logBetween(s.random, 400, 1200))
	s.share = s.between(0.15, 0.25)
	s.place = [2]float64{s.random.Float64(), s.random.Float64()}
}

func largeDigit(s *scene) { s.share = s.between(0.75, 0.9) }

func offCentre(s *scene) {
	s.share = s.between(0.15, 0.45)
	across, down := s.between(0, 0.15), s.between(0, 0.15)
	if s.chance(0.5) {
		across = 1 - across
	}
	if s.chance(0.5) {
		down = 1 - down
	}
	s.place = [2]float64{across, down}
}

// mixed is a telephone's picture: several conditions at once.
func mixed(s *scene) {
	pick := func(p float64, list ...func(*scene)) {
		if s.chance(p) {
			list[s.random.IntN(len(list))](s)
		}
	}
	pick(1, whitePaper, whitePaper, creamPaper, greyPaper, yellowNote, recycledPaper)
	pick(0.5, ruledPaper, squaredPaper)
	pick(0.2, redPen, chalkboard, whiteboard)
	pick(0.7, gradient, hardShadow, softShadow, vignette, dimRoom, flash)
	pick(0.3, noisy)
	pick(0.3, defocus, motionBlur)
	pick(0.6, compressed)
	pick(0.5, rotated)
	pick(0.5, slanted)
	pick(0.3, smallDigit, largeDigit, offCentre)
	pick(0.3, frameLine, tableEdge, thumb)
	pick(0.2, specks)
}
