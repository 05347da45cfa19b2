package f32

// ConvGradient is the geometry of the gradient of a convolution's weights for
// one image, with stride 1 and padding already around the image.
//
// The gradient of the output is kept in groups of a tile's width of filters,
// one group after another. Several channels keep it as long as the image's
// rows, with zeros behind the output's, so that all of it is one run for the
// tiles. One channel keeps rows, because those over an empty image row can be
// left out.
type ConvGradient struct {
	Channels, Height, Width int // of the window
	PlaneSize, RowSize      int // of the image, channels first: from channel to channel, row to row
	Rows, Cols, Filters     int // of the output
}

// Taps returns how many rows the gradient has, filled up to whole tiles.
func (g ConvGradient) Taps() int {
	return (g.Channels*g.Height*g.Width + tileRows - 1) / tileRows * tileRows
}

// PackedFilters returns how many columns the gradient has: the filters, filled
// up to whole tiles.
func (g ConvGradient) PackedFilters() int {
	return (g.Filters + tileWidth() - 1) / tileWidth() * tileWidth()
}

// OutputSize returns the size of the output's gradient.
func (g ConvGradient) OutputSize() int { return g.positions() * g.PackedFilters() }

// pitch is from one row of the output's gradient to the next.
func (g ConvGradient) pitch() int {
	if g.Channels == 1 {
		return g.Cols
	}
	return g.RowSize
}

func (g ConvGradient) positions() int { return (g.Rows-1)*g.pitch() + g.Cols }

// clearGaps clears all unless so many rows and columns, which will be written,
// leave nothing out. What is beside the filters may hold anything.
func (g ConvGradient) clearGaps(packed []float32, rows, cols int) {
	if g.pitch() > cols || g.Rows > rows {
		clear(packed[:g.OutputSize()])
	}
}

// PackOutput brings the output's gradient, rows × cols × Filters, into the
// form that Add wants. With a stride the rows and cols of the convolution are
// fewer than Rows and Cols, and come to stand as far apart.
func (g ConvGradient) PackOutput(packed, dy []float32, stride int) {
	width, cols := tileWidth(), (g.Cols-1)/stride+1
	g.clearGaps(packed, (g.Rows-1)/stride+1, cols)
	for first := 0; first < g.Filters; first += width {
		group, filters := packed[first*g.positions():], min(width, g.Filters-first)
		for r := 0; r < g.Rows; r += stride {
			for c := 0; c < g.Cols; c += stride {
				copy(group[(r*g.pitch()+c)*width:][:filters], dy[(r/stride*cols+c/stride)*g.Filters+first:])
			}
		}
	}
}

// Add adds an image's share to the gradient dw, Taps × PackedFilters, whose
// rows are in the order channel, row, column. Rows of an image of one channel
// that hold zeros alone are left out, so dy must be finite there.
//
//	for c, i, j := range Channels, Height, Width {
//		for f := range Filters {
//			for r, q := range Rows, Cols {
//				dw[(c*Height+i)*Width+j][f] += planes[c*PlaneSize+(r+i)*RowSize+q+j] * dy(r, q, f)
//			}
//		}
//	}
func (g ConvGradient) Add(dw, planes, dy []float32) {
	width, columns := tileWidth(), g.PackedFilters()
	occupied, sparse := g.occupied(planes)
	rows, run := 1, g.positions()
	if g.Channels == 1 {
		rows, run = g.Rows, g.Cols
	}
	t := tiling{ldc: columns, ldi: columns, run: run, rowA: g.RowSize}
	for first := 0; first < g.Filters; first += width {
		var next tap
		for k := 0; k < g.Taps(); k += tileRows {
			var at [tileRows]int
			used := allRows(maxRows)
			if sparse {
				used = 0
			}
			for lane := range at {
				at[lane] = next.channel*g.PlaneSize + next.row*g.RowSize + next.column
				used |= uint32(occupied >> next.row)
				next = g.after(next)
			}
			t.c, t.at = dw[k*columns+first:], at
			t.init = t.c
			for r := 0; r < rows; r += maxRows {
				t.rows, t.a, t.b = used&allRows(rows-r), planes[r*g.RowSize:], dy[first*g.positions()+r*run*width:]
				tile(&t)
			}
		}
	}
}

// tap is a weight of one filter.
type tap struct{ channel, row, column int }

// after returns the tap behind another, or the last again.
func (g ConvGradient) after(t tap) tap {
	switch {
	case t.column+1 < g.Width:
		t.column++
	case t.row+1 < g.Height:
		t.row, t.column = t.row+1, 0
	case t.channel+1 < g.Channels:
		t = tap{channel: t.channel + 1}
	}
	return t
}

// occupied returns the bits of the image rows that are not all zeros; ok is
// false unless there is one channel and a mask has a bit for each row of the
// output.
func (g ConvGradient) occupied(planes []float32) (bits uint64, ok bool) {
	rows := g.Rows + g.Height - 1
	if g.Channels > 1 || rows > 64 || g.Rows > maxRows {
		return 0, false
	}
	for r := range rows {
		for _, v := range planes[r*g.RowSize:][:g.Cols+g.Width-1] {
			if v != 0 {
				bits |= 1 << r
				break
			}
		}
	}
	return bits, true
}

// AddBias adds the sums of the output's gradient to db, one for each filter.
// sums is working memory, of TileSize.
//
//	for f := range Filters { for r, q := range Rows, Cols { db[f] += dy(r, q, f) } }
func (g ConvGradient) AddBias(db, dy, sums []float32) {
	width := tileWidth()
	several := sums[:tileRows*width] // rows at a time, so that no addition waits for the last
	for first := 0; first < g.Filters; first += width {
		group, filters := dy[first*g.positions():][:g.positions()*width], min(width, g.Filters-first)
		clear(several)
		whole := len(group) / len(several)
		AxpyRows(1, whole, len(several), group, len(several), several, 0)
		AxpyRows(1, len(group)/width-whole*tileRows, width, group[whole*len(several):], width, several, 0)
		AxpyRows(1, tileRows, filters, several, width, db[first:], 0)
	}
}

// Unpack copies a part of the output's gradient, half-open ranges of its rows
// and columns, to dst, whose rows are rowSize apart.
func (g ConvGradient) Unpack(dst []float32, rowSize int, packed []float32, top, bottom, left, right int) {
	width := tileWidth()
	if left >= right {
		return
	}
	for first := 0; first < g.Filters; first += width {
		group, filters := packed[first*g.positions():], min(width, g.Filters-first)
		for r := top; r < bottom; r++ {
			to, from := dst[(r-top)*rowSize+first:], group[(r*g.pitch()+left)*width:]
			copyTile(to, g.Filters, from, width, right-left, filters)
		}
	}
}
