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

// A panel of op(b), depth rows of a tile's width, at most 32 KiB, stays in the
// first-level cache, or most of it, while all rows of a go over it.
const (
	depth = 256
	block = 64 // rows of a that are transposed at once
)

// gemm computes the result in tiles. Every element is one chain of
// multiply-adds in the order of the inner index, whatever the tile.
func gemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	switch {
	case vectors == 0:
		gemmGonum(transA, transB, m, n, k, a, lda, b, ldb, add, c, ldc)
	case k == 0 && !add:
		for i := range m {
			clear(c[i*ldc:][:n])
		}
	case transA:
		gemmTransposed(transB, m, n, k, a, lda, b, ldb, add, c, ldc)
	default:
		gemmRows(transB, m, n, k, a, lda, b, ldb, add, c, ldc)
	}
}

// gemmTransposed turns blocks of a first: a tile wants the inner index along
// rows.
func gemmTransposed(transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	var turned [block * depth]float32
	for p := 0; p < k; p += depth {
		inner := min(depth, k-p)
		rest := b[p*ldb:]
		if transB {
			rest = b[p:]
		}
		for i := 0; i < m; i += block {
			rows := min(block, m-i)
			Turn(turned[:], inner, a[p*lda+i:], lda, inner, rows)
			gemmRows(transB, rows, n, inner, turned[:], inner, rest, ldb, add || p > 0, c[i*ldc:], ldc)
		}
	}
}

// gemmRows is gemm for an a whose rows have the inner index along them.
func gemmRows(transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	var panel [depth * 2 * maxLanes]float32
	width := tileWidth()
	for p := 0; p < k; p += depth {
		inner := min(depth, k-p)
		for j := 0; j < n; j += width {
			columns := min(width, n-j)
			if transB {
				if columns < width {
					clear(panel[:inner*width])
				}
				Turn(panel[:], width, b[j*ldb+p:], ldb, columns, inner)
			} else {
				copyColumns(panel[:], b[p*ldb+j:], ldb, inner, columns)
			}
			column(m, columns, inner, a[p:], lda, panel[:inner*width], add || p > 0, c[j:], ldc)
		}
	}
}

// column computes the tiles of one panel. A tile that reaches over the edge of
// the result is computed beside it.
func column(m, columns, inner int, a []float32, lda int, panel []float32, add bool, c []float32, ldc int) {
	width := tileWidth()
	var beside [TileSize]float32
	for i := 0; i < m; i += tileRows {
		rows, place := min(tileRows, m-i), c[i*ldc:]
		whole := rows == tileRows && columns == width
		g := tiling{c: place, ldc: ldc, rows: 1, run: inner, a: a[i*lda:], b: panel}
		for r := range g.at {
			g.at[r] = min(r, rows-1) * lda
		}
		if !whole {
			g.c, g.ldc = beside[:], width
		}
		if add {
			g.init, g.ldi = g.c, g.ldc
		}
		if add && !whole {
			copyTile(g.c, width, place, ldc, rows, columns)
		}
		tileOfVectors(&g)
		if !whole {
			copyTile(place, ldc, g.c, width, rows, columns)
		}
	}
}

// copyColumns copies columns of b into rows of a tile's width, filled up with
// zeros.
func copyColumns(panel, b []float32, ldb, rows, columns int) {
	var zero simd.Float32s
	l, width := zero.Len(), tileWidth()
	if columns < width {
		clear(panel[:rows*width])
	}
	if columns < width || width > 2*l { // four vectors are copied faster by copy
		copyTile(panel, width, b, ldb, rows, columns)
		return
	}
	at := 0
	for ; rows > 0; rows-- {
		from, to := b[at:at+2*l:at+2*l], panel[:2*l:2*l]
		simd.LoadFloat32s(from).Store(to)
		simd.LoadFloat32s(from[l:]).Store(to[l:])
		at, panel = at+ldb, panel[2*l:]
	}
}

// squares is the side of a square that turnSquare turns, or 0.
func squares() int {
	if vectors == wideLanes {
		return wideLanes
	}
	return 0
}

// turnSquare is Turn for such a square.
func turnSquare(dst []float32, ldd int, src []float32, lds int) { turnWide(dst, ldd, src, lds) }
