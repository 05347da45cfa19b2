package cnn

import "digits/internal/f32"

// GlobalAvgPool takes the mean of each channel over all positions: C×H×W become
// C×1×1 (Lin et al. 2014).
type GlobalAvgPool struct{}

func (GlobalAvgPool) kind() string { return "globalavgpool" }

func (GlobalAvgPool) output(in Shape) (Shape, error) { return Shape{in.C, 1, 1}, nil }

func (GlobalAvgPool) forward(p *pass) {
	clear(p.y)
	pixels, channels := p.in.H*p.in.W, p.in.C
	for i := range p.n {
		f32.AxpyRows(1/float32(pixels), pixels, channels, p.x[i*p.in.Size():], channels, p.y[i*channels:], 0)
	}
}

func (GlobalAvgPool) backward(p *pass) {
	if p.dx == nil {
		return
	}
	clear(p.dx)
	pixels, channels := p.in.H*p.in.W, p.in.C
	for i := range p.n {
		f32.AxpyRows(1/float32(pixels), pixels, channels, p.dy[i*channels:], 0, p.dx[i*p.in.Size():], channels)
	}
}
