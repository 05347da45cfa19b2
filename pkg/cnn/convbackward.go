package cnn

import "digits/internal/f32"

// The backward pass of a convolution: the weights' gradient correlates the
// input with the output's gradient, and the input's gradient is a convolution
// of that with the weights turned by 180 degrees. A stride leaves gaps between
// the outputs, which count as zeros.

// gradient is the geometry of the weights' gradient.
func (l Conv2D) gradient(in Shape) f32.ConvGradient {
	wide := l.padded(in)
	return f32.ConvGradient{Channels: in.C, Height: l.Height, Width: l.Width, PlaneSize: wide.H * wide.W, RowSize: wide.W,
		Rows: (wide.H-l.Height)/l.stride()*l.stride() + 1, Cols: (wide.W-l.Width)/l.stride()*l.stride() + 1, Filters: l.Filters}
}

// inputBuffer is the shape of the output's gradient as the input's gradient
// wants it, with room around it.
func (l Conv2D) inputBuffer(in Shape) Shape {
	return Shape{l.Filters, in.H + l.Height - 1, in.W + l.Width - 1}
}

// inputKernel is the geometry of the input's gradient over its buffer.
func (l Conv2D) inputKernel(in Shape) f32.Conv {
	row := (in.W + l.Width - 1) * l.Filters
	return f32.Conv{Height: l.Height, Run: l.Width * l.Filters, RowSize: row, Step: l.Filters, Down: row,
		Rows: in.H, Cols: in.W, Filters: in.C}
}

// For a step of training the weights are packed twice, for the pass forward
// and turned for the input's gradient.

func (l Conv2D) stepPackedSize(in Shape) int { return l.packedSize(in) + l.inputPackedSize(in) }

func (l Conv2D) packStep(dst, w, b []float32, in Shape) {
	size := l.packedSize(in)
	l.pack(dst[:size], w, b, in)
	l.packInput(dst[size:], w, in)
}

func (l Conv2D) inputPackedSize(in Shape) int {
	return l.inputKernel(in).PackedSize() + product(l.weightShape(in))
}

// packInput packs the turned weights; behind them is room to turn them.
func (l Conv2D) packInput(dst, w []float32, in Shape) {
	kernel := l.inputKernel(in)
	turned := dst[kernel.PackedSize():][:len(w)]
	taps := l.Height * l.Width
	for tap := range taps {
		from, to := w[tap*in.C*l.Filters:], turned[(taps-1-tap)*in.C*l.Filters:]
		transpose(to[:in.C*l.Filters], from, in.C, l.Filters)
	}
	kernel.Pack(dst, turned, nil)
}

// stepScratch: the kernels', the padded input, the output's gradient as the
// input's wants it, and what the weights' gradient needs.
func (l Conv2D) stepScratch(in, _ Shape) int {
	if kernel := l.kernel(in); kernel.PatchesFit() {
		return l.kernelScratch(in) + l.padded(in).Size() + l.inputBuffer(in).Size() + kernel.PatchScratchSize()
	}
	return l.rowScratch(in)
}

// rowScratch is stepScratch for backwardFrom.
func (l Conv2D) rowScratch(in Shape) int {
	g := l.gradient(in)
	return l.kernelScratch(in) + l.padded(in).Size() + l.inputBuffer(in).Size() + g.OutputSize() + g.Taps()*g.PackedFilters()
}

// kernelScratch is how many numbers of working memory the gradients of the bias
// and of the input need, one after the other.
func (l Conv2D) kernelScratch(in Shape) int {
	return max(f32.TileSize, l.inputKernel(in).ScratchSize())
}

// backward: dW += dy ⋆ x, db += Σ dy, dx = Wᵀ ⋆ dy.
func (l Conv2D) backward(p *pass) {
	if kernel := l.kernel(p.in); kernel.PatchesFit() {
		l.backwardPatches(p, kernel)
		return
	}
	l.backwardFrom(p, p.packed[l.packedSize(p.in):], func(g f32.ConvGradient, packed []float32, sample int) {
		g.PackOutput(packed, p.dy[sample*p.out.Size():], l.stride())
	})
}

// backwardPatches is the backward pass of windows of 3×3.
func (l Conv2D) backwardPatches(p *pass, kernel f32.Conv) {
	work, rest := p.scratch[:l.kernelScratch(p.in)], p.scratch[l.kernelScratch(p.in):]
	padding, rest := rest[:l.padded(p.in).Size()], rest[l.padded(p.in).Size():]
	buffer, rest := rest[:l.inputBuffer(p.in).Size()], rest[l.inputBuffer(p.in).Size():]
	sum, turned, size := kernel.NewPatchGradient(rest), p.packed[l.packedSize(p.in):], p.out.Size()
	for i := range p.n {
		dy := p.dy[i*size:][:size]
		sum.Add(l.pad(padding, p.in, p.x[i*p.in.Size():]), dy)
		f32.AxpyRows(1, size/l.Filters, l.Filters, dy, l.Filters, p.db, 0)
		if p.dx != nil {
			l.inputKernel(p.in).Forward(p.dx[i*p.in.Size():], surrounded(buffer, p.out, l.Height-1-l.Padding, dy), turned, work)
		}
	}
	sum.AddTo(p.dw)
}

// backwardFrom is the backward pass with the weights turned and packed, for
// gradients of the output that pack brings into the form of the kernel.
func (l Conv2D) backwardFrom(p *pass, turned []float32, pack func(g f32.ConvGradient, packed []float32, sample int)) {
	g := l.gradient(p.in)
	rest := p.scratch
	take := func(n int) []float32 {
		part := rest[:n:n]
		rest = rest[n:]
		return part
	}
	work, planes, dy := take(l.kernelScratch(p.in)), take(l.padded(p.in).Size()), take(g.OutputSize())
	dw := take(g.Taps() * g.PackedFilters())
	clear(dw)
	for i := range p.n {
		pack(g, dy, i)
		g.Add(dw, l.planes(planes, p.in, p.x[i*p.in.Size():]), dy)
		g.AddBias(p.db, dy, work)
		if p.dx != nil {
			l.inputGradient(p, g, i, turned, dy, rest, work)
		}
	}
	l.addWeights(p.dw, dw, g)
}

// planes returns a padded sample channels first.
func (l Conv2D) planes(dst []float32, in Shape, x []float32) []float32 {
	if in.C == 1 {
		return l.pad(dst, in, x)
	}
	wide := l.padded(in)
	if l.Padding > 0 {
		clear(dst)
	}
	for row := range in.H {
		f32.Turn(dst[(row+l.Padding)*wide.W+l.Padding:], wide.H*wide.W, x[row*in.W*in.C:], in.C, in.W, in.C)
	}
	return dst
}

// inputGradient computes dx of a sample.
func (l Conv2D) inputGradient(p *pass, g f32.ConvGradient, sample int, turned, dy, buffer, work []float32) {
	wide := l.inputBuffer(p.in)
	buffer = buffer[:wide.Size()]
	clear(buffer)
	// Outputs further left or up than the window reaches see padding alone.
	top, left := l.Height-1-l.Padding, l.Width-1-l.Padding
	firstRow, firstCol := max(-top, 0), max(-left, 0)
	g.Unpack(buffer[((top+firstRow)*wide.W+left+firstCol)*l.Filters:], wide.W*l.Filters, dy,
		firstRow, min(g.Rows, wide.H-top), firstCol, min(g.Cols, wide.W-left))
	l.inputKernel(p.in).Forward(p.dx[sample*p.in.Size():], buffer, turned, work)
}

// addWeights adds the gradient from the kernel, channels × H × W × packed
// filters, to that of the flat weights.
func (l Conv2D) addWeights(dw, packed []float32, g f32.ConvGradient) {
	taps := l.Height * l.Width
	for c := range g.Channels {
		for tap := range taps {
			f32.Axpy(1, packed[(c*taps+tap)*g.PackedFilters():][:l.Filters], dw[(tap*g.Channels+c)*l.Filters:])
		}
	}
}
