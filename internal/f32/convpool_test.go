package f32

import (
	"math"
	"math/rand/v2"
	"testing"
)

// definition is the loop in Forward's comment, in float64.
func (g ConvPool) definition(x []float32, weight func(f, i, t int) float32, bias []float32) []float64 {
	var y []float64
	for r := range g.Rows {
		for c := range g.Cols {
			for f := range g.Filters {
				largest := math.Inf(-1)
				for q := range 4 {
					sum := 0.0
					for i := range g.Height {
						for t := range g.Run {
							sum += float64(x[(2*r+q/2+i)*g.RowSize+(2*c+q%2)*g.Channels+t]) * float64(weight(f, i, t))
						}
					}
					largest = max(largest, sum)
				}
				y = append(y, max(largest+float64(bias[f]), 0))
			}
		}
	}
	return y
}

func TestConvPoolMatchesItsDefinition(t *testing.T) {
	for _, c := range []struct{ height, width, channels, filters, rows, cols int }{
		{1, 1, 1, 1, 1, 1}, {5, 5, 1, 30, 3, 4}, {3, 3, 2, 33, 2, 2}, {2, 3, 5, 7, 1, 3}, {3, 1, 1, 64, 2, 1}, {16, 7, 1, 70, 1, 1},
	} {
		random := rand.New(rand.NewPCG(8, 8))
		for _, density := range []float64{0, 0.03, 0.2, 1} {
			checkConvPool(t, random, ConvPool{Height: c.height, Run: c.width * c.channels, Channels: c.channels, Filters: c.filters,
				Rows: c.rows, Cols: c.cols, RowSize: (2*c.cols + c.width) * c.channels}, density) // one pixel that is not needed
		}
	}
}

func checkConvPool(t *testing.T, random *rand.Rand, g ConvPool, density float64) {
	t.Helper()
	_, weights := guarded(random, g.Filters*g.Height*g.Run)
	_, bias := guarded(random, g.Filters)
	weight := func(f, i, t int) float32 { return weights[(f*g.Height+i)*g.Run+t] }
	packed := make([]float32, g.PackedSize())
	g.Pack(packed, weight, bias)
	_, x := guarded(random, (2*g.Rows+g.Height-1)*g.RowSize)
	for i := range x {
		if random.Float64() >= density {
			x[i] = 0
		}
	}
	y := make([]float32, g.Rows*g.Cols*g.Filters+2*Lanes())
	g.Forward(y, x, packed, make([]int32, len(x)))
	for i, want := range g.definition(x, weight, bias) {
		if math.Abs(float64(y[i])-want) > 1e-4 {
			t.Fatalf("%+v, %v of the input: output %d is %v; the definition has %v", g, density, i, y[i], want)
		}
	}
}

func TestConvPoolSeesNaN(t *testing.T) {
	g := ConvPool{Height: 2, Run: 2, Channels: 1, RowSize: 3, Rows: 1, Cols: 1, Filters: 1}
	packed, next := make([]float32, g.PackedSize()), make([]int32, 9)
	g.Pack(packed, func(int, int, int) float32 { return -1 }, []float32{0})
	for i := range 9 {
		x, y := make([]float32, 9), make([]float32, 1+2*Lanes())
		x[i] = nan
		if g.Forward(y, x, packed, next); y[0] == y[0] {
			t.Errorf("NaN at %d became %v", i, y[0])
		}
	}
}
