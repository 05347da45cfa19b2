package cnn

import "digits/internal/f32"

// MaxPool takes the maximum of each window. Padding never wins: a window is
// clipped to the image. The first of equal values gets the gradient.
type MaxPool struct{ Window }

func (MaxPool) kind() string { return "maxpool" }

func (l MaxPool) output(in Shape) (Shape, error) { return l.pooled(in) }

// memo: where in the sample each maximum was.
func (l MaxPool) memo(_, out Shape) int {
	if l.pairs() {
		return 0
	}
	return out.Size()
}

// pairs reports whether this is the most frequent window, 2x2 with stride 2,
// which has its own kernels.
func (l MaxPool) pairs() bool { return l.Window == Window{2, 2, 2, 0} }

func (l MaxPool) forward(p *pass) {
	if l.pairs() {
		eachPairOfRows(p, func(upper, lower, out int) {
			size, row := p.out.W*p.out.C, p.in.W*p.in.C
			f32.MaxPairs(p.y[out:][:size], p.x[upper:][:row], p.x[lower:][:row], p.in.C)
		})
		return
	}
	o := 0
	for i := range p.n {
		x := p.x[i*p.in.Size():][:p.in.Size()]
		for row := range p.out.H {
			for col := range p.out.W {
				for c := range p.in.C {
					best := l.argMax(x, p.in, row, col, c)
					p.y[o] = x[best]
					if p.memo != nil {
						p.memo[o] = int32(best)
					}
					o++
				}
			}
		}
	}
}

// eachPairOfRows visits the places of two input rows and of the output row
// that they give.
func eachPairOfRows(p *pass, visit func(upper, lower, out int)) {
	rowIn, rowOut := p.in.W*p.in.C, p.out.W*p.out.C
	for i := range p.n {
		for row := range p.out.H {
			upper := i*p.in.Size() + 2*row*rowIn
			visit(upper, upper+rowIn, i*p.out.Size()+row*rowOut)
		}
	}
}

// argMax returns the index in the sample of the largest value of a window in
// one channel. A NaN wins over everything, so that it is seen.
func (l MaxPool) argMax(x []float32, in Shape, row, col, channel int) int {
	top, bottom, left, right := l.clip(in, row, col)
	best := (top*in.W+left)*in.C + channel
	for y := top; y < bottom; y++ {
		for i := y*in.W + left; i < y*in.W+right; i++ {
			if at := i*in.C + channel; x[at] > x[best] || x[at] != x[at] {
				best = at
			}
		}
	}
	return best
}

func (l MaxPool) backward(p *pass) {
	if p.dx == nil {
		return
	}
	if l.pairs() {
		l.backwardPairs(p)
		return
	}
	clear(p.dx)
	for i := range p.n {
		dx := p.dx[i*p.in.Size():][:p.in.Size()]
		for o := i * p.out.Size(); o < (i+1)*p.out.Size(); o++ {
			dx[p.memo[o]] += p.dy[o]
		}
	}
}

func (l MaxPool) backwardPairs(p *pass) {
	if p.in.H%2 != 0 || p.in.W%2 != 0 {
		clear(p.dx) // the last row or column belongs to no window
	}
	size, row := p.out.W*p.out.C, p.in.W*p.in.C
	eachPairOfRows(p, func(upper, lower, out int) {
		f32.MaxPairsGradient(p.dx[upper:][:row], p.dx[lower:][:row], p.dy[out:][:size], p.y[out:][:size],
			p.x[upper:][:row], p.x[lower:][:row], p.in.C)
	})
}

// AvgPool takes the mean of each window. Padding counts as zeros, so every sum
// is divided by the size of the whole window.
type AvgPool struct{ Window }

func (AvgPool) kind() string { return "avgpool" }

func (l AvgPool) output(in Shape) (Shape, error) { return l.pooled(in) }

func (l AvgPool) forward(p *pass) {
	clear(p.y)
	l.each(p, func(in, cols, out int) {
		f32.AxpyRows(l.share(), cols, p.in.C, p.x[in:], p.in.C, p.y[out:], 0)
	})
}

func (l AvgPool) backward(p *pass) {
	if p.dx == nil {
		return
	}
	clear(p.dx)
	l.each(p, func(in, cols, out int) {
		f32.AxpyRows(l.share(), cols, p.in.C, p.dy[out:], 0, p.dx[in:], p.in.C)
	})
}

// share is what a pixel contributes.
func (l AvgPool) share() float32 { return 1 / float32(l.Height*l.Width) }

// each visits every row of every window: the place of its first pixel, how
// many pixels it has, and the place of the window's output.
func (l AvgPool) each(p *pass, visit func(in, cols, out int)) {
	out := 0
	for i := range p.n {
		for row := range p.out.H {
			for col := range p.out.W {
				top, bottom, left, right := l.clip(p.in, row, col)
				for y := top; y < bottom; y++ {
					visit(i*p.in.Size()+(y*p.in.W+left)*p.in.C, right-left, out)
				}
				out += p.out.C
			}
		}
	}
}
