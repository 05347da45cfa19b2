//go:build goexperiment.simd && go1.27 && !amd64

package f32

const wideLanes, halfLanes = -1, -2 // none

func clearVectors() {}

func tileWide(g *tiling) {}

func tileAVX2(g *tiling) {}

func addFoundWide(y, x []float32, index []int32, w []float32) { addFound(y, x, index, w) }

func nonZerosWide(index *[IndexSize]int32, x []float32) int { return nonZeros(index, x) }

func axpyRowsWide(alpha float32, rows, n int, x []float32, ldx int, y []float32, ldy int) {
	axpyRowsVectors(alpha, rows, n, x, ldx, y, ldy)
}

func poolPixelWide(g *tiling, y []float32, winners []int32) {}

func unpoolWide(d []float32, row int, dy []float32, winners []int32) {
	unpoolVectors(d, row, dy, winners)
}

func nonZeroBitsWide(x []float32) uint64 { return nonZeroBitsPlain(x) }

func turnWide(dst []float32, ldd int, src []float32, lds int) {}

func outerWide(c []float32, ldc int, a []float32, lda int, b []float32, ldb, rows int) {}
