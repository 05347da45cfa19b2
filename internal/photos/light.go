package photos

import "math"

// slope is light that falls off in a direction, by a share from end to end.
func slope(direction, fall float64) func(x, y float64) float32 {
	sin, cos := math.Sincos(direction)
	return func(x, y float64) float32 { return float32(1 - fall*(0.5+0.36*(x*cos+y*sin))) }
}

// gradient is a window at one side.
func gradient(s *scene) { s.lights = append(s.lights, slope(s.turn(), s.between(0.55, 0.85))) }

// shadow darkens the side of a line that bends a little, with an edge so wide.
func shadow(s *scene, dark, edge float64) func(x, y float64) float32 {
	sin, cos := math.Sincos(s.turn())
	at, bend, wave := s.between(-0.35, 0.35), s.between(0, 0.12), s.between(1, 5)
	return func(x, y float64) float32 {
		d := x*cos + y*sin - at + bend*math.Sin(wave*(y*cos-x*sin))
		return 1 - float32(dark)*step(float32(-edge/2), float32(edge/2), float32(d))
	}
}

// hardShadow is that of a hand or a telephone in the sun.
func hardShadow(s *scene) {
	s.lights = append(s.lights, shadow(s, s.between(0.4, 0.75), s.between(0.005, 0.03)))
}

// softShadow is that of a head under a lamp.
func softShadow(s *scene) {
	s.lights = append(s.lights, shadow(s, s.between(0.45, 0.8), s.between(0.2, 0.7)))
}

// vignette is a lens that darkens the corners.
func vignette(s *scene) {
	depth := s.between(0.45, 0.8)
	s.lights = append(s.lights, func(x, y float64) float32 {
		square := (x*x + y*y) / 1.6
		return float32(1 - depth*min(1, square))
	})
}

// dimRoom is an evening lamp: dark, warm and noisy.
func dimRoom(s *scene) {
	gain := s.between(0.08, 0.3)
	s.exposure = rgb{float32(gain * s.between(1.05, 1.35)), float32(gain), float32(gain * s.between(0.5, 0.85))}
	s.noise = s.between(0.02, 0.045)
}

// spot is a bright place with a radius.
func spot(x0, y0, radius, more float64) func(x, y float64) float32 {
	return func(x, y float64) float32 {
		dx, dy := x-x0, y-y0
		return float32(1 + more*math.Exp(-(dx*dx+dy*dy)/(2*radius*radius)))
	}
}

// flash bleaches a spot and leaves the borders dark.
func flash(s *scene) {
	s.lights = append(s.lights, spot(s.between(-0.6, 0.6), s.between(-0.6, 0.6), s.between(0.25, 0.5), s.between(1.2, 3)))
	gain := float32(s.between(0.35, 0.6))
	for k := range s.exposure {
		s.exposure[k] *= gain
	}
}
