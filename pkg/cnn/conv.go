package cnn

import (
	"fmt"

	"digits/internal/f32"
)

// Conv2D is a two-dimensional cross-correlation with a bias for each filter.
// In files its weights are OIHW.
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

// layout: the flat weights are H × W × C × filters, in the order in which the
// kernels go over a window.
func (l Conv2D) layout(in Shape, visit func(file, at int)) {
	taps, file := l.Height*l.Width, 0
	for f := range l.Filters {
		for c := range in.C {
			for tap := range taps {
				visit(file, (tap*in.C+c)*l.Filters+f)
				file++
			}
		}
	}
}

// padded returns the shape of the input with its padding.
func (l Conv2D) padded(in Shape) Shape { return Shape{in.C, in.H + 2*l.Padding, in.W + 2*l.Padding} }

// kernel is the geometry of the forward pass over the padded input.
func (l Conv2D) kernel(in Shape) f32.Conv {
	wide := l.padded(in)
	row := wide.W * in.C
	return f32.Conv{Height: l.Height, Run: l.Width * in.C, RowSize: row, Step: l.stride() * in.C, Down: l.stride() * row,
		Rows: (wide.H-l.Height)/l.stride() + 1, Cols: (wide.W-l.Width)/l.stride() + 1, Filters: l.Filters}
}

func (l Conv2D) packedSize(in Shape) int { return l.kernel(in).PackedSize() }

func (l Conv2D) pack(dst, w, b []float32, in Shape) { l.kernel(in).Pack(dst, w, b) }

// scratch: the kernel's and the padded input.
func (l Conv2D) scratch(in, _ Shape) int {
	if product([]int{in.C, l.gradient(in).PlaneSize}) > maxSample {
		return maxSample + 1
	}
	return l.kernel(in).ScratchSize() + l.padded(in).Size()
}

// forward: y = b + W ⋆ x.
func (l Conv2D) forward(p *pass) {
	kernel := l.kernel(p.in)
	padding := p.scratch[kernel.ScratchSize():]
	for i := range p.n {
		kernel.Forward(p.y[i*p.out.Size():], l.pad(padding, p.in, p.x[i*p.in.Size():]), p.packed, p.scratch)
	}
}

// pad returns a sample with its padding around it: see surrounded.
func (l Conv2D) pad(dst []float32, in Shape, x []float32) []float32 {
	return surrounded(dst, in, l.Padding, x)
}

// surrounded returns a sample with so many zeros around it: itself with none,
// else a copy in dst.
func surrounded(dst []float32, in Shape, zeros int, x []float32) []float32 {
	if zeros == 0 {
		return x[:in.Size()]
	}
	wide := Shape{in.C, in.H + 2*zeros, in.W + 2*zeros}
	dst = dst[:wide.Size()]
	clear(dst)
	for row := range in.H {
		copy(dst[((row+zeros)*wide.W+zeros)*in.C:], x[row*in.W*in.C:][:in.W*in.C])
	}
	return dst
}
