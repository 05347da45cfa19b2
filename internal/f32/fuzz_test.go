package f32

import (
	"math/rand/v2"
	"testing"
)

// FuzzKernels compares the kernels with the loops that define them, at sizes and
// numbers that the fuzzer chooses.
func FuzzKernels(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(97), uint8(65), uint8(5))
	f.Add(uint64(2), uint8(1), uint8(1), uint8(1), uint8(0))
	f.Add(uint64(3), uint8(67), uint8(112), uint8(130), uint8(255))
	f.Fuzz(func(t *testing.T, seed uint64, m, n, k, flags uint8) {
		random := rand.New(rand.NewPCG(seed, 0))
		a, b, c := 1+int(m)%70, 1+int(n)%140, 1+int(k)%140
		checkGemm(t, Gemm, random, flags&1 != 0, flags&2 != 0, flags&4 != 0, a, b, c, int(flags>>3)%4)
		checkTurn(t, random, a, b, int(flags)%3, int(flags>>4)%3)
		checkAxpyRows(t, random, a, b, b+int(flags>>5), b)
		checkAddRows(t, random, c, b)
		checkMaxPairs(t, random, a%8, b)
		height, width, channels, rows, cols := 1+a%6, 1+int(flags>>2)%5, 1+int(flags)%3, 1+c%3, 1+int(k)%3
		checkConv(t, random, height, width, channels, b, rows, cols, 1+int(flags>>6))
		checkConvPool(t, random, height, width, channels, b, rows, cols, 1, float64(n)/255)
		checkConvGradient(t, random, height, width, channels, b, rows, cols, 1+int(flags>>6), float64(n)/255)
		patched := 16 * (1 + int(flags)%3)
		checkConv(t, random, 3, 3, patched, 16*(1+b%4), 1+c%5, 1+int(k)%6, 1)
		checkConvPool(t, random, 3, 3, patched, 16*(1+b%4), rows, cols, 1, float64(n)/255)
		checkPatchGradient(t, random, patched, 16*(1+b%4), 2*rows, 2*cols+2, 1+a%9)
		checkNumbers(t, random, b)
		checkNormSweeps(t, random, 1+a%40, (1+a%40)*c)
	})
}

// checkNumbers compares what goes over numbers one by one, special ones among
// them.
func checkNumbers(t *testing.T, random *rand.Rand, n int) {
	t.Helper()
	_, x := spoiled(random, n)
	_, y := spoiled(random, n)
	got, want := make([]float32, n), make([]float32, n)
	ReLU(got, x)
	reluPlain(want, x)
	sameSlices(t, n, "ReLU", got, want)
	ReLUGradient(got, x, y)
	reluGradientPlain(want, x, y)
	sameSlices(t, n, "the gradient of ReLU", got, want)
	step := AdamStep{Beta1: 0.9, Beta2: 0.999, Gain1: 0.1, Gain2: 0.001, Rate: 0.01, Epsilon: 1e-8}
	m, v := make([]float32, n), make([]float32, n) // as before the first step
	Adam(got, x, m, v, step)
	adamPlain(want, x, make([]float32, n), make([]float32, n), step)
	sameSlices(t, n, "Adam", got, want)
	if few := x[:min(n, 64)]; nonZeroBits(few) != nonZeroBitsPlain(few) {
		t.Errorf("the bits of %v are %b; the plain loop has %b", few, nonZeroBits(few), nonZeroBitsPlain(few))
	}
}
