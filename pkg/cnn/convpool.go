package cnn

import "digits/internal/f32"

// convPool is a Conv2D, a MaxPool of pairs and a ReLU in one: what lies
// between them is never written.
type convPool struct{ Conv2D }

// fuse makes one node of a convolution, a pooling of pairs and a ReLU, in this
// order, where they follow each other.
func fuse(nodes []node) (node, bool) {
	if len(nodes) < 3 {
		return node{}, false
	}
	conv, isConv := nodes[0].layer.(Conv2D)
	pool, isPool := nodes[1].layer.(MaxPool)
	_, isReLU := nodes[2].layer.(ReLU)
	if !isConv || !isPool || !isReLU || !pool.pairs() || conv.stride() > 1 {
		return node{}, false
	}
	nd, l := nodes[0], convPool{conv}
	nd.layer, nd.out = l, nodes[1].out
	nd.scratch, nd.memo = l.scratch(nd.in, nd.out), l.memo(nd.in, nd.out)
	return nd, l.kernel(nd.in).Fits()
}

// fused returns the nodes, fused where that is possible.
func fused(nodes []node) []node {
	var list []node
	for i := 0; i < len(nodes); i++ {
		nd, ok := fuse(nodes[i:])
		if ok {
			i += 2
		} else {
			nd = nodes[i]
		}
		list = append(list, nd)
	}
	return list
}

func (l convPool) kernel(in Shape) f32.ConvPool {
	g := l.Conv2D.kernel(in)
	g.Rows, g.Cols = g.Rows/2, g.Cols/2
	return f32.ConvPool{Conv: g}
}

func (l convPool) packedSize(in Shape) int { return l.kernel(in).PackedSize() }

func (l convPool) stepPackedSize(in Shape) int { return l.packedSize(in) + l.inputPackedSize(in) }

func (l convPool) pack(dst, w, b []float32, in Shape) { l.kernel(in).Pack(dst, w, b) }

func (l convPool) packStep(dst, w, b []float32, in Shape) {
	size := l.packedSize(in)
	l.pack(dst[:size], w, b, in)
	l.packInput(dst[size:], w, in)
}

// scratch: the kernel's and the padded input.
func (l convPool) scratch(in, out Shape) int {
	return max(l.Conv2D.scratch(in, out), l.kernel(in).ScratchSize()+l.padded(in).Size())
}

func (l convPool) stepScratch(in, _ Shape) int { return l.rowScratch(in) }

// memo: which of its windows each output is from.
func (l convPool) memo(_, out Shape) int { return out.Size() + f32.Slack() }

func (l convPool) forward(p *pass) {
	kernel, size := l.kernel(p.in), l.memo(p.in, p.out)
	padding := p.scratch[kernel.ScratchSize():]
	y := withSlack(p.y)
	for i := range p.n {
		var winners []int32
		if p.training {
			winners = p.memo[i*size:][:size]
		}
		kernel.Forward(y[i*p.out.Size():], winners, l.pad(padding, p.in, p.x[i*p.in.Size():]), p.packed, p.scratch)
	}
}

func (l convPool) backward(p *pass) {
	kernel, size := l.kernel(p.in), l.memo(p.in, p.out)
	l.backwardFrom(p, p.packed[l.packedSize(p.in):], func(g f32.ConvGradient, packed []float32, sample int) {
		kernel.Backward(g, packed, withSlack(p.dy)[sample*p.out.Size():], p.memo[sample*size:])
	})
}
