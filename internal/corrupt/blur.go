package corrupt

import (
	"math"
	"math/rand/v2"
)

// glassBlur blurs, swaps pixels with their neighbours, and blurs again. The
// blur is a vertical one: the authors tell scikit-image that the last axis of
// the picture holds colours, which it does not blend. A pixel is swapped, with
// an even chance and twice, with itself or its left, upper or upper left
// neighbour; the first two rows and columns only take part as neighbours.
func glassBlur(p *picture, random *rand.Rand) {
	weights := gaussian(0.7)
	p.blur(weights, 1, 0, (*picture).orNearest)
	for i, v := range p {
		p[i] = math.Floor(255*v) / 255
	}
	for range 2 {
		for row := side - 1; row > 1; row-- {
			for col := side - 1; col > 1; col-- {
				if random.IntN(2) == 0 {
					continue
				}
				i, j := row*side+col, (row-random.IntN(2))*side+col-random.IntN(2)
				p[i], p[j] = p[j], p[i]
			}
		}
	}
	p.blur(weights, 1, 0, (*picture).orNearest)
}

// motionBlur smears ink to the left, up to 45 degrees up or down: half a
// Gaussian with a deviation of 3 pixels, cut off after 20. The authors call
// ImageMagick's MotionBlurImage with a radius of 10, which takes as many steps
// as a kernel with that radius on both sides has; like it, this rounds every
// step to whole pixels and repeats the picture's edge.
func motionBlur(p *picture, random *rand.Rand) {
	const deviation, steps = 3.0, 21
	sin, cos := math.Sincos((2*random.Float64() - 1) * math.Pi / 4)
	var weights [steps]float64
	var rows, cols [steps]int
	total := 0.0
	for i := range steps {
		t := float64(i)
		weights[i] = math.Exp(-t * t / (2 * deviation * deviation))
		total += weights[i]
		rows[i], cols[i] = int(math.Ceil(t*sin-0.5)), int(math.Ceil(t*cos-0.5))
	}
	from := *p
	for i := range p {
		sum := 0.0
		for k, w := range weights {
			sum += w * from.orNearest(i/side+rows[k], i%side+cols[k])
		}
		p[i] = sum / total
	}
}

// smooth blurs by a Gaussian in both directions.
func (p *picture) smooth(deviation float64, beside func(*picture, int, int) float64) {
	weights := gaussian(deviation)
	p.blur(weights, 1, 0, beside)
	p.blur(weights, 0, 1, beside)
}

// blur makes every pixel a weighted sum of those on the line through it that
// goes on by so many rows and columns from pixel to pixel; beside returns a
// pixel, also outside of the picture.
func (p *picture) blur(weights []float64, rows, cols int, beside func(*picture, int, int) float64) {
	from, reach := *p, len(weights)/2
	for i := range p {
		sum := 0.0
		for k, w := range weights {
			sum += w * beside(&from, i/side+(k-reach)*rows, i%side+(k-reach)*cols)
		}
		p[i] = sum
	}
}

// gaussian returns weights that sum to 1, up to four deviations on either side,
// as SciPy's gaussian_filter1d has them.
func gaussian(deviation float64) []float64 {
	reach := int(4*deviation + 0.5)
	weights, total := make([]float64, 2*reach+1), 0.0
	for i := range weights {
		t := float64(i - reach)
		weights[i] = math.Exp(-t * t / (2 * deviation * deviation))
		total += weights[i]
	}
	for i := range weights {
		weights[i] /= total
	}
	return weights
}
