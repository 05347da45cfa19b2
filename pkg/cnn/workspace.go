package cnn

import "digits/internal/f32"

// Workspace is all the memory that inference with one model needs. It belongs
// to one goroutine at a time.
//
// Inference runs the head, the nodes before the first affine layer, a sample
// at a time, so that a sample's activations stay in the cache, and the others
// on all samples at once, so that they share the weights.
type Workspace struct {
	net         *network
	batch       int
	activations [2][]float32 // slabs, taken in turn by the layers
	input       []float32    // one sample, channels last, where that differs
	features    []float32    // a slab: what the head makes of every sample; nil when it has nothing to do
	output      []float32    // channels first, where that differs
	scratch     []float32
	memo        []int32
	pass        pass // reused, so that a run allocates nothing
}

// NewWorkspace returns a workspace for up to batch samples at once. It panics
// unless batch is at least 1.
func (m *Model) NewWorkspace(batch int) *Workspace {
	if batch < 1 {
		panic("cnn: a workspace needs a batch of at least 1")
	}
	p := m.plan()
	ws := &Workspace{net: m.net, batch: batch}
	widest, scratch, memo := 0, 0, 0
	for i, nd := range p.nodes {
		samples := batch
		if i < p.head {
			samples = 1
		}
		widest = max(widest, samples*nd.out.Size())
		scratch, memo = max(scratch, nd.scratch), max(memo, samples*nd.memo)
	}
	ws.scratch, ws.memo = make([]float32, scratch), make([]int32, memo)
	for i := range ws.activations {
		ws.activations[i] = newSlab(widest)
	}
	in := m.net.spec.Input
	if in.interleaved() {
		ws.input = make([]float32, in.Size())
		ws.features = newSlab(batch * in.Size())
	}
	if p.head > 0 {
		ws.features = newSlab(batch * p.nodes[p.head-1].out.Size())
	}
	if out := m.net.output(); out.interleaved() {
		ws.output = make([]float32, batch*out.Size())
	}
	return ws
}

// Batch returns how many samples the workspace holds at once.
func (ws *Workspace) Batch() int { return ws.batch }

// Logits computes the network's output, before any softmax, for the n samples
// in x, where n is len(x) / input size: n × outputs numbers, row-major. The
// result lies in ws and is valid until its next use. A sample's logits do not
// depend on the samples beside it, bit for bit. It allocates nothing, and
// panics when ws is of another model, when x is not whole samples, or when
// they are more than the workspace holds.
func (m *Model) Logits(ws *Workspace, x []float32) []float32 {
	size := m.net.spec.Input.Size()
	n := len(x) / size
	switch {
	case ws.net != m.net:
		panic("cnn: the workspace was made for another model")
	case n*size != len(x):
		panic("cnn: the input is not a whole number of samples")
	case n > ws.batch:
		panic("cnn: the input has more samples than the workspace holds")
	}
	x = m.runHead(ws, x, n)
	p := m.plan()
	x = m.run(ws, p.head, len(p.nodes), x, n, nil)
	f32.ClearVectors()
	if ws.output != nil {
		m.net.output().toChannelsFirst(ws.output, x, n)
		x = ws.output[:len(x)]
	}
	return x
}

// runHead returns the features of n samples, channels last.
func (m *Model) runHead(ws *Workspace, x []float32, n int) []float32 {
	if ws.features == nil {
		return x
	}
	in, head, size := m.net.spec.Input, m.plan().head, len(ws.features)/ws.batch
	for i := range n {
		sample := x[i*in.Size():][:in.Size()]
		if ws.input != nil {
			in.toChannelsLast(ws.input, sample, 1)
			sample = ws.input
		}
		y := ws.features[i*size:][:size]
		if head == 0 {
			copy(y, sample)
		}
		m.run(ws, 0, head, sample, 1, y)
	}
	return ws.features[:n*size]
}

// run runs nodes on n samples and returns what the last one gives, in dst if
// there is one.
func (m *Model) run(ws *Workspace, from, to int, x []float32, n int, dst []float32) []float32 {
	p := m.plan()
	for i := from; i < to; i++ {
		nd := &p.nodes[i]
		y := ws.activations[i%2][:n*nd.out.Size()]
		if i == to-1 && dst != nil {
			y = dst
		}
		ws.pass = pass{
			n: n, in: nd.in, out: nd.out,
			w: nd.weight.of(m.parameters), b: nd.bias.of(m.parameters), packed: p.packed[i],
			x: x, y: y, scratch: ws.scratch, memo: ws.memo[:n*nd.memo], running: m.net.statisticsOf(nd, m.parameters),
		}
		nd.layer.forward(&ws.pass)
		x = y
	}
	return x
}
