package cnn

// tape is the run state of one gradient, channels last: every activation of a
// forward pass, and the slabs that the backward pass fills. It belongs to one goroutine at a
// time.
type tape struct {
	net         *network
	batch       int
	input       []float32   // for samples that need another layout, or nil
	x           []float32   // the samples of the forward pass
	activations [][]float32 // of each node
	memos       [][]int32
	scratch     []float32
	deltas      [2][]float32 // gradients of activations, taken in turn
	gradients   []float32    // laid out like the parameters
	random      randomness
	pass        pass
}

func newTape(net *network, batch int) *tape {
	t := &tape{net: net, batch: batch, gradients: make([]float32, net.parameters)}
	widest, scratch := net.spec.Input.Size(), 0
	for _, nd := range net.nodes {
		t.activations = append(t.activations, newSlab(batch*nd.out.Size()))
		t.memos = append(t.memos, make([]int32, batch*nd.memo))
		widest, scratch = max(widest, nd.out.Size()), max(scratch, nd.scratch)
	}
	t.scratch = make([]float32, scratch)
	if in := net.spec.Input; in.interleaved() {
		t.input = make([]float32, batch*in.Size())
	}
	for i := range t.deltas {
		t.deltas[i] = newSlab(batch * widest)
	}
	return t
}

// forward runs the network in training mode on n samples in CHW order and
// returns the logits. Dropout is active when random is given.
func (t *tape) forward(parameters, x []float32, n int, random *randomness) []float32 {
	if t.input != nil {
		t.net.spec.Input.toChannelsLast(t.input, x, n)
		x = t.input
	}
	t.x = x
	for i := range t.net.nodes {
		t.load(i, parameters, x, n)
		t.pass.random = random
		t.net.nodes[i].layer.forward(&t.pass)
		x = t.pass.y
	}
	return x
}

// backward overwrites t.gradients from the gradient of the logits and returns
// the gradient of the forward pass's input, in CHW order, when wanted.
func (t *tape) backward(parameters []float32, n int, dy []float32, wantInput bool) []float32 {
	clear(t.gradients)
	last := t.deltas[len(t.net.nodes)%2][:len(dy)]
	copy(last, dy)
	dy = last
	for i := len(t.net.nodes) - 1; i >= 0; i-- {
		nd := &t.net.nodes[i]
		input := t.x
		if i > 0 {
			input = t.activations[i-1]
		}
		t.load(i, parameters, input, n)
		t.pass.dy = dy
		t.pass.dw, t.pass.db = nd.weight.of(t.gradients), nd.bias.of(t.gradients)
		if i > 0 || wantInput {
			t.pass.dx = t.deltas[i%2][:n*nd.in.Size()]
		}
		nd.layer.backward(&t.pass)
		dy = t.pass.dx
	}
	if wantInput && t.input != nil {
		t.net.spec.Input.toChannelsFirst(t.input, dy, n)
		return t.input[:len(dy)]
	}
	return dy
}

// load points the pass at node i.
func (t *tape) load(i int, parameters, x []float32, n int) {
	nd := &t.net.nodes[i]
	t.pass = pass{
		n: n, in: nd.in, out: nd.out,
		w: nd.weight.of(parameters), b: nd.bias.of(parameters),
		x: x, y: t.activations[i][:n*nd.out.Size()],
		scratch: t.scratch, memo: t.memos[i],
	}
}

// gradient fills t.gradients with the gradient of scale · Σ loss and returns
// Σ loss.
func (t *tape) gradient(parameters, x []float32, labels []uint8, scale float64, random *randomness) float64 {
	n := len(labels)
	logits := t.forward(parameters, x, n, random)
	delta := t.deltas[len(t.net.nodes)%2][:len(logits)]
	loss := softmaxCrossEntropy(delta, logits, labels, scale)
	t.backward(parameters, n, delta, false)
	return loss
}

// Gradient returns the mean softmax cross entropy of the samples and its
// gradient with respect to all parameters, in the layout of Tensors. Dropout
// is inactive.
func (m *Model) Gradient(x []float32, labels []uint8) (loss float64, gradients []Tensor) {
	if len(labels) == 0 || len(x) != len(labels)*m.net.spec.Input.Size() {
		panic("cnn: the gradient needs one label for every sample")
	}
	t := newTape(m.net, len(labels))
	loss = t.gradient(m.parameters, x, labels, 1/float64(len(labels)), nil) / float64(len(labels))
	return loss, m.net.tensors(t.gradients)
}
