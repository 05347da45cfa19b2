package mnist

import (
	"math"
	"math/rand/v2"
)

// lines draws what else is on the paper: left-overs of its ruling, a stroke
// across, whole or in dashes, or a restless pen.
func (c *canvas) lines(dst []float32, strength float64, random *rand.Rand) {
	p := pen{width: 0.5 + 1.2*random.Float64(), ink: float32(strength * (0.25 + 0.75*random.Float64()))}
	angle := 2 * math.Pi * random.Float64()
	switch random.IntN(4) {
	case 0:
		p.width = min(p.width, 1.1)
		p.ruled(dst, random)
	case 1:
		p.across(dst, angle, Side, Side, random)
	case 2: // dashes to dots
		p.across(dst, angle, 4*random.Float64(), 1+4*random.Float64(), random)
	default:
		x, y := Side*random.Float64(), Side*random.Float64()
		for range 3 + random.IntN(4) {
			angle += 2.5 * (2*random.Float64() - 1)
			sin, cos := math.Sincos(angle)
			length := 4 + 6*random.Float64()
			p.line(dst, x, y, x+length*cos, y+length*sin)
			x, y = x+length*cos, y+length*sin
		}
	}
}

// ruled draws parallel lines, more or less level or upright.
func (p pen) ruled(dst []float32, random *rand.Rand) {
	apart := 6 + 10*random.Float64()
	tilt := 1.5 * random.NormFloat64()
	upright := random.IntN(3) == 0
	for at := apart * random.Float64(); at < Side; at += apart {
		if upright {
			p.line(dst, at-tilt, 0, at+tilt, Side)
		} else {
			p.line(dst, 0, at-tilt, Side, at+tilt)
		}
		if random.IntN(2) == 0 {
			return
		}
	}
}

// across draws a line through a place near the middle, in dashes of a length
// with gaps.
func (p pen) across(dst []float32, angle, dash, gap float64, random *rand.Rand) {
	sin, cos := math.Sincos(angle)
	x, y := Side*(0.2+0.6*random.Float64()), Side*(0.2+0.6*random.Float64())
	from, to := -Side*random.Float64(), Side*random.Float64()
	for t := from; t < to; t += dash + gap + p.width {
		end := min(t+dash, to)
		p.line(dst, x+t*cos, y+t*sin, x+end*cos, y+end*sin)
	}
}

// specks lets drops fall: of ink or, one time in four, of what takes it away.
func (c *canvas) specks(dst []float32, strength float64, random *rand.Rand) {
	clean, ink := random.IntN(4) == 0, 0.3+0.7*random.Float32()
	for range 1 + int(strength*random.Float64()) {
		x, y := Side*random.Float64(), Side*random.Float64()
		size := random.Float64()
		p := pen{width: 0.6 + 3*size*size, ink: ink}
		if clean {
			p.wipe(dst, x, y)
		} else {
			p.line(dst, x, y, x+0.8*random.NormFloat64(), y+0.8*random.NormFloat64())
		}
	}
}

// erase leaves out a small patch (after Zhong et al. 2017), with sharp edges.
func (c *canvas) erase(dst []float32, strength float64, random *rand.Rand) {
	side := func() int { return min(1+int(strength*random.Float64()), Side) }
	width, height := side(), side()
	left, top := random.IntN(Side-width+1), random.IntN(Side-height+1)
	for row := range height {
		clear(dst[(top+row)*Side+left:][:width])
	}
}

// cut loses the outermost rows or columns of the ink, as a narrow crop does.
func (c *canvas) cut(dst []float32, strength float64, random *rand.Rand) {
	depth, side := int(strength*random.Float64()+0.5), random.IntN(4)
	step, along := Side, 1 // from row to row, and within one
	if side >= 2 {
		step, along = 1, Side
	}
	for k := 0; k < Side && depth > 0; k++ {
		line := k
		if side%2 == 1 {
			line = Side - 1 - k
		}
		ink := float32(0)
		for i := range Side {
			ink += dst[line*step+i*along]
			dst[line*step+i*along] = 0
		}
		if ink > 0.5 {
			depth--
		}
	}
}
