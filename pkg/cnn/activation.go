package cnn

import (
	"math"

	"digits/internal/f32"
)

// ReLU is max(x, 0), element by element.
type ReLU struct{}

func (ReLU) kind() string { return "relu" }

func (ReLU) output(in Shape) (Shape, error) { return in, nil }

func (ReLU) forward(p *pass) {
	f32.ReLU(p.y, p.x[:p.n*p.in.Size()])
}

// backward: the output tells which elements passed, so no mask is kept.
func (ReLU) backward(p *pass) {
	if p.dx == nil {
		return
	}
	f32.ReLUGradient(p.dx, p.dy, p.y[:p.n*p.in.Size()])
}

// Sigmoid is 1 / (1 + e^−x), element by element.
type Sigmoid struct{}

func (Sigmoid) kind() string { return "sigmoid" }

func (Sigmoid) output(in Shape) (Shape, error) { return in, nil }

func (Sigmoid) forward(p *pass) {
	y := p.y[:p.n*p.in.Size()]
	for i, v := range p.x[:len(y)] {
		y[i] = float32(1 / (1 + math.Exp(-float64(v))))
	}
}

func (Sigmoid) backward(p *pass) {
	if p.dx == nil {
		return
	}
	for i, y := range p.y[:p.n*p.in.Size()] {
		p.dx[i] = p.dy[i] * y * (1 - y)
	}
}

// Tanh is the hyperbolic tangent, element by element.
type Tanh struct{}

func (Tanh) kind() string { return "tanh" }

func (Tanh) output(in Shape) (Shape, error) { return in, nil }

func (Tanh) forward(p *pass) {
	y := p.y[:p.n*p.in.Size()]
	for i, v := range p.x[:len(y)] {
		y[i] = float32(math.Tanh(float64(v)))
	}
}

func (Tanh) backward(p *pass) {
	if p.dx == nil {
		return
	}
	for i, y := range p.y[:p.n*p.in.Size()] {
		p.dx[i] = p.dy[i] * (1 - y*y)
	}
}
