package corrupt

import (
	"math"
	"math/rand/v2"
)

// shotNoise counts light: a pixel that is v becomes a third of a Poisson number
// with the mean 3·v.
func shotNoise(p *picture, random *rand.Rand) {
	const photons = 3
	for i, v := range p {
		p[i] = float64(poisson(photons*v, random)) / photons
	}
}

// poisson draws a number by multiplying uniform ones (Knuth, The Art of
// Computer Programming 2, 3.4.1), which is quick for a small mean.
func poisson(mean float64, random *rand.Rand) int {
	limit, count := math.Exp(-mean), 0
	for product := random.Float64(); product > limit; product *= random.Float64() {
		count++
	}
	return count
}

// impulseNoise makes 17% of the pixels ink or paper, equally often.
func impulseNoise(p *picture, random *rand.Rand) {
	for i := range p {
		if random.Float64() < 0.17 {
			p[i] = float64(random.IntN(2))
		}
	}
}

// spatter covers the picture with flecks of mud, a dark grey: where smoothed
// normal noise is above a threshold, all but the flecks' blurred rims.
func spatter(p *picture, random *rand.Rand) {
	const threshold, rim, mud = 0.65, 0.8, 63.0 / 255
	var flecks picture
	for i := range flecks {
		flecks[i] = 0.65 + 0.3*random.NormFloat64()
	}
	flecks.smooth(1, (*picture).orNearest)
	for i, v := range flecks {
		flecks[i] = 0
		if v > threshold {
			flecks[i] = 1
		}
	}
	flecks.smooth(1.5, (*picture).orNearest)
	for i, cover := range flecks {
		if cover >= rim {
			p[i] = mud*cover + p[i]*(1-cover)
		}
	}
}
