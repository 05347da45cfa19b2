package cnn

import "digits/internal/f32"

// MaxPool takes the maximum of each window. Padding never wins: a window is
// clipped to the image. The first of equal values gets the gradient.
type MaxPool struct{ Window }

func (MaxPool) kind() string { return "maxpool" }

func (l MaxPool) output(in Shape) (Shape, error) { return l.pooled(in) }

// scratch: a row for forwardPairs.
func (MaxPool) scratch(in, _ Shape) int { return in.W }

// memo: where in the sample each maximum was.
func (MaxPool) memo(_, out Shape) int { return out.Size() }

func (l MaxPool) forward(p *pass) {
	if l.Window == (Window{2, 2, 2, 0}) {
		l.forwardPairs(p)
		return
	}
	plane, o := p.in.H*p.in.W, 0
	for at := 0; at < p.n*p.in.Size(); at += plane {
		x := p.x[at:][:plane]
		for row := range p.out.H {
			for col := range p.out.W {
				best := l.argMax(x, p.in, row, col)
				p.y[o] = x[best]
				if p.memo != nil {
					p.memo[o] = int32(best)
				}
				o++
			}
		}
	}
}

// forwardPairs is forward for the most frequent window, 2x2 with stride 2.
func (l MaxPool) forwardPairs(p *pass) {
	width, o := p.in.W, 0
	for plane := range p.n * p.in.C {
		for row := range p.out.H {
			start := 2 * row * width
			upper := p.x[plane*p.in.H*width+start:][:width]
			lower := p.x[plane*p.in.H*width+start+width:][:width]
			y, larger := p.y[o:][:p.out.W], p.scratch[:width]
			f32.Max(larger, upper, lower)
			for col := range y {
				y[col] = max(larger[2*col], larger[2*col+1])
			}
			if p.memo != nil {
				locatePairs(p.memo[o:][:p.out.W], y, upper, lower, start, width)
			}
			o += p.out.W
		}
	}
}

// locatePairs finds the first of the four pixels that is the maximum, without
// branches that a processor would have to guess.
func locatePairs(memo []int32, y, upper, lower []float32, start, width int) {
	for col, best := range y {
		i := 2 * col
		at := start + width + i + 1
		if lower[i] == best {
			at = start + width + i
		}
		if upper[i+1] == best {
			at = start + i + 1
		}
		if upper[i] == best {
			at = start + i
		}
		memo[col] = int32(at)
	}
}

// argMax returns the index in the plane of the largest value of a window. A
// NaN wins over everything, so that it is seen.
func (l MaxPool) argMax(plane []float32, in Shape, row, col int) int {
	top, bottom, left, right := l.clip(in, row, col)
	best := top*in.W + left
	for y := top; y < bottom; y++ {
		for i := y*in.W + left; i < y*in.W+right; i++ {
			if plane[i] > plane[best] || plane[i] != plane[i] {
				best = i
			}
		}
	}
	return best
}

func (l MaxPool) backward(p *pass) {
	if p.dx == nil {
		return
	}
	clear(p.dx[:p.n*p.in.Size()])
	planeIn, planeOut := p.in.H*p.in.W, p.out.H*p.out.W
	for c := range p.n * p.in.C {
		dx := p.dx[c*planeIn:][:planeIn]
		for i := c * planeOut; i < (c+1)*planeOut; i++ {
			dx[p.memo[i]] += p.dy[i]
		}
	}
}

// AvgPool takes the mean of each window. Padding counts as zeros, so every sum
// is divided by the size of the whole window.
type AvgPool struct{ Window }

func (AvgPool) kind() string { return "avgpool" }

func (l AvgPool) output(in Shape) (Shape, error) { return l.pooled(in) }

func (l AvgPool) forward(p *pass) {
	plane, o := p.in.H*p.in.W, 0
	scale := 1 / float32(l.Height*l.Width)
	for at := 0; at < p.n*p.in.Size(); at += plane {
		x := p.x[at:][:plane]
		for row := range p.out.H {
			for col := range p.out.W {
				var total float32
				top, bottom, left, right := l.clip(p.in, row, col)
				for y := top; y < bottom; y++ {
					total += f32.Sum(x[y*p.in.W+left : y*p.in.W+right])
				}
				p.y[o] = total * scale
				o++
			}
		}
	}
}

func (l AvgPool) backward(p *pass) {
	if p.dx == nil {
		return
	}
	clear(p.dx[:p.n*p.in.Size()])
	plane, o := p.in.H*p.in.W, 0
	scale := 1 / float32(l.Height*l.Width)
	for at := 0; at < p.n*p.in.Size(); at += plane {
		dx := p.dx[at:][:plane]
		for row := range p.out.H {
			for col := range p.out.W {
				share := p.dy[o] * scale
				o++
				top, bottom, left, right := l.clip(p.in, row, col)
				for y := top; y < bottom; y++ {
					for i := y*p.in.W + left; i < y*p.in.W+right; i++ {
						dx[i] += share
					}
				}
			}
		}
	}
}
