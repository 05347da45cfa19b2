package cnn

// Workspace is all the memory that inference with one model needs. It belongs
// to one goroutine at a time.
type Workspace struct {
	net         *network
	batch       int
	head, tail  []int        // nodes, as stages gives them
	activations [2][]float32 // slabs, taken in turn by the layers
	input       []float32    // one sample, channels last, where that differs
	features    []float32    // a slab: what the head makes of every sample; nil when it has nothing to do
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
	ws := &Workspace{net: m.net, batch: batch}
	head, tail := m.net.stages()
	widest, scratch := 0, 0
	for _, i := range head {
		widest, scratch = max(widest, m.net.nodes[i].out.Size()), max(scratch, m.net.nodes[i].scratch)
	}
	for _, i := range tail {
		widest, scratch = max(widest, batch*m.net.nodes[i].out.Size()), max(scratch, m.net.nodes[i].scratch)
	}
	ws.head, ws.tail, ws.scratch = head, tail, make([]float32, scratch)
	for i := range ws.activations {
		ws.activations[i] = newSlab(widest)
	}
	in := m.net.spec.Input
	if in.interleaved() {
		ws.input = make([]float32, in.Size())
		ws.features = newSlab(batch * in.Size())
	}
	if len(head) > 0 {
		ws.features = newSlab(batch * m.net.nodes[head[len(head)-1]].out.Size())
	}
	if out := m.net.output(); out.interleaved() {
		ws.output = make([]float32, batch*out.Size())
	}
	return ws
}

// stages returns the nodes that inference runs, in two stages: up to the first
// affine layer a sample at a time, so that its activations stay in the cache,
// and from there on all samples at once, so that they share the weights.
func (n *network) stages() (head, tail []int) {
	for i, nd := range n.nodes {
		_, dropout := nd.layer.(Dropout)
		switch {
		case dropout:
		case isAffine(nd.layer) || len(tail) > 0:
			tail = append(tail, i)
		default:
			head = append(head, i)
		}
	}
	return head, tail
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
	x = m.run(ws, ws.tail, x, n, nil)
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
	in, size := m.net.spec.Input, len(ws.features)/ws.batch
	for i := range n {
		sample := x[i*in.Size():][:in.Size()]
		if ws.input != nil {
			in.toChannelsLast(ws.input, sample, 1)
			sample = ws.input
		}
		y := ws.features[i*size:][:size]
		if len(ws.head) == 0 {
			copy(y, sample)
		}
		m.run(ws, ws.head, sample, 1, y)
	}
	return ws.features[:n*size]
}

// run runs nodes on n samples and returns what the last one gives, in dst if
// there is one.
func (m *Model) run(ws *Workspace, nodes []int, x []float32, n int, dst []float32) []float32 {
	for turn, i := range nodes {
		nd := &m.net.nodes[i]
		y := ws.activations[turn%2][:n*nd.out.Size()]
		if turn == len(nodes)-1 && dst != nil {
			y = dst
		}
		ws.pass = pass{
			n: n, in: nd.in, out: nd.out,
			w: nd.weight.of(m.parameters), b: nd.bias.of(m.parameters), packed: m.packed[i],
			x: x, y: y, scratch: ws.scratch,
		}
		nd.layer.forward(&ws.pass)
		x = y
	}
	return x
}
