package f32

import "math/bits"

// Everything dense is made of one kernel, tile: four rows of two vectors of
// sums, which stay in registers; with AVX2 of four vectors, two rows at a time.
// A matrix product calls it with one run, a convolution with one for each row of
// the window.
//
//	for r, j := range 4, tileWidth {
//		sum := init[r*ldi+j] // or 0 without init
//		for each bit i of rows, for t := range run {
//			sum += a[at[r]+i*rowA+t] * b[(i*run+t)*tileWidth+j]
//		}
//		c[r*ldc+j] = sum
//	}
type tiling struct {
	c    []float32
	ldc  int
	init []float32
	ldi  int
	rows uint32
	run  int
	a    []float32
	at   [tileRows]int
	rowA int
	b    []float32
}

// tileRows is how many rows a tile has.
const tileRows = 4

// tileWidth is how many numbers a row of a tile has: as many as with the widest
// vectors with AVX2, see tileAVX2, and without vectors, so that gonum has
// something to do.
func tileWidth() int {
	if l := lanes(); l > 1 && l != halfLanes {
		return 2 * l
	}
	return 2 * maxLanes
}

// TileSize is how many numbers a tile has at most: working memory for one that
// does not fit into its place.
const TileSize = tileRows * 2 * maxLanes

// maxLanes is how many numbers the widest vectors hold, of 512 bits.
const maxLanes = 16

// tilePlain is tile without vectors, which leaves the zeros of a out.
func tilePlain(g *tiling) {
	width := tileWidth()
	for r, at := range g.at {
		row := g.c[r*g.ldc:][:width]
		if g.init != nil {
			copy(row, g.init[r*g.ldi:])
		} else {
			clear(row)
		}
		for left := g.rows; left != 0; left &= left - 1 {
			i := bits.TrailingZeros32(left)
			for t, v := range g.a[at+i*g.rowA:][:g.run] {
				if v != 0 {
					axpyGonum(v, g.b[(i*g.run+t)*width:][:width], row)
				}
			}
		}
	}
}
