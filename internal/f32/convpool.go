package f32

// ConvPool is the geometry of a convolution with stride 1 and without padding,
// 2×2 max pooling with stride 2 and ReLU in one pass, channels last.
type ConvPool struct {
	Height   int // rows of the window
	Run      int // numbers of a row of the window: width × channels
	Channels int // of the input
	RowSize  int // numbers of an input row
	Rows     int // of the pooled output
	Cols     int
	Filters  int
}

// PackedSize returns the size of the packed weights, biases behind them.
func (g ConvPool) PackedSize() int { return g.groups() * (g.Height*g.Run + 1) * g.group() }

// group is how many filters are computed at once: two vectors.
func (g ConvPool) group() int { return 2 * lanes() }

func (g ConvPool) groups() int { return (g.Filters + g.group() - 1) / g.group() }

// Pack fills packed from weight(f, i, t), filter f's number t of row i, and one
// bias for each filter. What belongs to no filter is 0.
func (g ConvPool) Pack(packed []float32, weight func(f, i, t int) float32, bias []float32) {
	clear(packed[:g.PackedSize()])
	size, taps := g.group(), g.Height*g.Run
	for f := range g.Filters {
		group := packed[f/size*(taps+1)*size:]
		for tap := range taps {
			group[tap*size+f%size] = weight(f, tap/g.Run, tap%g.Run)
		}
		group[taps*size+f%size] = bias[f]
	}
}

// Forward computes y, Rows × Cols × Filters, from one image. It may write up
// to a group of filters behind y, which therefore needs 2·Lanes numbers more.
// NaN in any of a maximum's windows wins. The weights must be finite: rows of
// the window over zeros are left out. next is working memory, RowSize
// numbers for every input row.
//
//	for r, c, f := range Rows, Cols, Filters {
//		largest := -Inf
//		for dr, dc := range 2, 2 {
//			sum := float32(0)
//			for i, t := range Height, Run { sum += x[(2*r+dr+i)*RowSize+(2*c+dc)*Channels+t] * weight(f, i, t) }
//			largest = max(largest, sum)
//		}
//		y[(r*Cols+c)*Filters+f] = max(largest+bias[f], 0)
//	}
func (g ConvPool) Forward(y, x, packed []float32, next []int32) {
	g.findNext(next, x)
	size := (g.Height*g.Run + 1) * g.group()
	var active [maxWindow]int32
	for r := range g.Rows {
		for c := range g.Cols {
			rows := g.activeRows(&active, next, 2*r, 2*c*g.Channels)
			for group := range g.groups() {
				g.pixel(y[(r*g.Cols+c)*g.Filters+group*g.group():], x[2*r*g.RowSize+2*c*g.Channels:], packed[group*size:][:size], rows)
			}
		}
	}
}

// maxWindow is how many rows a window can have.
const maxWindow = 16

// Fits reports whether the window is one that Forward can do, and does faster
// than separate passes.
func (g ConvPool) Fits() bool { return lanes() > 1 && g.Height <= maxWindow }

// findNext writes, for each number of the rows that are read, where in its row
// the next one is that is not 0.
func (g ConvPool) findNext(next []int32, x []float32) {
	for row := range 2*g.Rows + g.Height - 1 {
		numbers, line := x[row*g.RowSize:][:g.RowSize], next[row*g.RowSize:][:g.RowSize]
		found := int32(g.RowSize)
		for i := g.RowSize - 1; i >= 0; i-- {
			if numbers[i] != 0 {
				found = int32(i)
			}
			line[i] = found
		}
	}
}

// activeRows lists the rows of the window under which the four windows at a
// place have anything but zeros.
func (g ConvPool) activeRows(active *[maxWindow]int32, next []int32, row, at int) []int32 {
	n, end := 0, int32(at+g.Run+g.Channels)
	upper := next[row*g.RowSize+at] < end
	for i := range g.Height {
		lower := next[(row+i+1)*g.RowSize+at] < end
		if upper || lower {
			active[n] = int32(i)
			n++
		}
		upper = lower
	}
	return active[:n]
}
