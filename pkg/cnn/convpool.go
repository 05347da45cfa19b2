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
	if !isConv || !isPool || !isReLU || !pool.pairs() {
		return node{}, false
	}
	nd, l := nodes[0], convPool{conv}
	nd.layer, nd.out = l, nodes[1].out
	nd.memo = l.memo(nd.in, nd.out)
	return nd, l.kernel(nd.in, nd.out).Fits()
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

func (l convPool) kernel(in, out Shape) f32.ConvPool {
	return f32.ConvPool{Conv: l.Conv2D.kernel(in, out)}
}

// memo: which of its windows each output is from, and working memory.
func (l convPool) memo(in, out Shape) int {
	return l.padded(in).H*out.W + out.Size() + f32.Slack()
}

func (l convPool) forward(p *pass) {
	tile, padding := p.scratch[:f32.ScratchSize], p.scratch[f32.ScratchSize:]
	kernel, size := l.kernel(p.in, p.out), l.memo(p.in, p.out)
	y := withSlack(p.y)
	for i := range p.n {
		occupied, winners := l.memory(p, i*size)
		kernel.Forward(y[i*p.out.Size():], winners, l.pad(padding, p.in, p.x[i*p.in.Size():]), p.packed, occupied, tile)
	}
}

// memory returns the parts of a sample's memo; only training remembers which
// windows won.
func (l convPool) memory(p *pass, at int) (occupied, winners []int32) {
	size := l.padded(p.in).H * p.out.W
	occupied = p.memo[at:][:size]
	if p.training {
		winners = p.memo[at+size:][:p.out.Size()+f32.Slack()]
	}
	return occupied, winners
}

func (l convPool) backward(p *pass) {
	kernel, size := l.kernel(p.in, p.out), l.memo(p.in, p.out)
	l.backwardFrom(p, func(g f32.ConvGradient, packed []float32, sample int) {
		_, winners := l.memory(p, sample*size)
		kernel.Backward(g, packed, withSlack(p.dy)[sample*p.out.Size():], winners)
	})
}
