//go:build goexperiment.simd && go1.27 && !amd64

package f32

const wideLanes = -1 // none

func tile2x6Wide(k int, a0, a1 []float32, stepA int, b []float32, ldb int, c0, c1 []float32, add bool) {
	tile2x6(k, a0, a1, stepA, b, ldb, c0, c1, add)
}

func convPoolWide(y, x, packed []float32, active []uint32, taps, run, channels, rowSize, filters int) {
	convPool(y, x, packed, active, taps, run, channels, rowSize, filters)
}

func addFoundWide(y, x []float32, index []int32, w []float32) { addFound(y, x, index, w) }

func nonZerosWide(index *[sparseChunk + maxLanes]int32, x []float32) int { return nonZeros(index, x) }

func axpyRowsWide(alpha float32, rows, n int, x []float32, ldx int, y []float32, ldy int) {
	axpyRowsVectors(alpha, rows, n, x, ldx, y, ldy)
}

func dots4x3Wide(k int, a0, a1, a2, a3, b0, b1, b2 []float32, out []float32) {
	dots4x3(k, a0, a1, a2, a3, b0, b1, b2, out)
}
