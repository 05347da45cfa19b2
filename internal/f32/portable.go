//go:build !(goexperiment.simd && go1.27)

package f32

func kernel() string { return "gonum" }

func gemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	gemmGonum(transA, transB, m, n, k, a, lda, b, ldb, add, c, ldc)
}

func relu(y, x []float32) { reluPlain(y, x) }

func reluGradient(dx, dy, y []float32) { reluGradientPlain(dx, dy, y) }

func adam(p, g, m, v []float32, s AdamStep) { adamPlain(p, g, m, v, s) }

func lanes() int { return 1 }

const halfLanes = -2 // none

func axpyRows(alpha float32, rows, n int, x []float32, ldx int, y []float32, ldy int) {
	axpyRowsGonum(alpha, rows, n, x, ldx, y, ldy)
}

func addRows(y, x, w []float32, _ []int32) { addRowsGonum(y, x, w) }

func maxPairs(y, upper, lower []float32, channels int) { maxPairsPlain(y, upper, lower, channels) }

func maxPairsGradient(dUpper, dLower, dy, y, upper, lower []float32, channels int) {
	maxPairsGradientPlain(dUpper, dLower, dy, y, upper, lower, channels)
}

func clearVectors() {}

func tile(g *tiling) { tilePlain(g) }

func poolPixel(g *tiling, y []float32, winners []int32) { poolPixelPlain(g, y, winners) }

func unpoolTile(d []float32, row int, dy []float32, winners []int32) {
	unpoolTilePlain(d, row, dy, winners)
}

func nonZeroBits(x []float32) uint64 { return nonZeroBitsPlain(x) }

func squares() int { return 0 }

func turnSquare([]float32, int, []float32, int) {}

// Nothing fits Winograd's way without vectors.

func transformPatch([]float32, int, []float32, int, int) {}

func fourOutputs([]float32, int, int, []float32, int, []float32, int) {}

func outer([]float32, int, []float32, int, []float32, int, int) {}

func transformDelta([]float32, int, []float32, int, int, int) {}

func addWeights([]float32, int, []float32, int, int) {}

func transformWeights([]float32, int, []float32, int, int) {}

func poolVectors([]float32, []int32, []float32, []float32) {}
