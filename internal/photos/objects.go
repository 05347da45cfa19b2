package photos

import "math"

// The sides of a frame, as in scene.keep.
const (
	left = iota
	top
	right
	bottom
)

// fromSide returns how far a place is from a side of the frame, and how far
// along it from its middle.
func (s *scene) fromSide(side int, x, y float64) (away, along float64) {
	wide, high := float64(s.width)/s.longer(), float64(s.tall)/s.longer()
	switch side {
	case left:
		return x + wide, y
	case top:
		return y + high, x
	case right:
		return wide - x, y
	}
	return high - y, x
}

// keepOff leaves a share of the frame at a side without ink.
func (s *scene) keepOff(side int, share float64) { s.keep[side] = max(s.keep[side], share) }

// blend moves a colour towards another.
func blend(c *rgb, other rgb, share float32) {
	for k := range c {
		c[k] += share * (other[k] - c[k])
	}
}

// frameLine is what is left of a form's box along one or more borders.
func frameLine(s *scene) {
	ink := grey(s.between(20, 110))
	if s.chance(0.3) {
		ink = srgb(40, 60, 150)
	}
	first := s.random.IntN(4)
	count := []int{1, 1, 2, 3, 4}[s.random.IntN(5)]
	for i := range count {
		side := (first + i) % 4
		at, width, slant := s.between(0.0, 0.07), s.between(0.008, 0.03), s.between(-0.02, 0.02)
		s.keepOff(side, 0.1)
		s.objects = append(s.objects, func(s *scene, x, y float64, c *rgb) {
			away, along := s.fromSide(side, x, y)
			d := math.Abs(away - at - slant*along)
			pixel := 2 / s.longer()
			blend(c, ink, float32(0.9*min(max((width/2-d)/pixel+0.5, 0), 1)))
		})
	}
}

// tableEdge is a dark table beside the page, with the page's shadow on it.
func tableEdge(s *scene) {
	tables := [...]rgb{srgb(60, 42, 30), srgb(95, 65, 42), srgb(35, 35, 38), srgb(120, 90, 60), srgb(70, 75, 80)}
	table := tables[s.random.IntN(len(tables))]
	first := s.random.IntN(4)
	for i := range 1 + s.random.IntN(2) {
		side := (first + i) % 4
		share, slant := s.between(0.05, 0.16), s.between(-0.05, 0.05)
		s.keepOff(side, share+0.06)
		s.objects = append(s.objects, func(s *scene, x, y float64, c *rgb) {
			away, along := s.fromSide(side, x, y)
			length := float64(s.width) / s.longer()
			if side == top || side == bottom {
				length = float64(s.tall) / s.longer()
			}
			d := 2*length*share + slant*along - away
			pixel := 2 / s.longer()
			cover := float32(min(max(d/pixel+0.5, 0), 1))
			if cover == 0 {
				return
			}
			wood := 0.75 + 0.5*s.grain.cloud(x*3, y*40)
			wood *= 1 - 0.5*(1-step(0, 0.04, float32(d)))
			blend(c, rgb{table[0] * wood, table[1] * wood, table[2] * wood}, cover)
		})
	}
}

// thumb holds the page at a border.
func thumb(s *scene) {
	skins := [...]rgb{srgb(232, 190, 165), srgb(205, 155, 125), srgb(150, 100, 75), srgb(95, 62, 48)}
	skin := skins[s.random.IntN(len(skins))]
	side := s.random.IntN(4)
	length, width, at, lean := s.between(0.12, 0.2), s.between(0.09, 0.16), s.between(-0.6, 0.6), s.between(-0.4, 0.4)
	s.keepOff(side, length+0.05)
	s.objects = append(s.objects, func(s *scene, x, y float64, c *rgb) {
		away, along := s.fromSide(side, x, y)
		deep := float64(s.width) / s.longer()
		if side == top || side == bottom {
			deep = float64(s.tall) / s.longer()
		}
		reach := 2 * deep * length
		u, v := away/reach, (along-at-lean*away)/width
		r := math.Sqrt(max(u, 0)*max(u, 0)*max(u, 0)*max(u, 0) + v*v) // blunt at the tip
		if r > 1.25 {
			return
		}
		blend(c, rgb{}, 0.5*(1-step(1, 1.25, float32(r)))) // the shadow
		cover := 1 - step(0.97, 1.03, float32(r))
		round := 1 - 0.55*float32(r*r)
		nail := 1 - step(0.9, 1, float32(math.Hypot((u-0.72)/0.22, v/0.5)))
		tone := rgb{skin[0] * round, skin[1] * round, skin[2] * round}
		blend(&tone, rgb{1, 0.85, 0.8}, 0.35*nail)
		blend(c, tone, cover)
	})
}

// specks are crumbs and dust, and now and then a hair.
func specks(s *scene) {
	type dot struct{ x, y, radius, dark float64 }
	dots := make([]dot, 6+s.random.IntN(35))
	for i := range dots {
		dots[i] = dot{s.between(-1, 1), s.between(-1, 1), logBetween(s.random, 0.003, 0.014), s.between(0.3, 0.95)}
	}
	s.objects = append(s.objects, func(s *scene, x, y float64, c *rgb) {
		pixel := 2 / s.longer()
		for i := range dots {
			d := &dots[i]
			dx, dy := x-d.x, y-d.y
			reach := d.radius + pixel
			if dx*dx+dy*dy < reach*reach {
				cover := min(max((d.radius-math.Hypot(dx, dy))/pixel+0.5, 0), 1)
				blend(c, rgb{0.02, 0.02, 0.02}, float32(cover*d.dark))
			}
		}
	})
}
