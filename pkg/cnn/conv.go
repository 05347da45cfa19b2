package cnn

import (
	"fmt"

	"digits/internal/f32"
)

// Conv2D is a two-dimensional cross-correlation with a bias for each filter,
// as im2col followed by a matrix product. Its weights are OIHW.
type Conv2D struct {
	Filters int `json:"filters"`
	Window
}

func (Conv2D) kind() string { return "conv" }

func (l Conv2D) output(in Shape) (Shape, error) {
	if l.Filters < 1 || l.Filters > maxDimension {
		return Shape{}, fmt.Errorf("it has %d filters; 1 to %d are possible", l.Filters, maxDimension)
	}
	rows, cols, err := l.positions(in)
	return Shape{l.Filters, rows, cols}, err
}

func (l Conv2D) weightShape(in Shape) []int { return []int{l.Filters, in.C, l.Height, l.Width} }

func (l Conv2D) scratch(in, out Shape) int {
	return product([]int{in.C, l.Height, l.Width, out.H, out.W})
}

// forward: y = W·im2col(x) + b, an image at a time.
func (l Conv2D) forward(p *pass) {
	taps, positions := p.in.C*l.Height*l.Width, p.out.H*p.out.W
	columns := p.scratch[:taps*positions]
	for i := range p.n {
		y := p.y[i*p.out.Size():][:p.out.Size()]
		l.im2col(columns, p.x[i*p.in.Size():], p.in, p.out)
		f32.Gemm(false, false, l.Filters, positions, taps, p.w, taps, columns, positions, false, y, positions)
		for f, bias := range p.b {
			f32.AddConstant(y[f*positions:][:positions], bias)
		}
	}
}

// backward: dW += dy·im2col(x)ᵀ, db += Σ dy, dx = col2im(Wᵀ·dy).
func (l Conv2D) backward(p *pass) {
	taps, positions := p.in.C*l.Height*l.Width, p.out.H*p.out.W
	columns := p.scratch[:taps*positions]
	for i := range p.n {
		dy := p.dy[i*p.out.Size():][:p.out.Size()]
		l.im2col(columns, p.x[i*p.in.Size():], p.in, p.out)
		f32.Gemm(false, true, l.Filters, taps, positions, dy, positions, columns, positions, true, p.dw, taps)
		for f := range p.db {
			p.db[f] += f32.Sum(dy[f*positions:][:positions])
		}
		if p.dx == nil {
			continue
		}
		dx := p.dx[i*p.in.Size():][:p.in.Size()]
		clear(dx)
		f32.Gemm(true, false, taps, positions, l.Filters, p.w, taps, dy, positions, false, columns, positions)
		l.col2im(dx, columns, p.in, p.out)
	}
}
