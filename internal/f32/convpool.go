package f32

// ConvPool is the geometry of a convolution without padding, of 2×2 max
// pooling with stride 2, and of ReLU, in one pass, channels last. Conv's Rows
// and Cols are those of the pooled output, Step and Down go from window to
// window before the pooling.
type ConvPool struct{ Conv }

// Fits reports whether the window is one that Forward can do.
func (g ConvPool) Fits() bool { return g.Height < maxRows }

// Slack is how far behind y and winners Forward may write.
func Slack() int { return tileWidth() }

// ScratchSize is how many numbers of working memory Forward needs.
func (g ConvPool) ScratchSize() int {
	if p := g.winograd(); p.fit() {
		return p.scratchSize()
	}
	if g.scatters() {
		return 4 * g.Rows * g.Cols * g.Filters
	}
	return TileSize
}

// PackedSize returns the size of the packed weights, biases behind them.
func (g ConvPool) PackedSize() int {
	if p := g.winograd(); p.fit() {
		return p.packedSize()
	}
	return g.rowsPackedSize()
}

// Pack fills packed, of PackedSize, from the weights, Height × Run × Filters,
// and one bias for each filter.
func (g ConvPool) Pack(packed, weights, bias []float32) {
	if g.scatters() {
		g.packScattered(packed, weights, bias)
		return
	}
	if p := g.winograd(); p.fit() {
		p.pack(packed, weights, bias)
		return
	}
	g.packRows(packed, weights, bias)
}

// Forward computes y, Rows × Cols × Filters, from one image. NaN in any of a
// maximum's windows wins, as in Conv.Forward in those beside it, too. The
// weights must be finite, and their sums: rows of the window over zeros are left
// out where there is one channel. Unless it is nil, winners gets
// for each output which of the four windows was the largest, the first of
// equals, and −1 where ReLU made it 0. scratch is working memory, of
// g.ScratchSize().
// Behind y and winners there must be room for Slack numbers.
//
//	for r, c, f := range Rows, Cols, Filters {
//		largest := -Inf
//		for dr, dc := range 2, 2 {
//			sum := float32(0)
//			for i, t := range Height, Run { sum += x[(2*r+dr)*Down+(2*c+dc)*Step+i*RowSize+t] * weight(i, t, f) }
//			largest = max(largest, sum)
//		}
//		y[(r*Cols+c)*Filters+f] = max(largest+bias[f], 0)
//	}
func (g ConvPool) Forward(y []float32, winners []int32, x, packed, scratch []float32) {
	if g.scatters() {
		g.scatter(y, winners, x, packed, scratch)
		return
	}
	if p := g.winograd(); p.fit() {
		p.forward(y, winners, true, x, packed, scratch)
		return
	}
	width := tileWidth()
	size := (g.Height*g.Run + 1) * width
	t := tiling{c: scratch, ldc: width, rows: allRows(g.Height), run: g.Run, rowA: g.RowSize}
	t.at = [tileRows]int{0, g.Step, g.Down, g.Down + g.Step}
	var occupied [maxRows + 1]uint64
	sparse, packed := g.sparse(), packed[:g.PackedSize()]
	for r := range g.Rows {
		if sparse {
			g.findOccupied(occupied[:g.Height+1], x[2*r*g.RowSize:])
		}
		for c := range g.Cols {
			t.a = x[2*(r*g.Down+c*g.Step):]
			if sparse {
				t.rows = active(occupied[:g.Height+1], 2*c)
			}
			at := (r*g.Cols + c) * g.Filters
			for weights := packed; len(weights) > 0; weights = weights[size:] {
				var won []int32
				if winners != nil {
					won = winners[at:]
				}
				t.b, t.init = weights, weights[size-width:size]
				poolPixel(&t, y[at:], won)
				at += width
			}
		}
	}
}

// sparse reports whether rows of the window over zeros are worth leaving out:
// those of an image of one channel, whose columns a mask has room for.
func (g ConvPool) sparse() bool {
	return g.Step == 1 && g.Down == g.RowSize && g.RowSize <= 64
}

// findOccupied sets, for each of the image rows that x begins with, the bits
// of the columns where a pair of windows begins that has a number in that row
// that is not 0.
func (g ConvPool) findOccupied(occupied []uint64, x []float32) {
	for i := range occupied {
		bits := nonZeroBits(x[i*g.RowSize:][:g.RowSize])
		spread := bits
		for range g.Run {
			bits >>= 1
			spread |= bits
		}
		occupied[i] = spread
	}
}

// active returns the bits of the rows of the window under which the four
// windows that begin at a column have anything but zeros: an image row is under
// row i of the upper windows and row i−1 of the lower ones.
func active(occupied []uint64, column int) uint32 {
	rows := uint32(0)
	for i, bits := range occupied {
		rows |= uint32(bits>>column&1) << i
	}
	return (rows | rows>>1) & allRows(len(occupied)-1)
}

// Backward writes the gradient before pooling and ReLU as ConvGradient, which
// is that of the same convolution with stride 1, wants it, from dy and the
// winners. Behind these there must be room for Slack numbers.
//
//	for r, c, f := range Rows, Cols, Filters {
//		for q := range 4 { d(2*r+q/2, 2*c+q%2, f) = dy[r][c][f] if winners[r][c][f] == q, else 0 }
//	}
func (g ConvPool) Backward(to ConvGradient, d, dy []float32, winners []int32) {
	width := tileWidth()
	to.clearGaps(d, 2*g.Rows, 2*g.Cols)
	for first := 0; first < g.Filters; first += width {
		group := d[first*to.positions():]
		for r := range g.Rows {
			for c := range g.Cols {
				pixel := (r*g.Cols+c)*g.Filters + first
				unpoolTile(group[(2*r*to.pitch()+2*c)*width:], to.pitch()*width, dy[pixel:], winners[pixel:])
			}
		}
	}
}
