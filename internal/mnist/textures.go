package mnist

import (
	"math"
	"math/rand/v2"
)

// texture fills the whole picture with what a camera sees where no digit is.
func (n *Negatives) texture(dst []float32, random *rand.Rand) {
	digit := n.Digits.Image(random.IntN(n.Digits.Len()))
	kind := random.IntN(9)
	switch kind {
	case 0, 1: // noise of any grain
		for i := range dst[:Pixels] {
			dst[i] = random.Float32()
		}
		for range 3 * kind * random.IntN(2) {
			n.canvas.soften(dst, 0.3)
		}
	case 2: // light on dark: the digit is the paper
		edge := 4 * random.IntN(2)
		for i := range dst[:Pixels] {
			dst[i] = 0
			if row, col := i/Side, i%Side; row >= edge && row < Side-edge && col >= edge && col < Side-edge {
				dst[i] = 1 - float32(digit[i])/255
			}
		}
		return
	case 3, 4: // hardly anything
		clear(dst[:Pixels])
		for range random.IntN(12) {
			dst[random.IntN(Pixels)] = random.Float32()
		}
		if kind == 4 {
			n.canvas.soften(dst, 0.3)
		}
	default:
		pattern(dst, kind, random)
	}
	level, contrast := float32(0), float32(1)
	if random.IntN(2) == 0 {
		level, contrast = random.Float32()/2, 0.1+0.6*random.Float32()
	}
	noise := 0.1 * random.Float32()
	for i, v := range dst[:Pixels] {
		dst[i] = clamp(level + contrast*v + noise*float32(random.NormFloat64()))
	}
}

// pattern draws stripes, squares, rings or a slope of light.
func pattern(dst []float32, kind int, random *rand.Rand) {
	sin, cos := math.Sincos(2 * math.Pi * random.Float64())
	period, phase := 2.5+8*random.Float64(), 10*random.Float64()
	sharp := 1 + 10*float64(random.IntN(2))
	for i := range dst[:Pixels] {
		x, y := float64(i%Side)-Side/2, float64(i/Side)-Side/2
		along, across := x*cos+y*sin, y*cos-x*sin
		wave := 0.0
		switch kind {
		case 5:
			wave = math.Sin(2*math.Pi*along/period + phase)
		case 6:
			wave = 2 * math.Sin(2*math.Pi*along/period+phase) * math.Sin(2*math.Pi*across/period)
		case 7: // narrower than the others: one ring is a 0
			wave = math.Sin(4*math.Pi*math.Hypot(along, 0.7*across)/period + phase)
		default:
			wave = along / 20
		}
		dst[i] = clamp(float32(0.5 + 0.5*sharp*wave))
	}
}
