package cnn

import (
	"errors"
	"fmt"
)

// Spec is the blueprint of a network: its input and its layers, in order,
// without parameters. It is a value; copying it is cheap.
type Spec struct {
	Input  Shape
	Layers []Layer
}

// Layer is one step of a network. The layers are the types of this package:
// Conv2D, MaxPool, AvgPool, GlobalAvgPool, Affine, BatchNorm, ReLU, Sigmoid,
// Tanh and Dropout. A layer holds hyperparameters only, so one value may stand
// in many networks.
type Layer interface {
	// kind is the layer's name in a weights file.
	kind() string
	// output returns the shape of the result for one sample.
	output(in Shape) (Shape, error)
	// forward computes p.y from p.x for p.n samples.
	forward(p *pass)
	// backward computes p.dx (unless nil) from p.dy and adds the parameters'
	// gradients to p.dw and p.db; Affine overwrites p.dw.
	backward(p *pass)
}

// parametric is a Layer with a weight tensor and a bias vector.
type parametric interface {
	Layer
	// weightShape returns the shape of the weights in PyTorch's layout,
	// outputs first.
	weightShape(in Shape) []int
	// layout visits every weight with its index in PyTorch's layout and in the
	// flat parameters.
	layout(in Shape, visit func(file, at int))
}

// packing is a Layer that uses a copy of its weights in another layout.
type packing interface {
	packedSize(in Shape) int
	pack(dst, w, b []float32, in Shape)
}

// stepPacking is packing for a step of training, where the backward pass wants
// the weights too, and working memory of its own.
type stepPacking interface {
	stepPackedSize(in Shape) int
	packStep(dst, w, b []float32, in Shape)
	stepScratch(in, out Shape) int
}

// scratching is a Layer that needs working memory.
type scratching interface {
	// scratch returns how many numbers a pass forward needs, whatever the batch
	// size.
	scratch(in, out Shape) int
}

// remembering is a Layer whose backward pass needs more than its input and
// output.
type remembering interface {
	// memo returns how many integers a sample needs.
	memo(in, out Shape) int
}

// tracking is a parametric Layer with running statistics.
type tracking interface {
	// statistics returns how many numbers they are.
	statistics(in Shape) int
}

// pass is what one layer sees of one run: the shapes, its parameters, and the
// slabs of the run state. Forward uses the first group, backward both.
type pass struct {
	n        int   // samples
	in, out  Shape // of one sample
	w, b     []float32
	packed   []float32 // of the weights; nil for Affine in training
	x, y     []float32 // y is a slab, with slack behind it
	scratch  []float32
	memo     []int32
	running  []float32   // statistics of past steps, for inference
	batch    []float32   // statistics of this pass, from forward to backward
	random   *randomness // nil outside training
	training bool        // a backward pass follows

	dx, dy []float32 // slabs; dx is nil where nothing asks for it
	dw, db []float32
}

// SimpleConvNet returns the teaching network of the book "Deep Learning from
// Scratch" (Saito, 2016): a 5x5 convolution with 30 filters, ReLU, 2x2 max
// pooling, a hidden affine layer of 100, ReLU, and 10 outputs. It reads
// 1x28x28 and has 433,890 parameters.
func SimpleConvNet() Spec {
	return Spec{
		Input: Shape{C: 1, H: 28, W: 28},
		Layers: []Layer{
			Conv2D{Filters: 30, Window: Square(5)},
			ReLU{},
			MaxPool{Window{Height: 2, Width: 2, Stride: 2}},
			Affine{Outputs: 100},
			ReLU{},
			Affine{Outputs: 10},
		},
	}
}

// ErrSpec is wrapped by every error about a network that cannot be built.
var ErrSpec = errors.New("the network cannot be built")

// Bounds that every network keeps, so that a hostile weights file can neither
// overflow a product nor claim the machine's memory.
const (
	maxLayers    = 256
	maxDimension = 1 << 16
	maxNumbers   = 1 << 28 // in all parameters
	maxSample    = 1 << 22 // in one sample's activation or a layer's working memory
	maxStep      = 1 << 25 // in a layer's packed weights or working memory for a step of training
)

// node is a layer placed in a network: its shapes and its parameters' place in
// the flat parameter slice.
type node struct {
	layer         Layer
	name          string // "conv1", as in a weights file
	in, out       Shape
	weightShape   []int // nil without parameters
	weight, bias  span
	statistics    span // of the part behind all parameters
	scratch, memo int
}

// span is a range of the flat parameter slice.
type span struct{ start, end int }

func (s span) of(flat []float32) []float32 {
	if flat == nil {
		return nil
	}
	return flat[s.start:s.end:s.end]
}

// network is a checked Spec: what Model, Workspace and Trainer share.
type network struct {
	spec       Spec
	nodes      []node
	parameters int // what an optimizer changes: the first part of the flat parameter slice
	statistics int // the rest of it
}

// size is the length of the flat parameter slice.
func (n *network) size() int { return n.parameters + n.statistics }

func (n *network) output() Shape { return n.nodes[len(n.nodes)-1].out }

// newNetwork checks the spec once, so that no run has to.
func newNetwork(spec Spec) (*network, error) {
	if len(spec.Layers) == 0 || len(spec.Layers) > maxLayers {
		return nil, fmt.Errorf("%w: it has %d layers; 1 to %d are possible", ErrSpec, len(spec.Layers), maxLayers)
	}
	if err := checkShape(spec.Input); err != nil {
		return nil, fmt.Errorf("%w: its input %v", ErrSpec, err)
	}
	net := &network{spec: Spec{spec.Input, append([]Layer(nil), spec.Layers...)}}
	in := spec.Input
	count := make(map[string]int)
	for i, layer := range poolingFirst(net.spec.Layers) {
		if layer == nil {
			return nil, fmt.Errorf("%w: layer %d is nil", ErrSpec, i)
		}
		count[layer.kind()]++
		nd := node{layer: layer, name: fmt.Sprintf("%s%d", layer.kind(), count[layer.kind()]), in: in}
		if err := net.place(&nd); err != nil {
			return nil, fmt.Errorf("%w: layer %d (%s) on an input of %v: %w", ErrSpec, i, nd.name, in, err)
		}
		net.nodes = append(net.nodes, nd)
		in = nd.out
	}
	return net, nil
}

// poolingFirst returns the layers with every ReLU behind the max pooling that
// follows it. The two commute, and pooling leaves the ReLU less to do.
func poolingFirst(layers []Layer) []Layer {
	layers = append([]Layer(nil), layers...)
	for i := range len(layers) - 1 {
		_, relu := layers[i].(ReLU)
		if _, pool := layers[i+1].(MaxPool); relu && pool {
			layers[i], layers[i+1] = layers[i+1], layers[i]
		}
	}
	return layers
}

// place fills in what follows from the node's layer and input shape.
func (n *network) place(nd *node) error {
	var err error
	if nd.out, err = nd.layer.output(nd.in); err != nil {
		return err
	}
	if err = checkShape(nd.out); err != nil {
		return fmt.Errorf("its output %w", err)
	}
	if l, ok := nd.layer.(parametric); ok {
		nd.weightShape = l.weightShape(nd.in)
		size := product(nd.weightShape)
		if size > maxNumbers || n.parameters+size > maxNumbers {
			return fmt.Errorf("the network has more than %d parameters", maxNumbers)
		}
		nd.weight = span{n.parameters, n.parameters + size}
		nd.bias = span{nd.weight.end, nd.weight.end + nd.weightShape[0]}
		n.parameters = nd.bias.end
	}
	if l, ok := nd.layer.(tracking); ok {
		nd.statistics = span{n.statistics, n.statistics + l.statistics(nd.in)}
		n.statistics = nd.statistics.end
	}
	if l, ok := nd.layer.(scratching); ok {
		nd.scratch = l.scratch(nd.in, nd.out)
		if nd.scratch > maxSample {
			return fmt.Errorf("it needs %d numbers of working memory; at most %d are allowed", nd.scratch, maxSample)
		}
	}
	if l, ok := nd.layer.(stepPacking); ok {
		if size := max(l.stepPackedSize(nd.in), l.stepScratch(nd.in, nd.out)); size > maxStep {
			return fmt.Errorf("a step of training it needs %d numbers of working memory; at most %d are allowed", size, maxStep)
		}
	}
	if l, ok := nd.layer.(remembering); ok {
		nd.memo = l.memo(nd.in, nd.out)
	}
	return nil
}

func checkShape(s Shape) error {
	for _, d := range []int{s.C, s.H, s.W} {
		if d < 1 || d > maxDimension {
			return fmt.Errorf("has the shape %v; every dimension must be 1 to %d", s, maxDimension)
		}
	}
	if s.Size() > maxSample {
		return fmt.Errorf("has %d numbers; at most %d are allowed", s.Size(), maxSample)
	}
	return nil
}

// product multiplies dimensions that are each at most 1<<28 and stops growing
// beyond the bound, so that it cannot overflow.
func product(dimensions []int) int {
	p := 1
	for _, d := range dimensions {
		if p *= d; p > maxNumbers {
			return maxNumbers + 1
		}
	}
	return p
}
