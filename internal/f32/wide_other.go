//go:build goexperiment.simd && go1.27 && !amd64

package f32

const wideLanes = -1 // none

func tileWide(c []float32, ldc int, init []float32, ldi int, rows uint32, run int, a []float32, o1, o2, o3, rowA int, b []float32) {
	tileVectors(c, ldc, init, ldi, rows, run, a, o1, o2, o3, rowA, b)
}

func addFoundWide(y, x []float32, index []int32, w []float32) { addFound(y, x, index, w) }

func nonZerosWide(index *[sparseChunk + maxLanes]int32, x []float32) int { return nonZeros(index, x) }

func axpyRowsWide(alpha float32, rows, n int, x []float32, ldx int, y []float32, ldy int) {
	axpyRowsVectors(alpha, rows, n, x, ldx, y, ldy)
}

func poolWide(y []float32, winners []int32, sums, bias []float32) {
	poolVectors(y, winners, sums, bias)
}

func unpoolWide(d []float32, row int, dy []float32, winners []int32) {
	unpoolVectors(d, row, dy, winners)
}
