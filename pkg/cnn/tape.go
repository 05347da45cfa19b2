package cnn

import "digits/internal/f32"

// tape is the run state of one gradient, channels last: every activation of a
// forward pass, and the slabs that the backward pass fills. It belongs to one
// goroutine at a time.
//
// Like inference it runs the head a sample at a time, so that a sample's
// activations are in the cache when the next layer wants them. Here it ends
// before the first batch normalisation, too.
type tape struct {
	net         *network
	nodes       []node
	head        int         // how many nodes
	input       []float32   // for samples that need another layout, or nil
	x           []float32   // the samples of the forward pass
	activations [][]float32 // of each node, for the batch
	memos       [][]int32
	packed      [][]float32 // the weights of each convolution
	scratch     []float32
	deltas      [][]float32 // the gradient of each node's input, and of the logits; within the head of one sample
	statistics  []float32   // of the forward pass, laid out like the running ones
	gradients   []float32   // laid out like the parameters
	random      randomness
	pass        pass
}

func newTape(net *network, batch int) *tape {
	nodes := fused(net.nodes)
	t := &tape{net: net, nodes: nodes, head: trainingHead(nodes), statistics: make([]float32, net.statistics), gradients: make([]float32, net.parameters)}
	scratch := 0
	for i, nd := range t.nodes {
		t.activations = append(t.activations, newSlab(batch*nd.out.Size()))
		t.memos = append(t.memos, make([]int32, batch*nd.memo))
		scratch = max(scratch, nd.scratch)
		t.packed = append(t.packed, nil)
		if l, ok := nd.layer.(stepPacking); ok {
			t.packed[i] = make([]float32, l.stepPackedSize(nd.in))
			scratch = max(scratch, l.stepScratch(nd.in, nd.out))
		}
		samples := batch
		if t.shared(i) {
			samples = 1
		}
		t.deltas = append(t.deltas, newSlab(samples*nd.in.Size()))
	}
	t.deltas = append(t.deltas, newSlab(batch*net.output().Size()))
	t.scratch = make([]float32, scratch)
	if in := net.spec.Input; in.interleaved() {
		t.input = make([]float32, batch*in.Size())
	}
	return t
}

// shared reports whether all samples take turns in deltas[i].
func (t *tape) shared(i int) bool { return i > 0 && i < t.head }

// forward runs the network in training mode on n samples in CHW order and
// returns the logits. Dropout is active when random is given.
func (t *tape) forward(parameters, x []float32, n int, random *randomness) []float32 {
	if t.input != nil {
		t.net.spec.Input.toChannelsLast(t.input, x, n)
		x = t.input
	}
	t.x = x
	for i, nd := range t.nodes {
		if l, ok := nd.layer.(stepPacking); ok {
			l.packStep(t.packed[i], nd.weight.of(parameters), nd.bias.of(parameters), nd.in)
		}
	}
	for sample := range n {
		t.forwardNodes(0, t.head, parameters, sample, 1, random)
	}
	t.forwardNodes(t.head, len(t.nodes), parameters, 0, n, random)
	return t.activations[len(t.activations)-1][:n*t.net.output().Size()]
}

// forwardNodes runs nodes on n samples from the first on.
func (t *tape) forwardNodes(from, to int, parameters []float32, first, n int, random *randomness) {
	for i := from; i < to; i++ {
		t.load(i, parameters, first, n)
		t.pass.random = random
		t.nodes[i].layer.forward(&t.pass)
	}
}

// backward overwrites t.gradients from the gradient of the logits and returns
// the gradient of the forward pass's input, in CHW order, when wanted.
func (t *tape) backward(parameters []float32, n int, dy []float32, wantInput bool) []float32 {
	for _, nd := range t.nodes {
		clear(nd.bias.of(t.gradients))
		if !isAffine(nd.layer) { // these run once, and overwrite their weights' gradients
			clear(nd.weight.of(t.gradients))
		}
	}
	last := len(t.nodes)
	copy(t.deltas[last], dy)
	t.backwardNodes(t.head, last, parameters, 0, n, wantInput)
	for sample := range n {
		t.backwardNodes(0, t.head, parameters, sample, 1, wantInput)
	}
	dx := t.deltas[0][:n*t.net.spec.Input.Size()]
	if wantInput && t.input != nil {
		t.net.spec.Input.toChannelsFirst(t.input, dx, n)
		return t.input[:len(dx)]
	}
	return dx
}

// backwardNodes runs nodes backwards on n samples from the first on.
func (t *tape) backwardNodes(from, to int, parameters []float32, first, n int, wantInput bool) {
	for i := to - 1; i >= from; i-- {
		nd := &t.nodes[i]
		t.load(i, parameters, first, n)
		t.pass.dy = t.delta(i+1, nd.out, first, n)
		if i > 0 || wantInput {
			t.pass.dx = t.delta(i, nd.in, first, n)
		}
		t.pass.dw, t.pass.db = nd.weight.of(t.gradients), nd.bias.of(t.gradients)
		nd.layer.backward(&t.pass)
	}
}

// delta returns the gradient of the input of node i for n samples.
func (t *tape) delta(i int, shape Shape, first, n int) []float32 {
	if t.shared(i) {
		first = 0
	}
	return part(t.deltas[i], shape.Size(), first, n)
}

// part returns n samples of a slab, from the first on, with what follows as
// their slack.
func part(slab []float32, size, first, n int) []float32 {
	return slab[first*size : (first+n)*size]
}

// load points the pass at node i and n samples from the first on.
func (t *tape) load(i int, parameters []float32, first, n int) {
	nd := &t.nodes[i]
	x := t.x
	if i > 0 {
		x = t.activations[i-1]
	}
	t.pass = pass{
		n: n, in: nd.in, out: nd.out,
		w: nd.weight.of(parameters), b: nd.bias.of(parameters), packed: t.packed[i],
		x: part(x, nd.in.Size(), first, n), y: part(t.activations[i], nd.out.Size(), first, n),
		training: true, scratch: t.scratch, memo: t.memos[i][first*nd.memo : (first+n)*nd.memo],
		batch: nd.statistics.of(t.statistics),
	}
}

// gradient fills t.gradients with the gradient of scale · Σ loss and returns
// Σ loss.
func (t *tape) gradient(parameters []float32, l lesson, o objective, scale float64, random *randomness) float64 {
	n := len(l.labels)
	logits := t.forward(parameters, l.x, n, random)
	delta := t.deltas[len(t.nodes)][:len(logits)]
	f32.ClearVectors()
	loss := o.gradient(delta, logits, l, scale)
	t.backward(parameters, n, delta, false)
	return loss
}

// Gradient returns the mean softmax cross entropy of the samples and its
// gradient with respect to all parameters, in the layout of Tensors. Dropout
// is inactive, batch normalisation uses the statistics of the samples. It panics
// unless there is one label for every sample, and at least one.
func (m *Model) Gradient(x []float32, labels []uint8) (loss float64, gradients []Tensor) {
	if len(labels) == 0 || len(x) != len(labels)*m.net.spec.Input.Size() {
		panic("cnn: the gradient needs one label for every sample")
	}
	t := newTape(m.net, len(labels))
	loss = t.gradient(m.parameters, lesson{x: x, labels: labels}, objective{}, 1/float64(len(labels)), nil) / float64(len(labels))
	return loss, m.net.gradientTensors(t.gradients)
}
