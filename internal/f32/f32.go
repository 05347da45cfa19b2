// Package f32 holds the float32 kernels that the network runs on. The contract
// of each kernel is the plain loop in its comment; implementations differ in
// speed and in the rounding of sums, and in nothing else but what a comment says
// of numbers that are not finite.
//
// Every kernel is deterministic, allocates nothing, starts no goroutine, and
// computes an element of the result by the same operations in the same order
// whatever the number of rows beside it: row i of Gemm's result does not depend
// on m. A batch therefore equals its samples bit for bit.
//
// Slices may be longer than needed. Slices that are too short are a
// programmer's error and panic.
package f32

// Gemm computes c = op(a)·op(b), or adds that to c, for row-major matrices,
// where op transposes when asked to: op(a) is m×k, op(b) is k×n, c is m×n.
//
//	for i := range m {
//		for j := range n {
//			sum := float32(0)
//			for p := range k {
//				sum += op(a)[i][p] * op(b)[p][j]
//			}
//			if add {
//				sum += c[i*ldc+j]
//			}
//			c[i*ldc+j] = sum
//		}
//	}
func Gemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	gemm(transA, transB, m, n, k, a, lda, b, ldb, add, c, ldc)
}

// Axpy computes y += alpha·x over len(x) elements.
//
//	for i := range x { y[i] += alpha * x[i] }
func Axpy(alpha float32, x, y []float32) {
	axpyRows(alpha, 1, len(x), x, 0, y, 0)
}

// AxpyRows adds alpha times a matrix of rows×n to another. With ldy = 0 it sums
// rows.
//
//	for r := range rows { for i := range n { y[r*ldy+i] += alpha * x[r*ldx+i] } }
func AxpyRows(alpha float32, rows, n int, x []float32, ldx int, y []float32, ldy int) {
	axpyRows(alpha, rows, n, x, ldx, y, ldy)
}

// AddRows computes y += x·w, where w is len(x)×len(y) and len(y) is a
// PackedWidth. Zeros of x cost next to nothing, and change nothing while w is
// finite. index is working memory, IndexSize numbers.
//
//	for i, v := range x { for j := range y { y[j] += v * w[i*len(y)+j] } }
func AddRows(y, x, w []float32, index []int32) {
	if len(y) != PackedWidth(len(y)) {
		panic("f32: AddRows needs rows of a packed width")
	}
	addRows(y, x, w[:len(x)*len(y)], index)
}

// sparseChunk is how many inputs are searched for numbers that are not zero at
// a time; IndexSize is the room that the list of them needs.
const (
	sparseChunk = 256
	IndexSize   = sparseChunk + maxLanes
)

// PackedWidth returns the width, n or somewhat more, that AddRows needs for
// rows of n numbers; the rest of each row is to be 0.
func PackedWidth(n int) int {
	if l := lanes(); l > 1 {
		return (n + 4*l - 1) / (4 * l) * (4 * l)
	}
	return n
}

// MaxPairs computes one row of a 2×2 max pooling with stride 2, channels last:
// y holds len(y)/channels pixels, upper and lower twice as many. NaN wins.
//
//	for p := range len(y)/channels {
//		for c := range channels {
//			y[p][c] = max(upper[2*p][c], upper[2*p+1][c], lower[2*p][c], lower[2*p+1][c])
//		}
//	}
func MaxPairs(y, upper, lower []float32, channels int) { maxPairs(y, upper, lower, channels) }

// MaxPairsGradient is the backward pass of MaxPairs: each dy goes to the first
// of its four inputs that equals y, and the others get 0.
//
//	for p := range len(y)/channels {
//		for c := range channels {
//			for each of the four inputs x in MaxPairs' order {
//				dx = 0
//				if x == y[p][c] && it is the first { dx = dy[p][c] }
//			}
//		}
//	}
func MaxPairsGradient(dUpper, dLower, dy, y, upper, lower []float32, channels int) {
	maxPairsGradient(dUpper, dLower, dy, y, upper, lower, channels)
}

// ReLU computes y = max(x, 0) over len(x) elements. NaN stays NaN.
//
//	for i, v := range x { y[i] = max(v, 0) }
func ReLU(y, x []float32) { relu(y[:len(x)], x) }

// ReLUGradient computes dx = dy where y is positive, else 0, over len(y)
// elements.
//
//	for i, v := range y { if v > 0 { dx[i] = dy[i] } else { dx[i] = 0 } }
func ReLUGradient(dx, dy, y []float32) { reluGradient(dx[:len(y)], dy[:len(y)], y) }

// AdamStep is the hyperparameters of one step of Adam, with the bias
// corrections folded in.
type AdamStep struct {
	Beta1, Beta2  float32
	Gain1, Gain2  float32 // 1 − Beta1, 1 − Beta2
	Rate, Epsilon float32
}

// Adam updates parameters p from gradients g, over len(g) elements, with the
// decaying means m and v.
//
//	for i, d := range g {
//		m[i] = Beta1*m[i] + Gain1*d
//		v[i] = Beta2*v[i] + Gain2*d*d
//		p[i] -= Rate * m[i] / (sqrt(v[i]) + Epsilon)
//	}
func Adam(p, g, m, v []float32, s AdamStep) {
	adam(p[:len(g)], g, m[:len(g)], v[:len(g)], s)
}

// ClearVectors clears the upper parts of the vector registers: call it after
// kernels and before much scalar arithmetic. Some kernels leave them filled, and
// so does the runtime when it resumes a goroutine that it has interrupted; while
// they are, Intel's cores take up to a hundred times as long for scalar floating
// point. It takes a nanosecond and changes no number.
//
// Kernels of 256 bits clear them themselves: where these are the longest
// vectors (Zen 3), what the compiler copies structs with, between one tile and
// the next, waits for what a filled register is to hold.
func ClearVectors() { clearVectors() }

// Kernel names the implementation in use, for logs and metrics: "gonum", or
// "simd" and the size of a vector in bits.
func Kernel() string { return kernel() }
