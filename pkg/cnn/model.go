package cnn

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"digits/internal/f32"
)

// Model is a network with its parameters. It is immutable: any number of
// goroutines may use it at once.
type Model struct {
	net        *network
	parameters []float32 // of all layers in order, weight before bias; then the running statistics
	metadata   map[string]string
	digest     string // of the file that it came from; empty for a new model

	planning sync.Once
	planned  *plan
}

// plan returns what inference does, made at the first call.
func (m *Model) plan() *plan {
	m.planning.Do(func() { m.planned = newPlan(m.net, m.parameters) })
	return m.planned
}

// New builds a network and draws its weights from a normal distribution with
// the standard deviation sqrt(2 / fan-in) (He et al. 2015); biases are 0, and
// the weights of batch normalisation 1.
// Every error about shapes surfaces here and wraps ErrSpec.
func New(spec Spec, random *rand.Rand) (*Model, error) {
	return newModel(spec, random, func(fanIn int) float64 { return math.Sqrt(2 / float64(fanIn)) })
}

// NewNormal is New with the same standard deviation for all weights, such as
// the 0.01 of the book "Deep Learning from Scratch".
func NewNormal(spec Spec, random *rand.Rand, deviation float64) (*Model, error) {
	return newModel(spec, random, func(int) float64 { return deviation })
}

func newModel(spec Spec, random *rand.Rand, deviation func(fanIn int) float64) (*Model, error) {
	net, err := newNetwork(spec)
	if err != nil {
		return nil, err
	}
	parameters := make([]float32, net.size())
	for i := range net.nodes {
		nd := &net.nodes[i]
		if nd.weightShape == nil {
			continue
		}
		if isBatchNorm(nd.layer) {
			net.neutral(nd, parameters)
			continue
		}
		d := deviation(product(nd.weightShape[1:]))
		tensor := make([]float32, product(nd.weightShape))
		for j := range tensor {
			tensor[j] = float32(random.NormFloat64() * d)
		}
		nd.fromFile(parameters, tensor)
	}
	return &Model{net: net, parameters: parameters}, nil
}

// Spec returns the network's blueprint.
func (m *Model) Spec() Spec {
	return Spec{m.net.spec.Input, slices.Clone(m.net.spec.Layers)}
}

// OutputShape returns the shape of the logits of one sample.
func (m *Model) OutputShape() Shape { return m.net.output() }

// Parameters returns how many parameters the model has. Running statistics are
// none.
func (m *Model) Parameters() int { return m.net.parameters }

// Tensor is a parameter tensor: its name and layout as PyTorch has them
// ("conv1.weight" is OIHW, "affine1.weight" outputs × inputs,
// "batchnorm1.running_mean" a number for each channel).
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32 // row-major
}

// Tensors returns copies of all parameters and running statistics in the order
// of the layers.
func (m *Model) Tensors() []Tensor { return m.net.tensors(m.parameters) }

// Metadata returns a copy of the free-form record that travels with the
// weights, such as "version" or "training".
func (m *Model) Metadata() map[string]string { return maps.Clone(m.metadata) }

// WithMetadata returns a model with the same parameters and one more entry in
// its record. The names "format", "spec" and "sha256" belong to the file
// format and panic.
func (m *Model) WithMetadata(key, value string) *Model {
	if reserved(key) {
		panic("cnn: this metadata key belongs to the file format")
	}
	metadata := maps.Clone(m.metadata)
	if metadata == nil {
		metadata = make(map[string]string)
	}
	metadata[key] = value
	return &Model{net: m.net, parameters: m.parameters, metadata: metadata}
}

// Kernel names the float32 kernels in use, for logs and metrics.
func Kernel() string { return f32.Kernel() }
