package f32

import "math"

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
// the window over zeros are left out. occupied is working memory, Cols numbers
// for every input row.
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
func (g ConvPool) Forward(y, x, packed []float32, occupied []int32) {
	g.findOccupied(occupied, x)
	var active [maxColumns]uint32
	for r := range g.Rows {
		for first := 0; first < g.Cols; first += maxColumns {
			columns := active[:min(maxColumns, g.Cols-first)]
			g.findActive(columns, occupied[first:], 2*r)
			g.pixels(y[(r*g.Cols+first)*g.Filters:], x[2*r*g.RowSize+2*first*g.Channels:], packed, columns)
		}
	}
}

const (
	maxHeight  = 32 // rows of a window, a bit for each
	maxColumns = 64 // pixels whose active rows are found at once
)

// Fits reports whether the window is one that Forward can do, and does faster
// than separate passes.
func (g ConvPool) Fits() bool { return lanes() > 1 && g.Height <= maxHeight }

// findOccupied writes, for each input row and each column of the output, −1
// where its windows have a number in that row that is not 0, else 0.
func (g ConvPool) findOccupied(occupied []int32, x []float32) {
	for row := range 2*g.Rows + g.Height - 1 {
		numbers, columns := x[row*g.RowSize:][:g.RowSize], occupied[row*g.Cols:][:g.Cols]
		i, first := len(numbers), len(numbers) // from the right: where the first non-zero is
		for c := g.Cols - 1; c >= 0; c-- {
			start := 2 * c * g.Channels
			for i > start {
				i--
				if math.Float32bits(numbers[i])&^signBit != 0 {
					first = i
				}
			}
			columns[c] = int32((first - start - g.Run - g.Channels) >> 63)
		}
	}
}

const signBit = 1 << 31

// findActive sets, for each pixel of a pooled row, the bits of the rows of the
// window under which its four windows have anything but zeros.
func (g ConvPool) findActive(active []uint32, occupied []int32, row int) {
	clear(active)
	for i := range g.Height + 1 {
		line := occupied[(row+i)*g.Cols:][:len(active)]
		bits := uint32(3) << i >> 1 // an image row is under row i of the upper windows, row i−1 of the lower ones
		for c := range active {
			active[c] |= bits & uint32(line[c])
		}
	}
	for c := range active {
		active[c] &= 1<<g.Height - 1
	}
}
