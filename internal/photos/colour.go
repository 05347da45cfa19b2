package photos

import (
	"math"
	"math/rand/v2"
)

// rgb is light: red, green and blue from 0 to 1, proportional to energy.
type rgb [3]float32

// srgb returns the light of a colour as screens count it, from 0 to 255.
func srgb(r, g, b float64) rgb {
	light := func(v float64) float32 { return float32(math.Pow(v/255, 2.2)) }
	return rgb{light(r), light(g), light(b)}
}

func grey(v float64) rgb { return srgb(v, v, v) }

// step rises smoothly from 0 to 1 between two values.
func step(low, high, v float32) float32 {
	t := min(max((v-low)/(high-low), 0), 1)
	return t * t * (3 - 2*t)
}

// grainSide is the number of random values in a row of grain: a power of two.
const grainSide = 256

// grain is a plane of smooth random values from 0 to 1, one for each unit of
// length, that repeats.
type grain [grainSide * grainSide]float32

func newGrain(random *rand.Rand) *grain {
	g := new(grain)
	for i := range g {
		g[i] = random.Float32()
	}
	return g
}

// at returns the value at a place.
func (g *grain) at(x, y float64) float32 {
	left, top := math.Floor(x), math.Floor(y)
	fx, fy := float32(x-left), float32(y-top)
	const wrap = grainSide - 1
	col, row := int(left)&wrap, int(top)&wrap
	next, upper, lower := (col+1)&wrap, row*grainSide, ((row+1)&wrap)*grainSide
	a := g[upper+col] + fx*(g[upper+next]-g[upper+col])
	b := g[lower+col] + fx*(g[lower+next]-g[lower+col])
	return a + fy*(b-a)
}

// cloud returns a mean of three sizes of grain.
func (g *grain) cloud(x, y float64) float32 {
	return (4*g.at(x, y) + 2*g.at(2*x+17, 2*y+5) + g.at(4*x+3, 4*y+29)) / 7
}
