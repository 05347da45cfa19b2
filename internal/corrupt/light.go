package corrupt

import (
	"math/rand/v2"
	"slices"
)

// brightness adds half of the range to every pixel. The authors add it to the
// value in HSV, which for a grey is the grey.
func brightness(p *picture, _ *rand.Rand) {
	for i, v := range p {
		p[i] = min(v+0.5, 1)
	}
}

// stripe inverts the left and the right quarter.
func stripe(p *picture, _ *rand.Rand) {
	for i, v := range p {
		if col := i % side; col < side/4 || col >= side-side/4 {
			p[i] = 1 - v
		}
	}
}

// fog adds three times a cloud and makes the result as dark as the picture was.
// A blank picture therefore stays blank.
func fog(p *picture, random *rand.Rand) {
	const density, decay = 3.0, 1.4
	darkest := slices.Max(p[:])
	cloud := plasma(decay, random)
	for i, v := range p {
		p[i] = (v + density*cloud[i/side*cloudSide+i%side]) * darkest / (darkest + density)
	}
}

const cloudSide = 256

// plasma returns heights from 0 to 1 on a square whose edges meet, by the
// diamond-square algorithm (Fournier, Fussell and Carpenter 1982): points half
// way are the mean of the four around them and a uniform random number. At
// half the distance its range is smaller by decay squared: the authors' range
// is the square of a number that falls by decay.
func plasma(decay float64, random *rand.Rand) []float64 {
	heights := make([]float64, cloudSide*cloudSide)
	at := func(row, col int) float64 { return heights[row&(cloudSide-1)*cloudSide+col&(cloudSide-1)] }
	reach := 1.0
	for step := cloudSide; step > 1; step /= 2 {
		half := step / 2
		for row := half; row < cloudSide; row += step {
			for col := half; col < cloudSide; col += step {
				sum := at(row-half, col-half) + at(row-half, col+half) + at(row+half, col-half) + at(row+half, col+half)
				heights[row*cloudSide+col] = sum/4 + reach*(2*random.Float64()-1)
			}
		}
		for row := 0; row < cloudSide; row += half {
			for col := (row + half) % step; col < cloudSide; col += step {
				sum := at(row-half, col) + at(row+half, col) + at(row, col-half) + at(row, col+half)
				heights[row*cloudSide+col] = sum/4 + reach*(2*random.Float64()-1)
			}
		}
		reach /= decay * decay
	}
	low, high := slices.Min(heights), slices.Max(heights)
	for i, v := range heights {
		heights[i] = (v - low) / (high - low)
	}
	return heights
}
