package mnist

import (
	"math"
	"math/rand/v2"
)

// stroke makes strokes thicker by so many pixels on every side, or thinner
// where negative: a blend of the image and its grey dilation or erosion by a
// cross (Serra 1982). Thinned ink stays as dark as it was, up to twice, as the
// preparation of uploads darkens fine pens.
func (c *canvas) stroke(dst []float32, amount float64) {
	before := peak(dst)
	for left := math.Abs(amount); left > 0; left-- {
		c.keep(dst)
		c.morph(dst, float32(min(left, 1)), amount > 0)
	}
	if after := peak(dst); amount < 0 && after > 0 {
		factor := min(before/after, 2)
		for i, v := range dst {
			dst[i] = v * factor
		}
	}
}

// morph blends towards the extremes of each pixel's neighbourhood. Ink is not
// negative, so its bits compare as it does, and without a branch.
func (c *canvas) morph(dst []float32, blend float32, grow bool) {
	bits := math.Float32bits
	for row := range Side {
		line, up, down := dst[row*Side:][:Side], c.kept(row-1, 0), c.kept(row+1, 0)
		middle, left, right := c.kept(row, 0), c.kept(row, -1), c.kept(row, 1)
		if grow {
			for i, v := range middle {
				extreme := max(bits(v), bits(up[i]), bits(down[i]), bits(left[i]), bits(right[i]))
				line[i] = v + blend*(math.Float32frombits(extreme)-v)
			}
			continue
		}
		for i, v := range middle {
			extreme := min(bits(v), bits(up[i]), bits(down[i]), bits(left[i]), bits(right[i]))
			line[i] = v + blend*(math.Float32frombits(extreme)-v)
		}
	}
}

// peak is the most ink of a pixel.
func peak(dst []float32) (most float32) {
	for _, v := range dst {
		if v > most {
			most = v
		}
	}
	return most
}

// blur is that of a bad lens, nearly a Gaussian of two passes of three pixels,
// or that of a moving hand, the mean of five places along a line.
func (c *canvas) blur(dst []float32, strength float64, random *rand.Rand) {
	reach := strength * random.Float64()
	if random.IntN(2) == 0 {
		side := float32(min(reach*reach/4, 1.0/3))
		for range 2 {
			c.soften(dst, side)
		}
		return
	}
	sin, cos := math.Sincos(2 * math.Pi * random.Float64())
	c.keep(dst)
	clear(dst[:Pixels])
	for k := -2; k <= 2; k++ {
		t := reach * float64(k)
		right, down := within(t*cos), within(t*sin)
		for row := range Side {
			line := dst[row*Side:][:Side]
			for i, v := range c.kept(row+down, right) {
				line[i] += v / 5
			}
		}
	}
}

// within rounds a distance to whole pixels that the rim has.
func within(v float64) int { return int(min(max(math.Round(v), -rim), rim)) }

// soften averages each pixel with its neighbours, across and down.
func (c *canvas) soften(dst []float32, side float32) {
	middle := 1 - 2*side
	c.keep(dst)
	for row := range Side {
		line := dst[row*Side:][:Side]
		up, here, down := c.kept(row-1, 0), c.kept(row, 0), c.kept(row+1, 0)
		for i := range line {
			line[i] = middle*here[i] + side*(up[i]+down[i])
		}
	}
	c.keep(dst)
	for row := range Side {
		line := dst[row*Side:][:Side]
		left, here, right := c.kept(row, -1), c.kept(row, 0), c.kept(row, 1)
		for i := range line {
			line[i] = middle*here[i] + side*(left[i]+right[i])
		}
	}
}

// coarse loses resolution: the means of fewer cells than there are pixels,
// enlarged again, sharply or smoothly.
func (c *canvas) coarse(dst []float32, strength float64, random *rand.Rand) {
	n := max(int(Side/(1+strength*random.Float64())), 2)
	smooth := random.IntN(2) == 0
	for i := range n * n {
		top, bottom, left, right := i/n*Side/n, (i/n+1)*Side/n, i%n*Side/n, (i%n+1)*Side/n
		sum := float32(0)
		for row := top; row < bottom; row++ {
			for _, v := range dst[row*Side+left : row*Side+right] {
				sum += v
			}
		}
		c.other[i] = sum / float32((bottom-top)*(right-left))
	}
	for row := range Side {
		for col := range Side {
			dst[row*Side+col] = c.cell(n, row, col, smooth)
		}
	}
}

// cell is what the cells have at a pixel.
func (c *canvas) cell(n, row, col int, smooth bool) float32 {
	if !smooth {
		return c.other[((row+1)*n-1)/Side*n+((col+1)*n-1)/Side]
	}
	x := min(max((float32(col)+0.5)*float32(n)/Side-0.5, 0), float32(n)-1.001)
	y := min(max((float32(row)+0.5)*float32(n)/Side-0.5, 0), float32(n)-1.001)
	left, top := int(x), int(y)
	fx, fy := x-float32(left), y-float32(top)
	upper, lower := c.other[top*n+left:][:2], c.other[(top+1)*n+left:][:2]
	a := upper[0] + fx*(upper[1]-upper[0])
	return a + fy*(lower[0]+fx*(lower[1]-lower[0])-a)
}
