package cnn

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestSimpleConvNet(t *testing.T) {
	m := newTestModel(t, SimpleConvNet(), 1)
	if m.Parameters() != 433_890 {
		t.Errorf("%d parameters; want 433,890", m.Parameters())
	}
	if out := m.OutputShape(); out != (Shape{10, 1, 1}) {
		t.Errorf("output %v; want 10x1x1", out)
	}
	var names []string
	for _, tensor := range m.Tensors() {
		names = append(names, tensor.Name)
	}
	want := "conv1.weight conv1.bias affine1.weight affine1.bias affine2.weight affine2.bias"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("tensors %s; want %s", got, want)
	}
}

func TestSpecsThatCannotBeBuilt(t *testing.T) {
	small := Shape{1, 4, 4}
	for name, spec := range map[string]Spec{
		"no layers":                {small, nil},
		"a nil layer":              {small, []Layer{nil}},
		"an empty input":           {Shape{1, 0, 4}, []Layer{ReLU{}}},
		"a negative input":         {Shape{-1, 4, 4}, []Layer{ReLU{}}},
		"a huge input":             {Shape{60_000, 60_000, 60_000}, []Layer{ReLU{}}},
		"no filters":               {small, []Layer{Conv2D{0, Square(3)}}},
		"a window of size 0":       {small, []Layer{Conv2D{3, Square(0)}}},
		"a window beyond the edge": {small, []Layer{Conv2D{3, Square(5)}}},
		"a negative stride":        {small, []Layer{Conv2D{3, Window{3, 3, -1, 0}}}},
		"a negative padding":       {small, []Layer{MaxPool{Window{2, 2, 1, -1}}}},
		"an overflowing padding":   {small, []Layer{Conv2D{3, Window{3, 3, 1, 1 << 62}}}},
		"a conv of padding only":   {small, []Layer{Conv2D{3, Window{3, 3, 1, 3}}}},
		"a huge activation":        {Shape{1, 4096, 1024}, []Layer{Conv2D{2, Square(1)}}},
		"a window as the image":    {Shape{1, 2047, 2047}, []Layer{Conv2D{1, Square(2047)}}},
		"many large windows":       {Shape{1, 64, 64}, []Layer{Conv2D{60_000, Square(60)}}},
		"a very long window":       {Shape{2, 31, 65535}, []Layer{Conv2D{2047, Window{1, 65535, 1, 0}}}},
		"windows for hours":        {Shape{1, 2000, 2000}, []Layer{Conv2D{4, Square(1000)}}},
		"pooling padding only":     {small, []Layer{MaxPool{Window{2, 2, 1, 2}}}},
		"no outputs":               {small, []Layer{Affine{0}}},
		"a dropout rate of 1":      {small, []Layer{Dropout{1}}},
		"too many parameters":      {Shape{64, 512, 512}, []Layer{Affine{60_000}}},
		"too many layers":          {small, make([]Layer, maxLayers+1)},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := New(spec, newRandom(1)); !errors.Is(err, ErrSpec) {
				t.Errorf("New returned %v; want an ErrSpec", err)
			}
		})
	}
}

// Running statistics count for nothing but the file.
func TestParametersOfBatchNorm(t *testing.T) {
	m := newTestModel(t, Spec{Shape{2, 3, 3}, []Layer{Conv2D{4, Square(3)}, BatchNorm{}}}, 1)
	if got, want := m.Parameters(), 4*2*9+4+2*4; got != want {
		t.Errorf("%d parameters; want %d", got, want)
	}
	want := map[string]float32{"batchnorm1.weight": 1, "batchnorm1.bias": 0, "batchnorm1.running_mean": 0, "batchnorm1.running_var": 1}
	var names []string
	for _, tensor := range m.Tensors() {
		names = append(names, tensor.Name)
		for _, v := range tensor.Data {
			if first, ok := want[tensor.Name]; ok && v != first {
				t.Errorf("%s begins as %v; want %v", tensor.Name, v, first)
			}
		}
	}
	if got, want := strings.Join(names, " "), "conv1.weight conv1.bias batchnorm1.weight batchnorm1.bias batchnorm1.running_mean batchnorm1.running_var"; got != want {
		t.Errorf("tensors %s; want %s", got, want)
	}
	_, gradients := m.Gradient(make([]float32, 18), []uint8{0})
	if len(gradients) != 4 || gradients[3].Name != "batchnorm1.bias" {
		t.Errorf("%d gradients; want 4, none of the statistics", len(gradients))
	}
}

func TestSpecJSONRoundTrip(t *testing.T) {
	spec := Spec{Shape{2, 9, 8}, []Layer{
		Conv2D{3, Window{3, 2, 2, 1}}, ReLU{}, Tanh{}, Sigmoid{}, MaxPool{Window{2, 2, 1, 1}}, AvgPool{Square(2)}, Dropout{0.25}, BatchNorm{}, GlobalAvgPool{}, Affine{7},
	}}
	encoded, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	var back Spec
	if err := json.Unmarshal(encoded, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, spec) {
		t.Errorf("%s came back as %+v", encoded, back)
	}
	for _, bad := range []string{
		`{"input":[1,2,3],"layers":[{"type":"attention"}]}`,
		`{"input":[1,2,3],"layers":[{"type":"relu","slope":1}]}`,
		`{"input":[1,2,3],"layers":[{"type":"batchnorm","epsilon":1}]}`,
		`{"input":[1,2,3],"layers":[{"type":"globalavgpool","height":2}]}`,
		`{"input":[1,2,3],"layers":[],"extra":1}`,
		`{"input":[1,2,3],"layers":[7]}`,
	} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestInitialWeights(t *testing.T) {
	deviations := func(m *Model) (weight, bias float64) {
		w := m.Tensors()[2] // affine1, fan-in 4320
		for _, v := range w.Data {
			weight += float64(v) * float64(v) / float64(len(w.Data))
		}
		for _, v := range m.Tensors()[3].Data {
			bias += float64(v) * float64(v)
		}
		return weight, bias
	}
	normal, err := NewNormal(SimpleConvNet(), newRandom(1), 0.01)
	if err != nil {
		t.Fatal(err)
	}
	he := newTestModel(t, SimpleConvNet(), 1)
	for name, c := range map[string]struct {
		m        *Model
		variance float64
	}{"normal": {normal, 0.0001}, "he": {he, 2.0 / 4320}} {
		w, b := deviations(c.m)
		if w < 0.99*c.variance || w > 1.01*c.variance || b != 0 {
			t.Errorf("%s: the variance of the weights is %v, of the biases %v; want %v and 0", name, w, b, c.variance)
		}
	}
	if again := newTestModel(t, SimpleConvNet(), 1); !reflect.DeepEqual(again.parameters, he.parameters) {
		t.Error("the same seed gave other weights")
	}
}
