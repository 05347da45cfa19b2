package cnn

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// goldenCase is one network of testdata/golden.py, which computed it with
// PyTorch in float64.
type goldenCase struct {
	X             []float32            `json:"x"`
	Labels        []int                `json:"labels"`
	Logits        []float32            `json:"logits"`
	Loss          float64              `json:"loss"`
	Softmax       []float32            `json:"softmax"`
	InputGradient []float32            `json:"input_gradient"`
	Parameters    map[string][]float32 `json:"parameters"`
	Gradients     map[string][]float32 `json:"gradients"`
}

// goldenSteps is what ten steps did.
type goldenSteps struct {
	Losses     []float64            `json:"losses"`
	Parameters map[string][]float32 `json:"parameters"`
	Averaged   map[string][]float32 `json:"averaged"`
}

type goldenFile struct {
	Simple     goldenCase             `json:"simple"`
	Windows    goldenCase             `json:"windows"`
	Optimizers map[string]goldenSteps `json:"optimizers"`
	Norm       normCase               `json:"norm"`
	Taught     normCase               `json:"taught"`
	NormSteps  map[string]goldenSteps `json:"norm_steps"`
}

func readGolden(t *testing.T) goldenFile {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g goldenFile
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

var (
	goldenSimple = Spec{Shape{1, 8, 8}, []Layer{
		Conv2D{3, Square(3)}, ReLU{}, MaxPool{Window{2, 2, 2, 0}},
		Affine{5}, ReLU{}, Affine{3},
	}}
	goldenWindows = Spec{Shape{2, 7, 6}, []Layer{
		Conv2D{4, Window{3, 2, 2, 1}}, Tanh{}, AvgPool{Window{2, 3, 1, 1}}, Sigmoid{},
		Conv2D{3, Square(2)}, MaxPool{Window{3, 3, 2, 1}}, Affine{4},
	}}
)

// model returns a model of the spec with the case's parameters.
func (g goldenCase) model(t *testing.T, spec Spec) *Model {
	t.Helper()
	m := newTestModel(t, spec, 1)
	tensors := m.Tensors()
	for _, tensor := range tensors {
		if len(g.Parameters[tensor.Name]) != len(tensor.Data) {
			t.Fatalf("the golden file has %d numbers for %s, the model %d", len(g.Parameters[tensor.Name]), tensor.Name, len(tensor.Data))
		}
		copy(tensor.Data, g.Parameters[tensor.Name])
	}
	m.net.setTensors(m.parameters, tensors)
	return m
}

func (g goldenCase) labels() []uint8 {
	labels := make([]uint8, len(g.Labels))
	for i, l := range g.Labels {
		labels[i] = uint8(l)
	}
	return labels
}

func TestGoldenForwardAndBackward(t *testing.T) {
	golden := readGolden(t)
	for name, c := range map[string]struct {
		goldenCase
		spec Spec
	}{"simple": {golden.Simple, goldenSimple}, "windows": {golden.Windows, goldenWindows}} {
		t.Run(name, func(t *testing.T) {
			m, labels := c.model(t, c.spec), c.labels()
			logits := m.Logits(m.NewWorkspace(len(labels)), c.X)
			compare(t, "logits", logits, c.Logits, 1e-5)
			classes := len(logits) / len(labels)
			for i := range labels {
				Softmax(logits[i*classes:][:classes], logits[i*classes:][:classes])
			}
			compare(t, "softmax", logits, c.Softmax, 1e-5)
			if got := m.Loss(c.X, labels); math.Abs(got-c.Loss) > 1e-6 {
				t.Errorf("loss %v; want %v", got, c.Loss)
			}
			loss, gradients := m.Gradient(c.X, labels)
			if math.Abs(loss-c.Loss) > 1e-6 {
				t.Errorf("loss with the gradient %v; want %v", loss, c.Loss)
			}
			for _, g := range gradients {
				compare(t, "gradient of "+g.Name, g.Data, c.Gradients[g.Name], 1e-5)
			}
			tape := newTape(m.net, len(labels))
			delta := make([]float32, len(c.Logits))
			SoftmaxCrossEntropy(delta, tape.forward(m.parameters, c.X, len(labels), nil), labels)
			dx := tape.backward(m.parameters, len(labels), delta, true)
			compare(t, "gradient of the input", dx, c.InputGradient, 1e-5)
		})
	}
}

func TestGoldenOptimizers(t *testing.T) {
	golden := readGolden(t)
	for name, c := range map[string]struct {
		rule Optimizer
		rate float64
	}{
		"sgd": {SGD{}, 0.1}, "momentum": {Momentum{}, 0.1}, "adagrad": {AdaGrad{}, 0.1}, "adam": {Adam{}, 0.01},
		"adamw": {AdamW{Decay: 0.1}, 0.01},
	} {
		t.Run(name, func(t *testing.T) {
			want := golden.Optimizers[name]
			trainer := NewTrainer(golden.Simple.model(t, goldenSimple), TrainConfig{Optimizer: c.rule, Batch: 4, Shards: 2})
			defer trainer.Close()
			for i, loss := range want.Losses {
				if got := trainer.Step(golden.Simple.X, golden.Simple.labels(), c.rate); math.Abs(got-loss) > 2e-5 {
					t.Errorf("loss before step %d: %v; want %v", i+1, got, loss)
				}
			}
			if len(want.Losses) != 10 {
				t.Fatalf("the golden file has %d steps; want 10", len(want.Losses))
			}
			for _, p := range trainer.Snapshot().Tensors() {
				compare(t, p.Name, p.Data, want.Parameters[p.Name], 1e-4)
			}
		})
	}
}

// compare reports the first number that is off by more than tolerance, absolute
// below 1 and relative above.
func compare(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d numbers; want %d", what, len(got), len(want))
		return
	}
	for i, w := range want {
		if off := math.Abs(float64(got[i]) - float64(w)); !(off <= tolerance*max(1, math.Abs(float64(w)))) {
			t.Errorf("%s: number %d is %v; want %v", what, i, got[i], w)
			return
		}
	}
}
