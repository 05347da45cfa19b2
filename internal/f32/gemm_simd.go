//go:build goexperiment.simd && go1.27

package f32

import (
	"fmt"
	"simd"
)

// vectors is how many float32 a vector of this machine holds; 0 without real
// vectors, whose emulation is slower than plain loops.
var vectors = func() int {
	if simd.Emulated() {
		return 0
	}
	return simd.VectorBitSize() / 32
}()

func kernel() string {
	if vectors == 0 {
		return "gonum"
	}
	return fmt.Sprintf("simd%d", 32*vectors)
}

func gemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	if vectors == 0 {
		gemmGonum(transA, transB, m, n, k, a, lda, b, ldb, add, c, ldc)
		return
	}
	if transB && !transA {
		gemmDots(m, n, k, a, lda, b, ldb, add, c, ldc)
		return
	}
	gemmTiles(transA, transB, m, n, k, a, lda, b, ldb, add, c, ldc)
}

// The panel of b that the tiles of one column read is at most depth rows of
// six vectors, 24 KiB, so that it stays in the first-level cache.
const (
	depth    = 64
	maxLanes = 16 // of 512 bits
	maxWidth = 6 * maxLanes
)

// gemmTiles computes the result in tiles of two rows by six or four vectors.
// Every element is the sum of chains of depth multiply-adds each, in order,
// whatever the tile.
func gemmTiles(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	t := tiling{m: m, a: a, rowA: lda, stepA: 1, c: c, ldc: ldc}
	if transA {
		t.rowA, t.stepA = 1, lda
	}
	if k == 0 && !add {
		for i := range m {
			clear(c[i*ldc:][:n])
		}
	}
	var panel [depth * maxWidth]float32
	for p := 0; p < k; p += depth {
		t.k, t.p, t.add = min(depth, k-p), p, add || p > 0
		for j := 0; j < n; j += t.width {
			t.width = tileWidth(n - j)
			t.j, t.columns = j, min(t.width, n-j)
			if transB || t.columns < t.width {
				t.b, t.ldb = panel[:], t.width
				pack(panel[:], transB, b, ldb, p, j, t.k, t.columns, t.width)
			} else {
				t.b, t.ldb = b[p*ldb+j:], ldb
			}
			t.column()
		}
	}
}

// tileWidth returns the width of the next tile, so that seven or eight vectors
// become four and four.
func tileWidth(columns int) int {
	left := (columns + vectors - 1) / vectors
	if left <= 4 || left == 7 || left == 8 {
		return 4 * vectors
	}
	return 6 * vectors
}

// tiling is one column of tiles of a product: the result's columns from j, the
// factors' inner indices from p.
type tiling struct {
	m, k, p, j  int
	a           []float32
	rowA, stepA int // from one row of op(a), one inner index, to the next
	b           []float32
	ldb         int
	c           []float32
	ldc         int
	width       int // of a tile
	columns     int // of them that exist
	add         bool
}

func (t *tiling) column() {
	for i := 0; i < t.m; i += 2 {
		a0, c0 := t.a[i*t.rowA+t.p*t.stepA:], t.c[i*t.ldc+t.j:]
		if i+1 == t.m {
			t.row(a0, c0)
			return
		}
		t.rows(a0, t.a[(i+1)*t.rowA+t.p*t.stepA:], c0, t.c[(i+1)*t.ldc+t.j:])
	}
}

// rows computes a tile, by way of a buffer where it is wider than the result.
func (t *tiling) rows(a0, a1, c0, c1 []float32) {
	tile := tile2x6
	if vectors == wideLanes {
		tile = tile2x6Wide
	}
	if t.width == 4*vectors {
		tile = tile2x4
	}
	if t.columns == t.width {
		tile(t.k, a0, a1, t.stepA, t.b, t.ldb, c0, c1, t.add)
		return
	}
	var edge [2 * maxWidth]float32
	tile(t.k, a0, a1, t.stepA, t.b, t.ldb, edge[:t.width], edge[t.width:], false)
	put(c0[:t.columns], edge[:], t.add)
	put(c1[:t.columns], edge[t.width:], t.add)
}

// row is rows for the last of an odd number.
func (t *tiling) row(a0, c0 []float32) {
	tile := tile1x6
	if t.width == 4*vectors {
		tile = tile1x4
	}
	if t.columns == t.width {
		tile(t.k, a0, t.stepA, t.b, t.ldb, c0, t.add)
		return
	}
	var edge [maxWidth]float32
	tile(t.k, a0, t.stepA, t.b, t.ldb, edge[:t.width], false)
	put(c0[:t.columns], edge[:], t.add)
}

// put stores a row of a tile, or adds it.
func put(c, tile []float32, add bool) {
	tile = tile[:len(c)]
	if !add {
		copy(c, tile)
		return
	}
	for i, v := range tile {
		c[i] += v
	}
}

// pack copies rows p to p+k and columns j to j+columns of op(b) into rows of
// the given width, filled up with zeros.
func pack(panel []float32, transB bool, b []float32, ldb, p, j, k, columns, width int) {
	if columns < width {
		clear(panel[:k*width])
	}
	if !transB {
		for q := range k {
			copy(panel[q*width:][:columns], b[(p+q)*ldb+j:])
		}
		return
	}
	for col := range columns {
		at := col
		for _, v := range b[(j+col)*ldb+p:][:k] {
			panel[at] = v
			at += width
		}
	}
}
