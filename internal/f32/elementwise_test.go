package f32

import (
	"math"
	"math/rand/v2"
	"testing"
)

// lengths are around the cut-offs of every vector size.
var lengths = []int{0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 100}

var (
	nan      = float32(math.NaN())
	infinity = float32(math.Inf(1))
	specials = []float32{0, float32(math.Copysign(0, -1)), nan, infinity, -infinity, 1e-45, -1e-45, 3e38, -3e38}
)

// spoiled returns n random numbers, some of them special, between guard words.
func spoiled(random *rand.Rand, n int) (whole, inner []float32) {
	whole, inner = guarded(random, n)
	for i := range inner {
		if random.IntN(4) == 0 {
			inner[i] = specials[random.IntN(len(specials))]
		}
	}
	return whole, inner
}

// same is bit equality but for the sign of zero and the payload of NaN.
func same(a, b float32) bool { return a == b || a != a && b != b }

// checkElementwise runs a kernel and its plain loop on the same inputs and
// compares everything, guard words included.
func checkElementwise(t *testing.T, inputs, outputs int, kernel, plain func(in, out [][]float32)) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 1))
	for _, n := range lengths {
		for range 5 {
			var in, got, want, gotWhole, wantWhole [][]float32
			for range inputs {
				_, inner := spoiled(random, n)
				in = append(in, inner)
			}
			for range outputs {
				whole, inner := spoiled(random, n)
				for i := range inner { // means of squares are never negative
					inner[i] = float32(math.Abs(float64(inner[i])))
				}
				copied := append([]float32(nil), whole...)
				got, gotWhole = append(got, inner), append(gotWhole, whole)
				want, wantWhole = append(want, copied[16:16+n]), append(wantWhole, copied)
			}
			kernel(in, got)
			plain(in, want)
			for o := range gotWhole {
				for i := range gotWhole[o] {
					if !same(gotWhole[o][i], wantWhole[o][i]) {
						t.Fatalf("length %d, output %d, element %d: %v; the plain loop has %v", n, o, i-16, gotWhole[o][i], wantWhole[o][i])
					}
				}
			}
		}
	}
}

func TestReLUMatchesThePlainLoop(t *testing.T) {
	checkElementwise(t, 1, 1,
		func(in, out [][]float32) { ReLU(out[0], in[0]) },
		func(in, out [][]float32) { reluPlain(out[0], in[0]) })
}

func TestReLUGradientMatchesThePlainLoop(t *testing.T) {
	checkElementwise(t, 2, 1,
		func(in, out [][]float32) { ReLUGradient(out[0], in[0], in[1]) },
		func(in, out [][]float32) { reluGradientPlain(out[0], in[0], in[1]) })
}

func TestAdamMatchesThePlainLoop(t *testing.T) {
	s := AdamStep{Beta1: 0.9, Beta2: 0.999, Gain1: 0.1, Gain2: 0.001, Rate: 0.01, Epsilon: 1e-8}
	checkElementwise(t, 1, 3,
		func(in, out [][]float32) { Adam(out[0], in[0], out[1], out[2], s) },
		func(in, out [][]float32) { adamPlain(out[0], in[0], out[1], out[2], s) })
}

func TestAxpyMatchesThePlainLoop(t *testing.T) {
	checkElementwise(t, 1, 1,
		func(in, out [][]float32) { Axpy(-1, in[0], out[0]) }, // a factor that no rounding can touch
		func(in, out [][]float32) {
			for i, v := range in[0] {
				out[0][i] -= v
			}
		})
}

func TestReLUOfSpecialNumbers(t *testing.T) {
	for _, c := range []struct{ x, want float32 }{{-1, 0}, {2, 2}, {infinity, infinity}, {-infinity, 0}, {nan, nan}, {-nan, nan}, {-1e-45, 0}, {1e-45, 1e-45}} {
		x, y := make([]float32, 40), make([]float32, 40)
		for i := range x {
			x[i] = c.x
		}
		ReLU(y, x)
		for i, v := range y {
			if !same(v, c.want) {
				t.Fatalf("ReLU(%v) at %d is %v; want %v", c.x, i, v, c.want)
			}
		}
	}
}
