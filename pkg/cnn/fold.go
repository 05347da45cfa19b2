package cnn

// ForInference returns the model without the layers that only training uses:
// dropout is gone, and a BatchNorm that follows a Conv2D or an Affine is folded
// into its weights and bias. Its logits are the same but for rounding. It panics
// when the network is nothing but dropout.
func (m *Model) ForInference() *Model {
	spec := Spec{Input: m.net.spec.Input}
	for _, l := range m.net.spec.Layers {
		if n := len(spec.Layers); vanishes(l) || n > 0 && folds(spec.Layers[n-1], l) {
			continue
		}
		spec.Layers = append(spec.Layers, l)
	}
	net, err := newNetwork(spec)
	if err != nil {
		panic("cnn: a network of dropout alone cannot be served")
	}
	served := &Model{net: net, parameters: make([]float32, net.size()), metadata: m.metadata}
	at := -1 // the node of the new network that the old one's belongs to
	for i := range m.net.nodes {
		nd := &m.net.nodes[i]
		switch {
		case vanishes(nd.layer):
		case at >= 0 && folds(net.nodes[at].layer, nd.layer):
			served.fold(&net.nodes[at], m, nd)
		default:
			at++
			served.copyNode(&net.nodes[at], m, nd)
		}
	}
	return served
}

func vanishes(layer Layer) bool {
	_, dropout := layer.(Dropout)
	return dropout
}

// folds reports whether a layer can be made part of the one before it.
func folds(before, layer Layer) bool {
	_, conv := before.(Conv2D)
	return isBatchNorm(layer) && (conv || isAffine(before))
}

// copyNode takes over a node's numbers from another model.
func (m *Model) copyNode(nd *node, from *Model, old *node) {
	copy(nd.weight.of(m.parameters), old.weight.of(from.parameters))
	copy(nd.bias.of(m.parameters), old.bias.of(from.parameters))
	copy(m.net.statisticsOf(nd, m.parameters), from.net.statisticsOf(old, from.parameters))
}

// fold multiplies the weights of every output of nd, and its bias, by what the
// batch normalisation does to them.
func (m *Model) fold(nd *node, from *Model, norm *node) {
	weight, bias := nd.toFile(m.parameters), nd.bias.of(m.parameters)
	mean, variance := halves(from.net.statisticsOf(norm, from.parameters))
	scales, offsets := norm.weight.of(from.parameters), norm.bias.of(from.parameters)
	inputs := len(weight) / len(bias)
	for o := range bias {
		scale, offset := normFactors(scales[o], offsets[o], mean[o], variance[o])
		for i := range inputs {
			weight[o*inputs+i] *= scale
		}
		bias[o] = bias[o]*scale + offset
	}
	nd.fromFile(m.parameters, weight)
}
