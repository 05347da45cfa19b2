// Package f32 holds the float32 kernels that the network runs on. The contract
// of each kernel is the plain loop in its comment; implementations differ in
// speed and in the rounding of sums, nothing else.
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
	gemmGonum(transA, transB, m, n, k, a, lda, b, ldb, add, c, ldc)
}

// Axpy computes y += alpha·x over len(x) elements.
//
//	for i := range x { y[i] += alpha * x[i] }
func Axpy(alpha float32, x, y []float32) {
	axpyGonum(alpha, x, y)
}

// Kernel names the implementation in use, for logs and metrics.
func Kernel() string { return "gonum" }
