package mnist

import "math"

// pen draws round strokes of a width in pixels.
type pen struct {
	width float64
	ink   float32
}

// line draws a straight stroke; where there is more ink already, that stays.
func (p pen) line(dst []float32, x0, y0, x1, y1 float64) {
	reach := p.width/2 + 1
	left, right := clip(min(x0, x1)-reach), clip(max(x0, x1)+reach+1)
	top, bottom := clip(min(y0, y1)-reach), clip(max(y0, y1)+reach+1)
	dx, dy := x1-x0, y1-y0
	length := dx*dx + dy*dy
	for row := top; row < bottom; row++ {
		for col := left; col < right; col++ {
			px, py := float64(col)-x0, float64(row)-y0
			t := 0.0
			if length > 0 {
				t = min(max((px*dx+py*dy)/length, 0), 1)
			}
			distance := math.Hypot(px-t*dx, py-t*dy)
			if cover := float32(p.width/2 + 0.5 - distance); cover > 0 {
				i := row*Side + col
				dst[i] = max(dst[i], p.ink*min(cover, 1))
			}
		}
	}
}

// clip rounds a coordinate to a row or column.
func clip(v float64) int { return int(min(max(v, 0), Side)) }
