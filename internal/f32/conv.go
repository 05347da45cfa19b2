package f32

// Conv is the geometry of a convolution without padding, channels last. A
// window is Height rows of Run consecutive numbers of the image.
type Conv struct {
	Height  int // rows of the window
	Run     int // numbers of a row of the window: width × channels
	RowSize int // numbers of an image row
	Step    int // numbers from a window to the next one of its row: stride × channels
	Down    int // numbers from a window to the one below: stride × RowSize
	Rows    int // of windows
	Cols    int
	Filters int
}

// PackedSize returns the size of the packed weights, biases behind them.
func (g Conv) PackedSize() int {
	if p := g.winograd(); p.fit() {
		return p.packedSize()
	}
	return g.rowsPackedSize()
}

// rowsPackedSize is PackedSize for packRows.
func (g Conv) rowsPackedSize() int { return g.groups() * (g.Height*g.Run + 1) * tileWidth() }

// ScratchSize is how many numbers of working memory Forward needs.
func (g Conv) ScratchSize() int {
	if p := g.winograd(); p.fit() {
		return p.scratchSize()
	}
	return TileSize
}

// groups is how many times a tile's width the filters are.
func (g Conv) groups() int { return (g.Filters + tileWidth() - 1) / tileWidth() }

// Pack fills packed from the weights, Height × Run × Filters, and one bias for
// each filter, or none at all. What belongs to no filter is 0.
func (g Conv) Pack(packed, weights, bias []float32) {
	if p := g.winograd(); p.fit() {
		p.pack(packed, weights, bias)
		return
	}
	g.packRows(packed, weights, bias)
}

// packRows packs the weights for tiles of windows.
func (g Conv) packRows(packed, weights, bias []float32) {
	width, taps := tileWidth(), g.Height*g.Run
	clear(packed[:g.rowsPackedSize()])
	for first := 0; first < g.Filters; first += width {
		group := packed[first*(taps+1):][:(taps+1)*width]
		filters := min(width, g.Filters-first)
		for tap := range taps {
			copy(group[tap*width:][:filters], weights[tap*g.Filters+first:])
		}
		if bias != nil {
			copy(group[taps*width:][:filters], bias[first:])
		}
	}
}

// Forward computes y, Rows × Cols × Filters, from one image.
//
//	for r, c, f := range Rows, Cols, Filters {
//		sum := bias[f]
//		for i, t := range Height, Run { sum += x[r*Down+c*Step+i*RowSize+t] * weight(i, t, f) }
//		y[(r*Cols+c)*Filters+f] = sum
//	}
//
// The sum of any of a channel's weights must be finite, and a number of the image
// that is not may spread to the windows beside those that see it: see winograd.
// scratch is working memory, of g.ScratchSize().
func (g Conv) Forward(y, x, packed, scratch []float32) {
	if p := g.winograd(); p.fit() {
		p.forward(y, nil, false, x, packed, scratch)
		return
	}
	width, taps := tileWidth(), g.Height*g.Run
	windows := g.Rows * g.Cols
	for first := 0; first < g.Filters; first += width {
		weights := packed[first*(taps+1):][:(taps+1)*width]
		filters := min(width, g.Filters-first)
		for window, row, col := 0, 0, 0; window < windows; window += tileRows {
			var at [tileRows]int
			for r := range at {
				at[r] = row*g.Down + col*g.Step
				if col++; col == g.Cols {
					row, col = row+1, 0
				}
				if row == g.Rows { // the last window again
					row, col = row-1, g.Cols-1
				}
			}
			place, rows := y[window*g.Filters+first:], min(tileRows, windows-window)
			if rows == tileRows && filters == width {
				g.windows(place, g.Filters, x, at, weights)
				continue
			}
			g.windows(scratch, width, x, at, weights)
			copyTile(place, g.Filters, scratch, width, rows, filters)
		}
	}
}

// windows computes one tile: four windows at these places of the image.
func (g Conv) windows(c []float32, ldc int, x []float32, at [tileRows]int, weights []float32) {
	width := tileWidth()
	t := tiling{c: c, ldc: ldc, init: weights[g.Height*g.Run*width:], run: g.Run, a: x, at: at, rowA: g.RowSize}
	g.rows(&t, weights)
}

// rows computes a tile over all rows of the window, in chunks of as many as a
// mask has bits.
func (g Conv) rows(t *tiling, weights []float32) {
	x := t.a
	for i := 0; i < g.Height; i += maxRows {
		t.rows, t.a, t.b = allRows(g.Height-i), x[i*g.RowSize:], weights[i*g.Run*tileWidth():]
		tile(t)
		t.init, t.ldi = t.c, t.ldc
	}
}

// maxRows is how many rows a tile can go over at once, a bit for each.
const maxRows = 32

// allRows is the mask of the first rows of that many.
func allRows(rows int) uint32 { return ^uint32(0) >> (maxRows - min(rows, maxRows)) }

// copyTile copies a part of a tile.
func copyTile(dst []float32, ldd int, src []float32, lds, rows, columns int) {
	for r := range rows {
		copy(dst[r*ldd:][:columns], src[r*lds:])
	}
}
