package f32

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestAxpyRowsMatchesThePlainLoop(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	for _, n := range lengths {
		for _, c := range []struct{ rows, ldx, ldy int }{{0, n, n}, {1, n, n}, {3, n, n + 2}, {4, n + 5, n}, {5, 0, n}, {5, n, 0}} {
			checkAxpyRows(t, random, c.rows, n, c.ldx, c.ldy)
		}
	}
}

func checkAxpyRows(t *testing.T, random *rand.Rand, rows, n, ldx, ldy int) {
	t.Helper()
	_, x := guarded(random, rows*ldx+n)
	whole, y := guarded(random, rows*ldy+n)
	want := slices.Clone(whole)
	for r := range rows {
		for i := range n {
			want[16+r*ldy+i] -= x[r*ldx+i]
		}
	}
	AxpyRows(-1, rows, n, x, ldx, y, ldy)
	if !slices.Equal(whole, want) {
		t.Errorf("%d rows of %d, %d apart in x and %d in y: the plain loop differs", rows, n, ldx, ldy)
	}
}

func TestAddRowsMatchesThePlainLoop(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 6))
	for _, inputs := range []int{0, 1, 2, 63, 64, 65, 200} {
		for _, outputs := range []int{1, 4, 10, 33, 64, 65, 100, 130} {
			checkAddRows(t, random, inputs, outputs)
		}
	}
}

func checkAddRows(t *testing.T, random *rand.Rand, inputs, outputs int) {
	t.Helper()
	width := PackedWidth(outputs)
	if width < outputs {
		t.Fatalf("%d numbers were packed into %d", outputs, width)
	}
	_, x := guarded(random, inputs)
	for i := range x {
		if random.IntN(2) == 0 {
			x[i] = float32(math.Copysign(0, float64(x[i])))
		}
	}
	_, w := guarded(random, inputs*width)
	whole, y := guarded(random, width)
	want := slices.Clone(whole)
	for j := range y {
		sum := float64(y[j])
		for i, v := range x {
			sum += float64(v) * float64(w[i*width+j])
		}
		want[16+j] = float32(sum)
	}
	AddRows(y, x, w, make([]int32, IndexSize))
	for i := range whole {
		if !(math.Abs(float64(whole[i]-want[i])) <= 1e-5*math.Sqrt(float64(inputs+1))) {
			t.Fatalf("%d×%d, element %d: %v; the plain loop has %v", inputs, width, i-16, whole[i], want[i])
		}
	}
}

// What is not a number counts as not zero.
func TestAddRowsSeesNaN(t *testing.T) {
	width := PackedWidth(1)
	for i := range 70 {
		x, y, w := make([]float32, 70), make([]float32, width), make([]float32, 70*width)
		x[i] = nan
		if AddRows(y, x, w, make([]int32, IndexSize)); y[0] == y[0] {
			t.Errorf("NaN at %d was lost", i)
		}
	}
}

func TestAddRowsNeedsAPackedWidth(t *testing.T) {
	if lanes() == 1 {
		t.Skip("without vectors every width is one")
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	AddRows(make([]float32, 1), make([]float32, 1), make([]float32, 1), nil)
}

func TestMaxPairsMatchesThePlainLoop(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for _, channels := range []int{1, 3, 4, 5, 8, 15, 16, 17, 24, 30, 33, 64} {
		for _, pixels := range []int{0, 1, 2, 7} {
			checkMaxPairs(t, random, pixels, channels)
		}
	}
}

func checkMaxPairs(t *testing.T, random *rand.Rand, pixels, channels int) {
	t.Helper()
	_, upper := spoiled(random, 2*pixels*channels)
	_, lower := spoiled(random, 2*pixels*channels)
	_, dy := spoiled(random, pixels*channels)
	whole, y := guarded(random, pixels*channels)
	want := slices.Clone(whole)
	MaxPairs(y, upper, lower, channels)
	maxPairsPlain(want[16:][:len(y)], upper, lower, channels)
	sameSlices(t, channels, "maximum", whole, want)

	upperWhole, dUpper := guarded(random, len(upper))
	lowerWhole, dLower := guarded(random, len(lower))
	upperWant, lowerWant := slices.Clone(upperWhole), slices.Clone(lowerWhole)
	MaxPairsGradient(dUpper, dLower, dy, y, upper, lower, channels)
	maxPairsGradientPlain(upperWant[16:][:len(upper)], lowerWant[16:][:len(lower)], dy, y, upper, lower, channels)
	sameSlices(t, channels, "gradient of the upper row", upperWhole, upperWant)
	sameSlices(t, channels, "gradient of the lower row", lowerWhole, lowerWant)
}

func sameSlices(t *testing.T, channels int, what string, got, want []float32) {
	t.Helper()
	for i := range got {
		if !same(got[i], want[i]) {
			t.Fatalf("%s of %d channels, element %d: %v; the plain loop has %v", what, channels, i-16, got[i], want[i])
		}
	}
}
