package cnn

import "digits/internal/f32"

// plan is what inference does: the network's nodes without dropout, some of
// them fused, with their weights packed for the kernels.
type plan struct {
	nodes  []node
	packed [][]float32 // of each node; nil where it has none
	head   int         // nodes before the first affine layer: see Workspace
}

func newPlan(net *network, parameters []float32) *plan {
	p := &plan{}
	for i := 0; i < len(net.nodes); i++ {
		nd := net.nodes[i]
		if _, ok := nd.layer.(Dropout); ok {
			continue
		}
		if fused, ok := fuse(net.nodes[i:]); ok {
			nd = fused
			i += 2
		}
		var packed []float32
		if l, ok := nd.layer.(packing); ok {
			packed = make([]float32, l.packedSize(nd.in))
			l.pack(packed, nd.weight.of(parameters), nd.bias.of(parameters), nd.in)
		}
		p.nodes, p.packed = append(p.nodes, nd), append(p.packed, packed)
	}
	p.head = headOf(p.nodes)
	return p
}

// headOf returns how many nodes stand before the first affine layer.
func headOf(nodes []node) int {
	for i, nd := range nodes {
		if isAffine(nd.layer) {
			return i
		}
	}
	return len(nodes)
}

// fuse makes one node of a convolution, a pooling of pairs and a ReLU, in this
// order, where the kernel for them is of use.
func fuse(nodes []node) (node, bool) {
	if len(nodes) < 3 {
		return node{}, false
	}
	conv, isConv := nodes[0].layer.(Conv2D)
	pool, isPool := nodes[1].layer.(MaxPool)
	_, isReLU := nodes[2].layer.(ReLU)
	if !isConv || !isPool || !isReLU || !pool.pairs() || conv.stride() != 1 || conv.Padding != 0 {
		return node{}, false
	}
	nd := nodes[0]
	nd.out = nodes[1].out
	fused := convPool{conv, f32.ConvPool{
		Height: conv.Height, Run: conv.Width * nd.in.C, Channels: nd.in.C, RowSize: nd.in.W * nd.in.C,
		Rows: nd.out.H, Cols: nd.out.W, Filters: conv.Filters,
	}}
	nd.layer, nd.scratch, nd.memo = fused, 0, nd.in.Size()
	return nd, fused.kernel.Fits()
}

// convPool is a Conv2D, a MaxPool of pairs and a ReLU in one, for inference.
type convPool struct {
	Conv2D
	kernel f32.ConvPool
}

func (l convPool) packedSize(Shape) int { return l.kernel.PackedSize() }

func (l convPool) pack(dst, w, b []float32, in Shape) {
	window := l.Height * l.Width * in.C
	l.kernel.Pack(dst, func(f, i, t int) float32 { return w[f*window+i*l.kernel.Run+t] }, b)
}

func (l convPool) forward(p *pass) {
	for i := range p.n {
		l.kernel.Forward(withSlack(p.y)[i*p.out.Size():], p.x[i*p.in.Size():][:p.in.Size()], p.packed, p.memo)
	}
}

func (convPool) backward(*pass) { panic("cnn: the fused layer is for inference") }
