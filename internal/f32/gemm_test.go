package f32

import (
	"math"
	"math/rand/v2"
	"testing"
)

// sizes are around the cut-offs of every implementation.
var sizes = []int{1, 2, 3, 7, 16, 25, 30, 33, 64, 65, 95, 96, 97, 112, 130, 193}

// guarded returns n random numbers between guard words.
func guarded(random *rand.Rand, n int) (whole, inner []float32) {
	whole = make([]float32, n+32)
	for i := range whole {
		whole[i] = float32(random.NormFloat64())
	}
	return whole, whole[16 : 16+n : 16+n]
}

// plainGemm is the loop that defines Gemm, in float64.
func plainGemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) []float64 {
	result := make([]float64, m*n)
	for i := range m {
		for j := range n {
			sum := 0.0
			for p := range k {
				x, y := a[min(i*lda+p, len(a)-1)], b[min(p*ldb+j, len(b)-1)]
				if transA {
					x = a[p*lda+i]
				}
				if transB {
					y = b[j*ldb+p]
				}
				sum += float64(x) * float64(y)
			}
			if add {
				sum += float64(c[i*ldc+j])
			}
			result[i*n+j] = sum
		}
	}
	return result
}

type gemmFunc func(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int)

func checkGemm(t *testing.T, gemm gemmFunc, random *rand.Rand, transA, transB, add bool, m, n, k, slack int) {
	t.Helper()
	lda, ldb, ldc := k+slack, n+slack, n+slack
	rowsA, rowsB := m, k
	if transA {
		lda, rowsA = m+slack, k
	}
	if transB {
		ldb, rowsB = k+slack, n
	}
	_, a := guarded(random, rowsA*lda-slack)
	_, b := guarded(random, rowsB*ldb-slack)
	whole, c := guarded(random, m*ldc-slack)
	before := append([]float32(nil), whole...)
	want := plainGemm(transA, transB, m, n, k, a, lda, b, ldb, add, c, ldc)
	gemm(transA, transB, m, n, k, a, lda, b, ldb, add, c, ldc)
	tolerance := 1e-5 * math.Sqrt(float64(k)) * 3
	for at := range whole {
		i, j := (at-16)/ldc, (at-16)%ldc
		if at < 16 || at >= 16+len(c) || j >= n {
			if whole[at] != before[at] {
				t.Fatalf("m %d n %d k %d slack %d: wrote outside the result, at %d", m, n, k, slack, at-16)
			}
			continue
		}
		if got := float64(whole[at]); !(math.Abs(got-want[i*n+j]) <= tolerance) {
			t.Fatalf("transA %v transB %v add %v m %d n %d k %d slack %d: element (%d, %d) is %v; want %v",
				transA, transB, add, m, n, k, slack, i, j, got, want[i*n+j])
		}
	}
}

// implementations are all that this build has.
var implementations = map[string]gemmFunc{"active": Gemm, "gonum": gemmGonum}

func TestGemmMatchesThePlainLoop(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for name, gemm := range implementations {
		t.Run(name+" "+Kernel(), func(t *testing.T) {
			for _, m := range []int{1, 2, 3, 30, 65} {
				for _, n := range sizes {
					for _, k := range []int{1, 2, 25, 63, 64, 65, 129} {
						flags := random.IntN(8)
						checkGemm(t, gemm, random, flags&1 != 0, flags&2 != 0, flags&4 != 0, m, n, k, random.IntN(2)*3)
					}
				}
			}
			for flags := range 8 {
				checkGemm(t, gemm, random, flags&1 != 0, flags&2 != 0, flags&4 != 0, 5, 101, 70, 0)
			}
		})
	}
}

// TestRowsDoNotDependOnOtherRows: bit for bit, so that a batch equals its
// samples.
func TestRowsDoNotDependOnOtherRows(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	const m, n, k = 67, 101, 150
	_, a := guarded(random, m*k)
	_, b := guarded(random, n*k)
	for name, gemm := range implementations {
		for _, transB := range []bool{false, true} {
			ldb := n
			if transB {
				ldb = k
			}
			all, one := make([]float32, m*n), make([]float32, n)
			gemm(false, transB, m, n, k, a, k, b, ldb, false, all, n)
			for i := range m {
				gemm(false, transB, 1, n, k, a[i*k:], k, b, ldb, false, one, n)
				for j, v := range one {
					if v != all[i*n+j] {
						t.Fatalf("%s: element (%d, %d) is %v alone and %v among %d rows", name, i, j, v, all[i*n+j], m)
					}
				}
			}
		}
	}
}

func TestGemmShowsNaNAndInfinity(t *testing.T) {
	for name, gemm := range implementations {
		for _, special := range []float64{math.NaN(), math.Inf(1)} {
			a, b, c := make([]float32, 3*70), make([]float32, 70*5), make([]float32, 15)
			for i := range b {
				b[i] = 1
			}
			a[70+40] = float32(special)
			gemm(false, false, 3, 5, 70, a, 70, b, 5, false, c, 5)
			for i, v := range c {
				if want := i/5 == 1; (v-v != 0) != want {
					t.Errorf("%s: with %v in row 1, element %d is %v", name, special, i, v)
				}
			}
		}
	}
}

func TestGemmAllocatesNothing(t *testing.T) {
	for name, gemm := range implementations {
		a, b, c := make([]float32, 100*50), make([]float32, 50*200), make([]float32, 100*200)
		if n := testing.AllocsPerRun(10, func() { gemm(false, false, 100, 200, 50, a, 50, b, 200, false, c, 200) }); n != 0 {
			t.Errorf("%s: %v allocations; want 0", name, n)
		}
	}
}

func TestEmptyInnerDimension(t *testing.T) {
	for name, gemm := range implementations {
		c := []float32{1, 2}
		gemm(false, false, 1, 2, 0, nil, 1, nil, 2, true, c, 2)
		if c[0] != 1 || c[1] != 2 {
			t.Errorf("%s: adding nothing gave %v", name, c)
		}
		gemm(false, false, 1, 2, 0, nil, 1, nil, 2, false, c, 2)
		if c[0] != 0 || c[1] != 0 {
			t.Errorf("%s: the sum of nothing is %v; want zeros", name, c)
		}
	}
}
