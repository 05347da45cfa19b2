package cnn

import (
	"slices"

	"digits/internal/f32"
)

// Callers see samples and weights as PyTorch lays them out, channels first.
// Within a run, samples are channels last, so that the kernels find all
// channels of a pixel side by side, and the flat parameters are in the order
// that the layers want.

// slack is how far behind a slab's end a kernel may reach: f32.Slack, which is
// at most half of it.
const slack = 64

// newSlab returns memory for n numbers, and slack behind them.
func newSlab(n int) []float32 { return make([]float32, n+slack)[:n] }

// withSlack returns a slab with its slack.
func withSlack(slab []float32) []float32 { return slab[:len(slab)+slack] }

// interleaved reports whether the two layouts of a sample differ.
func (s Shape) interleaved() bool { return s.C > 1 && s.H*s.W > 1 }

// toChannelsLast copies n samples from CHW to HWC order.
func (s Shape) toChannelsLast(dst, src []float32, n int) {
	for i := range n {
		transpose(dst[i*s.Size():][:s.Size()], src[i*s.Size():], s.C, s.H*s.W)
	}
}

// toChannelsFirst copies n samples from HWC to CHW order.
func (s Shape) toChannelsFirst(dst, src []float32, n int) {
	for i := range n {
		transpose(dst[i*s.Size():][:s.Size()], src[i*s.Size():], s.H*s.W, s.C)
	}
}

// transpose writes the transpose of a rows×columns matrix.
func transpose(dst, src []float32, rows, columns int) {
	f32.Turn(dst, rows, src, columns, rows, columns)
}

// fromFile copies a weight tensor from PyTorch's layout into the flat
// parameters.
func (nd *node) fromFile(flat, tensor []float32) {
	own := nd.weight.of(flat)
	nd.layer.(parametric).layout(nd.in, func(file, at int) { own[at] = tensor[file] })
}

// toFile returns a copy of a weight tensor in PyTorch's layout.
func (nd *node) toFile(flat []float32) []float32 {
	own, tensor := nd.weight.of(flat), make([]float32, product(nd.weightShape))
	nd.layer.(parametric).layout(nd.in, func(file, at int) { tensor[file] = own[at] })
	return tensor
}

// blankTensors returns the names and shapes of all tensors, without data.
func (n *network) blankTensors() []Tensor {
	var list []Tensor
	for _, nd := range n.nodes {
		if nd.weightShape != nil {
			list = append(list, Tensor{Name: nd.name + ".weight", Shape: nd.weightShape}, Tensor{Name: nd.name + ".bias", Shape: nd.weightShape[:1]})
		}
		if nd.tracks() {
			list = append(list, Tensor{Name: nd.name + ".running_mean", Shape: nd.weightShape}, Tensor{Name: nd.name + ".running_var", Shape: nd.weightShape})
		}
	}
	return list
}

// tracks reports whether the node has running statistics.
func (nd *node) tracks() bool { return nd.statistics.end > nd.statistics.start }

// tensors returns copies of the parts of a flat slice that is laid out like
// the parameters. Statistics that the slice does not hold have no data.
func (n *network) tensors(flat []float32) []Tensor {
	list, at := n.blankTensors(), 0
	for i := range n.nodes {
		nd := &n.nodes[i]
		if nd.weightShape != nil {
			list[at].Data, list[at+1].Data = nd.toFile(flat), slices.Clone(nd.bias.of(flat))
			at += 2
		}
		if nd.tracks() {
			if len(flat) == n.size() {
				mean, variance := halves(n.statisticsOf(nd, flat))
				list[at].Data, list[at+1].Data = slices.Clone(mean), slices.Clone(variance)
			}
			at += 2
		}
	}
	return list
}

// gradientTensors is tensors for gradients, which statistics do not have.
func (n *network) gradientTensors(gradients []float32) []Tensor {
	return slices.DeleteFunc(n.tensors(gradients), func(t Tensor) bool { return t.Data == nil })
}

// setTensors fills a flat slice from tensors in the order of the layers.
func (n *network) setTensors(flat []float32, list []Tensor) {
	for i := range n.nodes {
		nd := &n.nodes[i]
		if nd.weightShape != nil {
			nd.fromFile(flat, list[0].Data)
			copy(nd.bias.of(flat), list[1].Data)
			list = list[2:]
		}
		if nd.tracks() {
			mean, variance := halves(n.statisticsOf(nd, flat))
			copy(mean, list[0].Data)
			copy(variance, list[1].Data)
			list = list[2:]
		}
	}
}
