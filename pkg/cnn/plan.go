package cnn

import "slices"

// plan is what inference does: the network's nodes without dropout, some of
// them fused, with their weights packed for the kernels.
type plan struct {
	nodes  []node
	packed [][]float32 // of each node; nil where it has none
	head   int         // nodes before the first affine layer: see Workspace
}

func newPlan(net *network, parameters []float32) *plan {
	p := &plan{}
	for _, nd := range fused(withoutDropout(net.nodes)) {
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

func withoutDropout(nodes []node) []node {
	return slices.DeleteFunc(slices.Clone(nodes), func(nd node) bool { return vanishes(nd.layer) })
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
