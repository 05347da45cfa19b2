package mnist

import (
	"math"
	"math/rand/v2"
)

// stroke makes strokes thicker by so many pixels on every side, or thinner
// where negative: a blend of the image and its grey dilation or erosion by a
// cross (Serra 1982).
func (c *canvas) stroke(dst []float32, amount float64) {
	copy(c.other[:], dst)
	blend := float32(math.Abs(amount))
	for row := range Side {
		for col := range Side {
			i := row*Side + col
			v := c.other[i]
			extreme := v
			for _, n := range [4]float32{c.beside(row-1, col), c.beside(row+1, col), c.beside(row, col-1), c.beside(row, col+1)} {
				if amount > 0 {
					extreme = max(extreme, n)
				} else {
					extreme = min(extreme, n)
				}
			}
			dst[i] = v + blend*(extreme-v)
		}
	}
}

// beside is a pixel of the copy, or paper outside of it.
func (c *canvas) beside(row, col int) float32 {
	if uint(row) >= Side || uint(col) >= Side {
		return 0
	}
	return c.other[row*Side+col]
}

// wear does to an image what cameras, scanners, paper and careless cutting do:
// one or two of the effects below.
func (c *canvas) wear(dst []float32, random *rand.Rand) {
	effects := [...]func([]float32, *rand.Rand){c.tone, c.blur, grain, specks, marks, marks, c.coarse, erase}
	first := random.IntN(len(effects))
	effects[first](dst, random)
	if random.IntN(3) == 0 {
		effects[(first+1+random.IntN(len(effects)-1))%len(effects)](dst, random)
	}
}

// tone fades the ink, bends the scale of greys, and greys the paper.
func (c *canvas) tone(dst []float32, random *rand.Rand) {
	ink, gamma := 0.4+0.6*random.Float64(), math.Exp(0.6*random.NormFloat64())
	paper := 0.0
	if random.IntN(2) == 0 {
		paper = 0.5 * random.Float64()
	}
	var scale [65]float32
	for i := range scale {
		scale[i] = float32(paper + (1-paper)*ink*math.Pow(float64(i)/64, gamma))
	}
	for i, v := range dst {
		at := 64 * v
		k := min(int(at), 63)
		dst[i] = scale[k] + (at-float32(k))*(scale[k+1]-scale[k])
	}
}

// blur averages along a random short line, a few times: motion, or a bad lens
// where the lines cross.
func (c *canvas) blur(dst []float32, random *rand.Rand) {
	for range 1 + random.IntN(2) {
		angle, reach := 2*math.Pi*random.Float64(), 1+1.5*random.Float64()
		sin, cos := math.Sincos(angle)
		copy(c.other[:], dst)
		var at [4][2]int
		for k := range at {
			t := reach * (float64(k)/1.5 - 1)
			at[k] = [2]int{int(math.Round(t * sin)), int(math.Round(t * cos))}
		}
		for row := range Side {
			for col := range Side {
				sum := float32(0)
				for _, d := range at {
					sum += c.beside(row+d[0], col+d[1])
				}
				dst[row*Side+col] = sum / float32(len(at))
			}
		}
	}
}

// grain adds noise that grows with the light, as a sensor's does, or is the
// same everywhere.
func grain(dst []float32, random *rand.Rand) {
	deviation, floor := float32(0.35*random.Float64()), float32(random.Float64())
	for i, v := range dst {
		dst[i] = clamp(v + deviation*(floor+(1-floor)*v)*float32(random.NormFloat64()))
	}
}

// specks sets single pixels to ink or paper.
func specks(dst []float32, random *rand.Rand) {
	for range random.IntN(Pixels / 5) {
		dst[random.IntN(Pixels)] = float32(random.IntN(2))
	}
}

// marks draws what else is on the paper: parts of lines, whole or dotted, and
// drops of ink.
func marks(dst []float32, random *rand.Rand) {
	for range 1 + random.IntN(3) {
		p := pen{width: 0.5 + 0.8*random.Float64(), ink: float32(0.3 + 0.7*random.Float64())}
		x, y := Side*random.Float64(), Side*random.Float64()
		switch random.IntN(3) {
		case 0:
			p.width = 0.5 + 2*random.Float64()
			p.line(dst, x, y, x, y)
		default:
			sin, cos := math.Sincos(2 * math.Pi * random.Float64())
			reach := Side * (0.2 + random.Float64())
			if random.IntN(2) == 0 {
				p.line(dst, x, y, x+reach*cos, y+reach*sin)
				break
			}
			for t := 0.0; t < reach; t += 2 + 2*random.Float64() {
				p.line(dst, x+t*cos, y+t*sin, x+t*cos, y+t*sin)
			}
		}
	}
}

// coarse makes blocks of pixels alike, as small pictures that were enlarged
// have them, or shuffles neighbours, as a rough glass does.
func (c *canvas) coarse(dst []float32, random *rand.Rand) {
	copy(c.other[:], dst)
	if random.IntN(2) == 0 {
		for i := range dst {
			dst[i] = c.beside(i/Side&^1, i%Side&^1)
		}
		return
	}
	for i := range dst {
		dst[i] = c.beside(i/Side+random.IntN(3)-1, i%Side+random.IntN(3)-1)
	}
}

// erase leaves out a small rectangle, or some rows or columns at the edge of
// the digit.
func erase(dst []float32, random *rand.Rand) {
	width, height := 2+random.IntN(4), 2+random.IntN(4)
	left, top := random.IntN(Side-width), random.IntN(Side-height)
	for row := range height {
		clear(dst[(top+row)*Side+left:][:width])
	}
}

func clamp(v float32) float32 { return min(max(v, 0), 1) }
