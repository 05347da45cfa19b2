package mnist

import (
	"math"
	"math/rand/v2"
)

// tone fades the ink and bends the scale of greys (gamma), to either side.
func (c *canvas) tone(dst []float32, strength float64, random *rand.Rand) {
	ink, gamma := 1-0.7*strength*random.Float64(), math.Exp(0.9*strength*(2*random.Float64()-1))
	const steps = 64
	var scale [steps + 1]float32
	for i := range scale {
		scale[i] = float32(ink * math.Pow(float64(i)/steps, gamma))
	}
	for i, v := range dst {
		at := steps * v
		k := min(int(at), steps-1)
		dst[i] = clamp(scale[k] + (at-float32(k))*(scale[k+1]-scale[k]))
	}
}

// paper greys the paper, as light that comes unevenly leaves it. The ink keeps
// its distance from the paper until it is black, or as far as it goes.
func (c *canvas) paper(dst []float32, strength float64, random *rand.Rand) {
	level, slope := strength*random.Float64(), 0.0
	if random.IntN(2) == 0 {
		slope = min(level, 0.3) * random.Float64() / Side
	}
	sin, cos := math.Sincos(2 * math.Pi * random.Float64())
	add := random.IntN(2) == 0
	for row := range Side {
		line := dst[row*Side:][:Side]
		at := float32(level + slope*(sin*float64(row-Side/2)-cos*Side/2))
		for i, v := range line {
			grey := max(at+float32(slope*cos)*float32(i), 0)
			if add {
				line[i] = clamp(v + grey)
			} else {
				line[i] = clamp(v + grey*(1-v))
			}
		}
	}
}

// shot is noise that grows as the root of the light, as counted photons have
// it: the Gaussian part of the model of Foi et al. 2008.
func (c *canvas) shot(dst []float32, strength float64, random *rand.Rand) {
	deviation := float32(strength * random.Float64())
	for i, v := range dst {
		if v > 0 {
			dst[i] = clamp(v + deviation*float32(math.Sqrt(float64(v)))*float32(random.NormFloat64()))
		}
	}
}

// grain is the noise of a sensor in little light.
func (c *canvas) grain(dst []float32, strength float64, random *rand.Rand) {
	deviation := float32(strength * random.Float64())
	for i, v := range dst {
		dst[i] = clamp(v + deviation*float32(random.NormFloat64()))
	}
}

// impulse gives lost pixels any grey, half of them none or all.
func (c *canvas) impulse(dst []float32, strength float64, random *rand.Rand) {
	for range int(Pixels * strength * random.Float64()) {
		bits := random.Uint32()
		v := float32(bits&0xff) / 255
		if bits&0x100 != 0 {
			v = float32(bits & 1)
		}
		dst[(bits>>16)*Pixels>>16] = v
	}
}

// scatter takes each pixel from a place nearby, as rough glass does.
func (c *canvas) scatter(dst []float32, strength float64, random *rand.Rand) {
	reach := min(strength*(0.5+0.5*random.Float64()), rim)
	c.keep(dst)
	step := float32(2 * reach / 255)
	for i := range dst[:Pixels] {
		bits := random.Uint32()
		right := int(step*float32(bits&0xff)-float32(reach)+rim+0.5) - rim
		down := int(step*float32(bits>>8&0xff)-float32(reach)+rim+0.5) - rim
		dst[i] = c.pad[(i/Side+rim+down)*padded+i%Side+rim+right]
	}
}
