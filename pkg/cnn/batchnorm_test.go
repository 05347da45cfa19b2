package cnn

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// goldenNorm is the network of testdata/golden.py with batch normalisation.
var goldenNorm = Spec{Shape{1, 10, 10}, []Layer{
	Conv2D{4, Square(3)}, BatchNorm{}, ReLU{}, MaxPool{Window{2, 2, 2, 0}},
	Conv2D{6, Window{3, 3, 1, 1}}, BatchNorm{}, ReLU{}, GlobalAvgPool{}, Affine{3},
}}

// withStatistics gives a model the parameters and statistics of a training.
func withStatistics(m *Model, seed uint64) *Model {
	random := newRandom(seed)
	for i := range m.parameters {
		m.parameters[i] += float32(random.NormFloat64()) / 3
	}
	for i := range m.net.nodes {
		_, variance := halves(m.net.statisticsOf(&m.net.nodes[i], m.parameters))
		for c := range variance {
			variance[c] = float32(random.ExpFloat64())
		}
	}
	return m
}

func logitsOf(m *Model, x []float32) []float32 {
	return slices.Clone(m.Logits(m.NewWorkspace(len(x)/m.net.spec.Input.Size()), x))
}

// TestForInferenceFolds: a served model has no batch normalisation behind a
// convolution or an affine layer, and the same logits.
func TestForInferenceFolds(t *testing.T) {
	conv, norm, half := Conv2D{5, Square(3)}, BatchNorm{}, MaxPool{Window{2, 2, 2, 0}}
	for name, c := range map[string]struct{ layers, want []Layer }{
		"the usual order": {
			[]Layer{conv, norm, ReLU{}, half, Dropout{0.2}, Affine{3}},
			[]Layer{conv, ReLU{}, half, Affine{3}}},
		"pooling first": {
			[]Layer{conv, norm, half, ReLU{}, Affine{3}},
			[]Layer{conv, half, ReLU{}, Affine{3}}},
		"behind an affine layer": {
			[]Layer{Affine{7}, norm, ReLU{}, Affine{3}, norm},
			[]Layer{Affine{7}, ReLU{}, Affine{3}}},
		"dropout between": {
			[]Layer{conv, Dropout{0.5}, norm},
			[]Layer{conv}},
		"twice": {
			[]Layer{conv, norm, norm, Affine{3}},
			[]Layer{conv, Affine{3}}},
		"what cannot be folded stays": {
			[]Layer{norm, conv, ReLU{}, norm, half, norm, Affine{3}},
			[]Layer{norm, conv, ReLU{}, norm, half, norm, Affine{3}}},
		"both": {
			[]Layer{conv, norm, ReLU{}, norm, conv, norm, GlobalAvgPool{}, norm, Affine{3}},
			[]Layer{conv, ReLU{}, norm, conv, GlobalAvgPool{}, norm, Affine{3}}},
	} {
		t.Run(name, func(t *testing.T) {
			m := withStatistics(newTestModel(t, Spec{Shape{2, 8, 8}, c.layers}, 1), 2)
			served := m.WithMetadata("version", "1").ForInference()
			if got := served.Spec().Layers; !reflect.DeepEqual(got, c.want) {
				t.Errorf("the layers are %+v; want %+v", got, c.want)
			}
			if served.Metadata()["version"] != "1" {
				t.Error("the metadata are gone")
			}
			x := normals(newRandom(3), 4*m.net.spec.Input.Size())
			compare(t, "logits", logitsOf(served, x), logitsOf(m, x), 1e-5)
		})
	}
}

// TestRunningStatistics: a step moves them a tenth of the way to the batch's
// mean and unbiased variance, however many shards have computed it.
func TestRunningStatistics(t *testing.T) {
	in, n := Shape{3, 4, 4}, 7
	x := normals(newRandom(4), n*in.Size())
	for i := range x {
		x[i] = 5 + 2*x[i] // far from 0 in relation to the deviation
	}
	means, variances := make([]float32, in.C), make([]float32, in.C)
	count := float64(n * in.H * in.W)
	for c := range in.C {
		var channel []float32
		for i := range n {
			channel = append(channel, x[i*in.Size()+c*in.H*in.W:][:in.H*in.W]...)
		}
		var mean, squares float64
		for _, v := range channel {
			mean += float64(v) / count
		}
		for _, v := range channel {
			squares += (float64(v) - mean) * (float64(v) - mean)
		}
		means[c], variances[c] = float32(0.1*mean), float32(0.9+0.1*squares/(count-1))
	}
	for _, shards := range []int{1, 2, 3, 9} {
		trainer := NewTrainer(newTestModel(t, Spec{in, []Layer{BatchNorm{}, Affine{3}}}, 1), TrainConfig{Shards: shards})
		trainer.Step(x, make([]uint8, n), 0.01)
		trainer.Close()
		tensors := trainer.Snapshot().Tensors()
		compare(t, "running mean", tensors[2].Data, means, 1e-5)
		compare(t, "running variance", tensors[3].Data, variances, 1e-5)
	}
}

// TestNormOfFarNumbers: a large mean and a channel of equal numbers leave the
// result exact and finite.
func TestNormOfFarNumbers(t *testing.T) {
	const n, pixels = 64, 30
	m := newTestModel(t, Spec{Shape{2, pixels, 1}, []Layer{BatchNorm{}}}, 1)
	x := normals(newRandom(1), n*2*pixels)
	want := make([]float32, len(x))
	var squares float64
	for i := range x {
		if i/pixels%2 == 0 {
			want[i] = x[i]
			squares += float64(x[i]) * float64(x[i])
			x[i] = 1000 + x[i]
		} else {
			x[i] = 7
		}
	}
	var mean float64
	for _, v := range want {
		mean += float64(v) / (n * pixels)
	}
	d := math.Sqrt(squares/(n*pixels) - mean*mean + normEpsilon)
	for i := range want {
		if i/pixels%2 == 0 {
			want[i] = float32((float64(want[i]) - mean) / d)
		}
	}
	got := make([]float32, len(x))
	m.OutputShape().toChannelsFirst(got, newTape(m.net, n).forward(m.parameters, x, n, nil), n)
	compare(t, "normalised", got, want, 1e-3)
}

// TestStatisticsOfAFile: what a file says of them is checked like the rest.
func TestStatisticsOfAFile(t *testing.T) {
	m := withStatistics(newTestModel(t, goldenNorm, 1), 2)
	back, err := Load(bytes.NewReader(encoded(t, m)))
	if err != nil || !slices.Equal(back.parameters, m.parameters) {
		t.Fatalf("Load: %v, or other numbers", err)
	}
	metadata, err := m.net.metadata(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(mean, variance *Tensor) (extra []Tensor){
		"a missing mean":          func(mean, _ *Tensor) []Tensor { mean.Name = "batchnorm1.mean"; return nil },
		"a mean of another size":  func(mean, _ *Tensor) []Tensor { mean.Shape, mean.Data = []int{3}, mean.Data[:3]; return nil },
		"a mean of another shape": func(mean, _ *Tensor) []Tensor { mean.Shape = []int{2, 2}; return nil },
		"one too many":            func(mean, _ *Tensor) []Tensor { return []Tensor{{"batchnorm3.running_mean", mean.Shape, mean.Data}} },
		"a negative variance":     func(_, variance *Tensor) []Tensor { variance.Data[1] = -1e-9; return nil },
	} {
		t.Run(name, func(t *testing.T) {
			tensors := m.Tensors()
			if tensors[4].Name != "batchnorm1.running_mean" || tensors[5].Name != "batchnorm1.running_var" {
				t.Fatalf("the tensors are %v", tensors)
			}
			file, err := encodeTensors(append(tensors, change(&tensors[4], &tensors[5])...), metadata)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Load(bytes.NewReader(file)); !errors.Is(err, ErrCorrupt) {
				t.Errorf("Load returned %v; want ErrCorrupt", err)
			}
		})
	}
}

// TestStatisticsOfACheckpoint: every part that is a model is checked.
func TestStatisticsOfACheckpoint(t *testing.T) {
	for name, spoil := range map[string]func(c *Checkpoint){
		"the model":            func(c *Checkpoint) { c.Model.parameters[len(c.Model.parameters)-1] = -1 },
		"the best":             func(c *Checkpoint) { c.Best.parameters[len(c.Best.parameters)-1] = -1 },
		"the average":          func(c *Checkpoint) { c.average.parameters[len(c.average.parameters)-1] = -1 },
		"the model, cut":       func(c *Checkpoint) { c.Model.parameters = c.Model.parameters[:c.Model.net.parameters] },
		"the average, cut":     func(c *Checkpoint) { c.average.parameters = c.average.parameters[:c.Model.net.parameters] },
		"the memory, too long": func(c *Checkpoint) { c.memory[1] = make([]float32, c.Model.net.size()) },
	} {
		t.Run(name, func(t *testing.T) {
			trainer := NewTrainer(newTestModel(t, everything, 1), everythingConfig(1, 1))
			defer trainer.Close()
			c := trainer.Checkpoint()
			c.Best = trainer.Averaged()
			path := filepath.Join(t.TempDir(), "checkpoint")
			load := func() error {
				if err := c.SaveFile(path); err != nil {
					t.Fatal(err)
				}
				file, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				_, err = LoadCheckpoint(bytes.NewReader(file))
				return err
			}
			if err := load(); err != nil {
				t.Fatal(err)
			}
			spoil(&c)
			if err := load(); !errors.Is(err, ErrCorrupt) {
				t.Errorf("LoadCheckpoint returned %v; want ErrCorrupt", err)
			}
		})
	}
}

// TestServedNetworkCanBeFused: without the batch normalisation, convolution,
// pooling and ReLU stand side by side, as their fused kernel wants them.
func TestServedNetworkCanBeFused(t *testing.T) {
	var kinds []string
	for _, nd := range newTestModel(t, goldenNorm, 1).ForInference().net.nodes {
		kinds = append(kinds, nd.layer.kind())
	}
	if want := "conv maxpool relu conv relu globalavgpool affine"; strings.Join(kinds, " ") != want {
		t.Errorf("the nodes are %v; want %s", kinds, want)
	}
}
