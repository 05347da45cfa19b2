package f32

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// Gonum's Sgemm starts goroutines, and splits its sums, from four 64×64 blocks
// of the result upwards. Tiles of three blocks keep it serial, free of
// allocations and with one order of summation.
const (
	gonumTileRows = 64
	gonumTileCols = 192
)

func gemmGonum(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	beta := float32(0)
	if add {
		beta = 1
	}
	opA, opB := blas.NoTrans, blas.NoTrans
	stepA, stepB := lda, 1 // from one row of op(a), one column of op(b), to the next
	if transA {
		opA, stepA = blas.Trans, 1
	}
	if transB {
		opB, stepB = blas.Trans, ldb
	}
	for i := 0; i < m; i += gonumTileRows {
		for j := 0; j < n; j += gonumTileCols {
			gonum.Implementation{}.Sgemm(opA, opB, min(gonumTileRows, m-i), min(gonumTileCols, n-j), k,
				1, a[i*stepA:], lda, b[j*stepB:], ldb, beta, c[i*ldc+j:], ldc)
		}
	}
}

func axpyGonum(alpha float32, x, y []float32) {
	gonum.Implementation{}.Saxpy(len(x), alpha, x, 1, y[:len(x)], 1)
}

func axpyRowsGonum(alpha float32, rows, n int, x []float32, ldx int, y []float32, ldy int) {
	for r := range rows {
		axpyGonum(alpha, x[r*ldx:][:n], y[r*ldy:])
	}
}

func addRowsGonum(y, x, w []float32) {
	for i, v := range x {
		if v != 0 {
			axpyGonum(v, w[i*len(y):][:len(y)], y)
		}
	}
}
