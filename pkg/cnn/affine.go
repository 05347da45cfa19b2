package cnn

import (
	"fmt"

	"digits/internal/f32"
)

// Affine is a fully connected layer, y = W·x + b, over the flattened sample.
// Its weights are outputs × inputs, the inputs in CHW order.
type Affine struct {
	Outputs int `json:"outputs"`
}

func (Affine) kind() string { return "affine" }

func (l Affine) output(Shape) (Shape, error) {
	if l.Outputs < 1 || l.Outputs > maxDimension {
		return Shape{}, fmt.Errorf("it has %d outputs; 1 to %d are possible", l.Outputs, maxDimension)
	}
	return Shape{l.Outputs, 1, 1}, nil
}

func (l Affine) weightShape(in Shape) []int { return []int{l.Outputs, in.Size()} }

func (l Affine) forward(p *pass) {
	inputs := p.in.Size()
	f32.Gemm(false, true, p.n, l.Outputs, inputs, p.x, inputs, p.w, inputs, false, p.y, l.Outputs)
	for i := range p.n {
		y := p.y[i*l.Outputs:][:l.Outputs]
		for j, bias := range p.b {
			y[j] += bias
		}
	}
}

// backward: dW += dyᵀ·x, db += Σ dy, dx = dy·W.
func (l Affine) backward(p *pass) {
	inputs := p.in.Size()
	f32.Gemm(true, false, l.Outputs, inputs, p.n, p.dy, l.Outputs, p.x, inputs, true, p.dw, inputs)
	for i := range p.n {
		f32.Axpy(1, p.dy[i*l.Outputs:][:l.Outputs], p.db)
	}
	if p.dx != nil {
		f32.Gemm(false, false, p.n, inputs, l.Outputs, p.dy, l.Outputs, p.w, inputs, false, p.dx, inputs)
	}
}
