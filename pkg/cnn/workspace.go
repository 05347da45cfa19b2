package cnn

// Workspace is all the memory that inference with one model needs. It belongs
// to one goroutine at a time.
type Workspace struct {
	net         *network
	batch       int
	activations [2][]float32 // slabs, taken in turn by the layers
	input       []float32    // channels last, where that differs
	output      []float32    // channels first, where that differs
	scratch     []float32
	pass        pass // reused, so that a run allocates nothing
}

// NewWorkspace returns a workspace for up to batch samples at once. It panics
// unless batch is at least 1.
func (m *Model) NewWorkspace(batch int) *Workspace {
	if batch < 1 {
		panic("cnn: a workspace needs a batch of at least 1")
	}
	m.pack()
	widest, scratch := 0, 0
	for _, nd := range m.net.nodes {
		widest = max(widest, nd.out.Size())
		scratch = max(scratch, nd.scratch)
	}
	ws := &Workspace{net: m.net, batch: batch, scratch: make([]float32, scratch)}
	for i := range ws.activations {
		ws.activations[i] = newSlab(batch * widest)
	}
	if in := m.net.spec.Input; in.interleaved() {
		ws.input = make([]float32, batch*in.Size())
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
	if ws.input != nil {
		m.net.spec.Input.toChannelsLast(ws.input, x, n)
		x = ws.input[:len(x)]
	}
	turn := 0
	for i := range m.net.nodes {
		nd := &m.net.nodes[i]
		if _, ok := nd.layer.(Dropout); ok {
			continue
		}
		y := ws.activations[turn][:n*nd.out.Size()]
		turn = 1 - turn
		ws.pass = pass{
			n: n, in: nd.in, out: nd.out,
			w: nd.weight.of(m.parameters), b: nd.bias.of(m.parameters), packed: m.packed[i],
			x: x, y: y, scratch: ws.scratch,
		}
		nd.layer.forward(&ws.pass)
		x = y
	}
	if ws.output != nil {
		m.net.output().toChannelsFirst(ws.output, x, n)
		x = ws.output[:len(x)]
	}
	return x
}
