package cnn

import (
	"fmt"

	"digits/internal/f32"
)

// Conv2D is a two-dimensional cross-correlation with a bias for each filter.
// In files its weights are OIHW.
//
// Pictures of ink, and what ReLU and max pooling leave of them, are mostly
// zeros. So all three passes go over the numbers that are not zero and add
// each one's share to the whole window that it touches, a few rows of
// consecutive numbers. The zeros are left out exactly: they would add 0.
type Conv2D struct {
	Filters int `json:"filters"`
	Window
}

func (Conv2D) kind() string { return "conv" }

func (l Conv2D) output(in Shape) (Shape, error) {
	if l.Filters < 1 || l.Filters > maxDimension {
		return Shape{}, fmt.Errorf("it has %d filters; 1 to %d are possible", l.Filters, maxDimension)
	}
	if l.Padding >= max(l.Height, l.Width, 1) {
		return Shape{}, fmt.Errorf("the padding %d is not less than the window %dx%d", l.Padding, l.Height, l.Width)
	}
	rows, cols, err := l.positions(in)
	return Shape{l.Filters, rows, cols}, err
}

func (l Conv2D) weightShape(in Shape) []int { return []int{l.Filters, in.C, l.Height, l.Width} }

// layout: the flat weights are filters × H × W × C, as the backward pass goes
// over them.
func (l Conv2D) layout(in Shape, visit func(file, at int)) {
	taps, file := l.Height*l.Width, 0
	for f := range l.Filters {
		for c := range in.C {
			for tap := range taps {
				visit(file, (f*taps+tap)*in.C+c)
				file++
			}
		}
	}
}

// The forward pass wants the weights as C × H × W × filters, the window turned
// by 180 degrees, so that the outputs which a pixel touches and the weights
// that it touches them with go in the same direction. A row of the window is
// filled up to whole vectors, so that no kernel has a rest to care for.

func (l Conv2D) rowSize() int { return roundUp(l.Width * l.Filters) }

func (l Conv2D) packedSize(in Shape) int { return in.C * l.Height * l.rowSize() }

func (l Conv2D) pack(dst, w, _ []float32, in Shape) {
	clear(dst)
	l.turned(in, func(at, packed int) { dst[packed] = w[at] })
}

// turned visits every weight with its index in the flat parameters and in the
// packed weights.
func (l Conv2D) turned(in Shape, visit func(at, packed int)) {
	at := 0
	for f := range l.Filters {
		for row := l.Height - 1; row >= 0; row-- {
			for col := l.Width - 1; col >= 0; col-- {
				for c := range in.C {
					visit(at, (c*l.Height+row)*l.rowSize()+col*l.Filters+f)
					at++
				}
			}
		}
	}
}

// scratch: the gradients of packed weights, or sums.
func (l Conv2D) scratch(in, _ Shape) int {
	return max(product([]int{in.C, l.Height, l.rowSize()}), f32.Lanes()*l.Filters)
}

// forward: y = b + W ⋆ x.
func (l Conv2D) forward(p *pass) {
	repeat(p.y, p.b)
	l.correlate(p, p.packed, p.y, false)
}

// correlate goes over the numbers v of the input that are not 0, each with the
// part of the turned window and the part of the output that meet at it. It
// adds v·weights to the outputs or, for the gradient, v·outputs to the weights.
func (l Conv2D) correlate(p *pass, weights, outputs []float32, gradient bool) {
	outputs = withSlack(outputs)
	channel := l.Height * l.rowSize()
	for i := range p.n {
		x, y := p.x[i*p.in.Size():], outputs[i*p.out.Size():]
		for row := range p.in.H {
			for col := range p.in.W {
				at := (row*p.in.W + col) * p.in.C
				if p.in.C == 1 && x[at] == 0 {
					continue
				}
				m := l.meet(row, col, p.out)
				for c, v := range x[at:][:p.in.C] {
					switch {
					case v == 0 || m.rows <= 0 || m.columns <= 0:
					case gradient:
						m.addToWeights(v, weights[c*channel+m.window:], y[m.output:])
					default:
						m.addToOutputs(v, weights[c*channel+m.window:], y[m.output:])
					}
				}
			}
		}
	}
}

// meeting is where the turned window, over all outputs that see a pixel, meets
// these: so many rows and columns of n numbers. With stride 1 a row is one
// column, because its numbers follow each other in both.
type meeting struct {
	rows, columns, n              int
	window, windowRow, windowStep int // where it begins, from row to row, from column to column
	output, outputRow, outputStep int
}

func (l Conv2D) meet(row, col int, out Shape) meeting {
	top, bottom := l.seenBy(row, l.Height, out.H)
	left, right := l.seenBy(col, l.Width, out.W)
	stride, rowSize := l.stride(), l.rowSize()
	windowCol := (l.Width - 1 - (col + l.Padding) + left*stride) * l.Filters
	m := meeting{
		rows: bottom - top, columns: right - left, n: l.Filters,
		window:    (l.Height-1-(row+l.Padding)+top*stride)*rowSize + windowCol,
		windowRow: stride * rowSize, windowStep: stride * l.Filters,
		output:    (top*out.W + left) * l.Filters,
		outputRow: out.W * l.Filters, outputStep: l.Filters,
	}
	if stride == 1 {
		m.n, m.columns = m.columns*l.Filters, min(m.columns, 1)
		if windowCol+m.n == l.Width*l.Filters {
			m.n = rowSize - windowCol // on to the zeros behind the row: they add nothing
		}
	}
	return m
}

func (m *meeting) addToOutputs(v float32, w, y []float32) {
	for c := range m.columns {
		f32.AxpyRows(v, m.rows, m.n, w[c*m.windowStep:], m.windowRow, y[c*m.outputStep:], m.outputRow)
	}
}

func (m *meeting) addToWeights(v float32, dw, dy []float32) {
	for c := range m.columns {
		f32.AxpyRows(v, m.rows, m.n, dy[c*m.outputStep:], m.outputRow, dw[c*m.windowStep:], m.windowRow)
	}
}

// backward: dW += dy ⋆ x, db += Σ dy, dx = Wᵀ ⋆ dy. The first layer goes over
// the picture; the others over dy, which behind pooling has the fewest numbers
// that are not 0.
func (l Conv2D) backward(p *pass) {
	l.sumBias(p)
	if p.dx != nil {
		l.backwardFrom(p)
		return
	}
	gradients := p.scratch[:l.packedSize(p.in)]
	clear(gradients)
	l.correlate(p, gradients, p.dy, true)
	l.turned(p.in, func(at, packed int) { p.dw[at] += gradients[packed] })
}

// sumBias adds all rows of dy to db, a vector's worth of rows at a time.
func (l Conv2D) sumBias(p *pass) {
	group := f32.Lanes() * l.Filters
	sums := p.scratch[:group]
	clear(sums)
	whole := len(p.dy) / group
	f32.AxpyRows(1, whole, group, p.dy, group, sums, 0)
	f32.AxpyRows(1, (len(p.dy)-whole*group)/l.Filters, l.Filters, p.dy[whole*group:], l.Filters, sums, 0)
	f32.AxpyRows(1, f32.Lanes(), l.Filters, sums, l.Filters, p.db, 0)
}

// backwardFrom goes over the numbers g of dy that are not 0. Each adds g·filter
// to the window of dx that it came from, and g·window of x to the filter's
// gradient.
func (l Conv2D) backwardFrom(p *pass) {
	window := l.Height * l.Width * p.in.C
	clear(p.dx)
	for i := range p.n {
		x, dx, dy := p.x[i*p.in.Size():], p.dx[i*p.in.Size():], p.dy[i*p.out.Size():]
		for row := range p.out.H {
			for col := range p.out.W {
				top, bottom, left, right := l.clip(p.in, row, col)
				first := ((top-row*l.stride()+l.Padding)*l.Width + left - col*l.stride() + l.Padding) * p.in.C
				rows, n, at := bottom-top, (right-left)*p.in.C, (top*p.in.W+left)*p.in.C
				for f, g := range dy[(row*p.out.W+col)*l.Filters:][:l.Filters] {
					if g != 0 && rows > 0 && n > 0 {
						f32.AxpyRows(g, rows, n, p.w[f*window+first:], l.Width*p.in.C, dx[at:], p.in.W*p.in.C)
						f32.AxpyRows(g, rows, n, x[at:], p.in.W*p.in.C, p.dw[f*window+first:], l.Width*p.in.C)
					}
				}
			}
		}
	}
}

// repeat fills y with copies of b.
func repeat(y, b []float32) {
	for filled := copy(y, b); filled < len(y); filled *= 2 {
		copy(y[filled:], y[:filled])
	}
}
