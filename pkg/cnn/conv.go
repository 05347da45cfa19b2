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

// layout: the flat weights are C × H × W × filters, the window turned by 180
// degrees, so that the outputs which a pixel touches and the weights that it
// touches them with go in the same direction.
func (l Conv2D) layout(in Shape, visit func(file, at int)) {
	taps, file := l.Height*l.Width, 0
	for f := range l.Filters {
		for c := range in.C {
			for tap := range taps {
				visit(file, (c*taps+taps-1-tap)*l.Filters+f)
				file++
			}
		}
	}
}

// rowSize is the packed size of a row of the window: whole vectors, so that
// no kernel has a rest to care for.
func (l Conv2D) rowSize() int { return roundUp(l.Width * l.Filters) }

func (l Conv2D) packedSize(in Shape) int { return in.C * l.Height * l.rowSize() }

func (l Conv2D) pack(dst, w, _ []float32, in Shape) {
	size := l.Width * l.Filters
	for r := range in.C * l.Height {
		row := dst[r*l.rowSize():][:l.rowSize()]
		clear(row[copy(row, w[r*size:][:size]):])
	}
}

// scratch: packed weights or their gradients, transposed weights, sums.
func (l Conv2D) scratch(in, _ Shape) int {
	return max(product([]int{in.C, l.Height, l.rowSize()}), product(l.weightShape(in)), f32.Lanes()*l.Filters)
}

// forward: y = b + W ⋆ x.
func (l Conv2D) forward(p *pass) {
	packed := p.packed
	if packed == nil {
		packed = p.scratch[:l.packedSize(p.in)]
		l.pack(packed, p.w, p.b, p.in)
	}
	repeat(p.y, p.b)
	l.correlate(p, packed, p.y, false)
}

// correlate goes over the numbers v of the input that are not 0, each with the
// part of the turned window and the part of the output that meet at it. It
// adds v·weights to the outputs or, for the gradient, v·outputs to the weights.
func (l Conv2D) correlate(p *pass, weights, outputs []float32, gradient bool) {
	outputs = withSlack(outputs)
	for i := range p.n {
		x := p.x[i*p.in.Size():][:p.in.Size()]
		for row := range p.in.H {
			m := meeting{l: l, out: p.out, gradient: gradient}
			m.top, m.bottom = l.seenBy(row, l.Height, p.out.H)
			m.windowRow = l.Height - 1 - (row + l.Padding) + m.top*l.stride()
			pixels := x[row*p.in.W*p.in.C:][:p.in.W*p.in.C]
			for at, v := range pixels {
				if v == 0 {
					continue
				}
				m.add(v, at/p.in.C, at%p.in.C, weights, outputs[i*p.out.Size():])
			}
		}
	}
}

// meeting is what the pixels of one row have in common: the outputs' rows that
// see them, and the row of the turned window that lies on the first of these.
type meeting struct {
	l                      Conv2D
	out                    Shape
	top, bottom, windowRow int
	gradient               bool
}

func (m *meeting) add(v float32, col, channel int, weights, outputs []float32) {
	l, rowSize, stride := m.l, m.l.rowSize(), m.l.stride()
	left, right := l.seenBy(col, l.Width, m.out.W)
	windowCol := l.Width - 1 - (col + l.Padding) + left*stride
	if m.top >= m.bottom || left >= right {
		return
	}
	w := weights[(channel*l.Height+m.windowRow)*rowSize+windowCol*l.Filters:]
	o := outputs[(m.top*m.out.W+left)*l.Filters:]
	n, columns := l.Filters, right-left
	if stride == 1 {
		n, columns = columns*l.Filters, 1
		if windowCol*l.Filters+n == l.Width*l.Filters {
			n = rowSize - windowCol*l.Filters // on to the zeros behind the row: they add nothing
		}
	}
	for range columns {
		if m.gradient {
			f32.AxpyRows(v, m.bottom-m.top, n, o, m.out.W*l.Filters, w, stride*rowSize)
		} else {
			f32.AxpyRows(v, m.bottom-m.top, n, w, stride*rowSize, o, m.out.W*l.Filters)
		}
		w, o = w[min(stride*l.Filters, len(w)):], o[l.Filters:]
	}
}

// backward: dW += dy ⋆ x, db += Σ dy, dx = Wᵀ ⋆ dy.
func (l Conv2D) backward(p *pass) {
	packed, size := p.scratch[:l.packedSize(p.in)], l.Width*l.Filters
	clear(packed)
	l.correlate(p, packed, p.dy, true)
	for r := range p.in.C * l.Height {
		f32.Axpy(1, packed[r*l.rowSize():][:size], p.dw[r*size:])
	}
	l.sumBias(p)
	if p.dx != nil {
		l.backwardInput(p)
	}
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

// backwardInput adds, for every number of dy that is not 0, its filter to the
// window of dx that it came from.
func (l Conv2D) backwardInput(p *pass) {
	taps, window := l.Height*l.Width, l.Height*l.Width*p.in.C
	filters := p.scratch[:l.Filters*window] // filters × H × W × C
	for c := range p.in.C {
		for tap := range taps {
			for f, v := range p.w[(c*taps+taps-1-tap)*l.Filters:][:l.Filters] {
				filters[f*window+tap*p.in.C+c] = v
			}
		}
	}
	clear(p.dx)
	for i := range p.n {
		dx, dy := p.dx[i*p.in.Size():], p.dy[i*p.out.Size():]
		for row := range p.out.H {
			for col := range p.out.W {
				top, bottom, left, right := l.clip(p.in, row, col)
				first := ((top-row*l.stride()+l.Padding)*l.Width + left - col*l.stride() + l.Padding) * p.in.C
				for f, g := range dy[(row*p.out.W+col)*l.Filters:][:l.Filters] {
					if g != 0 && top < bottom && left < right {
						f32.AxpyRows(g, bottom-top, (right-left)*p.in.C, filters[f*window+first:], l.Width*p.in.C, dx[(top*p.in.W+left)*p.in.C:], p.in.W*p.in.C)
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
