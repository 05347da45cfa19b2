package f32

import "math"

// ConvPool is the geometry of a convolution without padding, of 2×2 max
// pooling with stride 2, and of ReLU, in one pass, channels last. Conv's Rows
// and Cols are those of the pooled output, Step and Down go from window to
// window before the pooling.
type ConvPool struct{ Conv }

// Fits reports whether the window is one that Forward can do.
func (g ConvPool) Fits() bool { return g.Height <= maxRows }

// Slack is how far behind y and winners Forward may write.
func Slack() int { return tileWidth() }

// Forward computes y, Rows × Cols × Filters, from one image. NaN in any of a
// maximum's windows wins. The weights must be finite: rows of the window over
// zeros are left out. Unless it is nil, winners gets for each output which of
// the four windows was the largest, the first of equals, and −1 where ReLU
// made it 0. Working memory are occupied, Cols numbers for every image row, and
// scratch, ScratchSize numbers.
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
func (g ConvPool) Forward(y []float32, winners []int32, x, packed []float32, occupied []int32, scratch []float32) {
	g.findOccupied(occupied, x)
	width, taps := tileWidth(), g.Height*g.Run
	var active [maxColumns]uint32
	for r := range g.Rows {
		for start := 0; start < g.Cols; start += maxColumns {
			columns := active[:min(maxColumns, g.Cols-start)]
			g.findActive(columns, occupied[start:], 2*r)
			for c, rows := range columns {
				pixel, image := (r*g.Cols+start+c)*g.Filters, x[2*r*g.Down+2*(start+c)*g.Step:]
				for first := 0; first < g.Filters; first += width {
					weights := packed[first*(taps+1):][:(taps+1)*width]
					tile(scratch, width, nil, 0, rows, g.Run, image, g.Step, g.Down, g.Down+g.Step, g.RowSize, weights)
					var won []int32
					if winners != nil {
						won = winners[pixel+first:]
					}
					poolTile(y[pixel+first:], won, scratch[:4*width], weights[taps*width:])
				}
			}
		}
	}
}

// Backward writes the gradient before pooling and ReLU as ConvGradient, which
// is that of the same convolution, wants it, from dy and the winners. Behind
// these there must be room for Slack numbers.
//
//	for r, c, f := range Rows, Cols, Filters {
//		for q := range 4 { d(2*r+q/2, 2*c+q%2, f) = dy[r][c][f] if winners[r][c][f] == q, else 0 }
//	}
func (g ConvPool) Backward(to ConvGradient, d, dy []float32, winners []int32) {
	width := tileWidth()
	to.clearGaps(d)
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

// maxColumns is how many pixels' active rows are found at once.
const maxColumns = 64

// findOccupied writes, for each image row and each column of the output, −1
// where its windows have a number in that row that is not 0, else 0.
func (g ConvPool) findOccupied(occupied []int32, x []float32) {
	stride := g.Down / g.RowSize
	for row := range (2*g.Rows-1)*stride + g.Height {
		numbers, columns := x[row*g.RowSize:][:g.RowSize], occupied[row*g.Cols:][:g.Cols]
		i, first := len(numbers), len(numbers) // from the right: where the first non-zero is
		for c := g.Cols - 1; c >= 0; c-- {
			start := 2 * c * g.Step
			for i > start {
				i--
				if math.Float32bits(numbers[i])&^signBit != 0 {
					first = i
				}
			}
			columns[c] = int32((first - start - g.Run - g.Step) >> 63)
		}
	}
}

const signBit = 1 << 31

// findActive sets, for each pixel of a pooled row, the bits of the rows of the
// window under which its four windows have anything but zeros.
func (g ConvPool) findActive(active []uint32, occupied []int32, row int) {
	clear(active)
	stride := g.Down / g.RowSize
	for i := range g.Height + stride {
		line := occupied[(row*stride+i)*g.Cols:][:len(active)]
		bits := uint64(1)<<i | uint64(1)<<i>>stride // an image row is under row i of the upper windows, row i−stride of the lower ones
		for c := range active {
			active[c] |= uint32(bits) & uint32(line[c])
		}
	}
	for c := range active {
		active[c] &= allRows(g.Height)
	}
}
