package mnist

import "math"

// pen draws round strokes of a width in pixels.
type pen struct {
	width float64
	ink   float32
}

// line draws a straight stroke; where there is more ink already, that stays.
func (p pen) line(dst []float32, x0, y0, x1, y1 float64) {
	p.cover(x0, y0, x1, y1, func(i int, cover float32) { dst[i] = max(dst[i], p.ink*cover) })
}

// wipe takes the ink away in a dot.
func (p pen) wipe(dst []float32, x, y float64) {
	p.cover(x, y, x, y, func(i int, cover float32) { dst[i] *= 1 - cover })
}

// cover calls set for the pixels that a stroke covers, with the share covered.
func (p pen) cover(x0, y0, x1, y1 float64, set func(i int, cover float32)) {
	reach := p.width/2 + 0.5
	left, right := clip(math.Ceil(min(x0, x1)-reach)), clip(max(x0, x1)+reach+1)
	top, bottom := clip(math.Ceil(min(y0, y1)-reach)), clip(max(y0, y1)+reach+1)
	dx, dy := float32(x1-x0), float32(y1-y0)
	inverse := float32(0)
	if length := dx*dx + dy*dy; length > 0 {
		inverse = 1 / length
	}
	far := float32(reach)
	for row := top; row < bottom; row++ {
		py := float32(row) - float32(y0)
		px := float32(left) - float32(x0)
		for col := left; col < right; col++ {
			t := min(max((px*dx+py*dy)*inverse, 0), 1)
			ex, ey := px-t*dx, py-t*dy
			if square := ex*ex + ey*ey; square < far*far {
				set(row*Side+col, min(far-float32(math.Sqrt(float64(square))), 1))
			}
			px++
		}
	}
}

// clip rounds a coordinate down to a row or column, or the end of them.
func clip(v float64) int { return int(min(max(v, 0), Side)) }
