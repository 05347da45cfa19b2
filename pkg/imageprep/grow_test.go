package imageprep

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainGrow is what grow does, pixel by pixel.
func plainGrow(ink []float32, side int, radius float64) []float32 {
	out := slices.Clone(ink)
	reach := int(radius)
	for i := range out {
		for dy := -reach; dy <= reach; dy++ {
			half := min(reach, int(math.Sqrt((radius+0.5)*(radius+0.5)-float64(dy*dy))))
			for dx := -half; dx <= half; dx++ {
				if x, y := i%side+dx, i/side+dy; x >= 0 && x < side && y >= 0 && y < side {
					out[i] = max(out[i], ink[y*side+x])
				}
			}
		}
	}
	return out
}

func TestGrow(t *testing.T) {
	const side = 40
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		ink := make([]float32, side*side)
		for range 1 + random.IntN(20) { // rectangles of few levels, some of them single pixels
			x, y, width, height, v := random.IntN(side), random.IntN(side), 1+random.IntN(20), 1+random.IntN(20), float32(random.IntN(5))/4
			for j := y; j < min(side, y+height); j++ {
				for i := x; i < min(side, x+width); i++ {
					ink[j*side+i] = v
				}
			}
		}
		radius := 8 * random.Float64()
		if got := grow(ink, side, radius); !slices.Equal(got, plainGrow(ink, side, radius)) {
			t.Fatalf("radius %v: another picture than pixel by pixel", radius)
		}
	}
}
