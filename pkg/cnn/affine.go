package cnn

import (
	"fmt"

	"digits/internal/f32"
)

// Affine is a fully connected layer, y = W·x + b, over the flattened sample.
// In files its weights are outputs × inputs, the inputs in CHW order.
type Affine struct {
	Outputs int `json:"outputs"`
}

func isAffine(layer Layer) bool {
	_, affine := layer.(Affine)
	return affine
}

func (Affine) kind() string { return "affine" }

func (l Affine) output(Shape) (Shape, error) {
	if l.Outputs < 1 || l.Outputs > maxDimension {
		return Shape{}, fmt.Errorf("it has %d outputs; 1 to %d are possible", l.Outputs, maxDimension)
	}
	return Shape{l.Outputs, 1, 1}, nil
}

func (l Affine) weightShape(in Shape) []int { return []int{l.Outputs, in.Size()} }

// layout: the flat weights are outputs × inputs, the inputs in HWC order.
func (l Affine) layout(in Shape, visit func(file, at int)) {
	pixels, file := in.H*in.W, 0
	for o := range l.Outputs {
		for c := range in.C {
			for pixel := range pixels {
				visit(file, o*in.Size()+pixel*in.C+c)
				file++
			}
		}
	}
}

// In inference the weights are packed as inputs × outputs, so that the outputs
// fill vectors and inputs that are 0 are left out with their weights, which
// is most of the memory traffic. Samples go through them in groups, and each
// group through some rows of weights at a time, which stay in the cache.
const (
	affineGroup = 16
	affineRows  = 256
)

func (l Affine) packedSize(in Shape) int { return in.Size() * f32.PackedWidth(l.Outputs) }

func (l Affine) pack(dst, w, _ []float32, in Shape) {
	width := f32.PackedWidth(l.Outputs)
	for o := range l.Outputs {
		at := o
		for _, v := range w[o*in.Size():][:in.Size()] {
			dst[at] = v
			at += width
		}
	}
}

// scratch: the sums of a group.
func (l Affine) scratch(_, _ Shape) int { return denseGroup * f32.PackedWidth(l.Outputs) }

// memo: the places of inputs that are not 0.
func (l Affine) memo(_, _ Shape) int { return f32.IndexSize }

func (l Affine) forward(p *pass) {
	if p.packed == nil {
		l.forwardDense(p)
		return
	}
	inputs, width := p.in.Size(), f32.PackedWidth(l.Outputs)
	for first := 0; first < p.n; first += affineGroup {
		group := min(affineGroup, p.n-first)
		sums := p.scratch[:group*width]
		clear(sums)
		for i := range group {
			copy(sums[i*width:], p.b)
		}
		for row := 0; row < inputs; row += affineRows {
			rows := min(affineRows, inputs-row)
			weights := p.packed[row*width:][:rows*width]
			for i := range group {
				f32.AddRows(sums[i*width:][:width], p.x[(first+i)*inputs+row:][:rows], weights, p.memo)
			}
		}
		for i := range group {
			copy(p.y[(first+i)*l.Outputs:][:l.Outputs], sums[i*width:])
		}
	}
}

// denseGroup is how many samples training computes at once.
const denseGroup = 64

// forwardDense is the form of training, whose weights change at every step: it
// computes yᵀ = W·xᵀ, because the product has to turn its second factor, and a
// group of samples is smaller than the weights.
func (l Affine) forwardDense(p *pass) {
	inputs := p.in.Size()
	for first := 0; first < p.n; first += denseGroup {
		group := min(denseGroup, p.n-first)
		turned, y := p.scratch[:l.Outputs*group], p.y[first*l.Outputs:]
		f32.Gemm(false, true, l.Outputs, group, inputs, p.w, inputs, p.x[first*inputs:], inputs, false, turned, group)
		f32.Turn(y, l.Outputs, turned, group, l.Outputs, group)
	}
	f32.AxpyRows(1, p.n, l.Outputs, p.b, 0, p.y, l.Outputs)
}

// backward: dW = dyᵀ·x, db += Σ dy, dx = dy·W.
func (l Affine) backward(p *pass) {
	inputs := p.in.Size()
	f32.Gemm(true, false, l.Outputs, inputs, p.n, p.dy, l.Outputs, p.x, inputs, false, p.dw, inputs)
	f32.AxpyRows(1, p.n, l.Outputs, p.dy, l.Outputs, p.db, 0)
	if p.dx != nil {
		f32.Gemm(false, false, p.n, inputs, l.Outputs, p.dy, l.Outputs, p.w, inputs, false, p.dx, inputs)
	}
}
