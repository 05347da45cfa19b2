package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"digits/internal/mnist"
	"digits/pkg/cnn"
)

func TestPresets(t *testing.T) {
	for name, parameters := range map[string]int{"seed": 433_890, "simple": 433_890, "fast": 215_194, "digits": 147_595} {
		r, err := preset(name)
		if err == nil {
			err = r.check()
		}
		if err != nil {
			t.Fatal(err)
		}
		m, err := cnn.New(r.spec(), rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if m.Parameters() != parameters {
			t.Errorf("%s has %d parameters; want %d", name, m.Parameters(), parameters)
		}
	}
}

// The embedded weights can be made again: by the preset, with the seed and the
// shards that the model card names.
func TestPresetIsTheRecipeOfTheEmbeddedWeights(t *testing.T) {
	want, err := preset("digits")
	if err != nil {
		t.Fatal(err)
	}
	want.Seed, want.Shards = 1, 2
	m, err := cnn.LoadFile("../../weights/digits.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if record, err := recordIn(m); err != nil || record.Recipe != want {
		t.Errorf("the file's recipe is %+v, %v; the preset is %+v", record.Recipe, err, want)
	}
}

// Filters and hidden outputs are multiplied, in eights; the answers are not.
func TestWidth(t *testing.T) {
	for _, c := range []struct {
		network       string
		width         float64
		first, hidden int // filters, and outputs of the last layer but the answers
		outputs       int
	}{
		{"", 0, 30, 100, 10}, {"", 1, 30, 100, 10}, {"", 0.5, 16, 48, 10}, {"", 2, 64, 200, 10}, {"", 0.01, 8, 8, 10},
		{"fast", 1.25, 32, 320, 10}, {"digits", 0.5, 16, 48, 11}, {"digits", 1.5, 48, 144, 11},
	} {
		layers := recipe{Network: c.network, Width: c.width}.spec().Layers
		hidden := 0
		for _, layer := range layers[:len(layers)-1] {
			switch l := layer.(type) {
			case cnn.Conv2D:
				hidden = l.Filters
			case cnn.Affine:
				hidden = l.Outputs
			}
		}
		first, outputs := layers[0].(cnn.Conv2D).Filters, layers[len(layers)-1].(cnn.Affine).Outputs
		if first != c.first || hidden != c.hidden || outputs != c.outputs {
			t.Errorf("%q, width %v: %d, %d and %d; want %d, %d and %d", c.network, c.width, first, hidden, outputs, c.first, c.hidden, c.outputs)
		}
	}
	if again, _ := network("digits"); again.Layers[0].(cnn.Conv2D).Filters != 32 {
		t.Error("widening changed the network itself")
	}
}

func TestStrengthOfTheAugmentation(t *testing.T) {
	for _, c := range []struct {
		r    recipe
		want [4]float64
	}{
		{recipe{Epochs: 4}, [4]float64{1, 1, 1, 1}},
		{recipe{Epochs: 4, Weaken: 0.25}, [4]float64{1, 1, 1, 1.0 / 3}},
		{recipe{Epochs: 4, Weaken: 0.5, Strength: 1.5}, [4]float64{1.5, 1.5, 0.5, 0.5}},
		{recipe{Epochs: 4, Weaken: 0.5, Echo: 2}, [4]float64{1, 1, 1.0 / 3, 1.0 / 3}},
		{recipe{Epochs: 4, Weaken: 0.25, Echo: 2}, [4]float64{1, 1, 1, 1}}, // a look is not divided
		{recipe{Epochs: 4, Weaken: 0.25, Echo: 3}, [4]float64{1, 1, 1, 1.0 / 3}},
	} {
		for epoch, want := range c.want {
			if got := c.r.strength(epoch); math.Abs(got-want) > 1e-12 {
				t.Errorf("%+v: epoch %d has %v; want %v", c.r, epoch, got, want)
			}
		}
	}
}

// What a recipe does not use is neither in its record nor with the trainer.
func TestRefinementsAreOffUnlessAskedFor(t *testing.T) {
	for _, name := range []string{"seed", "simple", "fast"} {
		r, err := preset(name)
		if err != nil {
			t.Fatal(err)
		}
		want := cnn.TrainConfig{Optimizer: cnn.Adam{Beta1: r.Beta1, Beta2: r.Beta2}, Batch: r.Batch, Shards: r.Shards, Seed: r.Seed}
		if got := r.training(); got != want {
			t.Errorf("%s trains with %+v; want %+v", name, got, want)
		}
		encoded, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"weight_decay", "smoothing", "distillation", "clip", "average", "echo"} {
			if strings.Contains(string(encoded), key) {
				t.Errorf("%s is recorded as %s", name, encoded)
			}
		}
	}
}

func TestRefinementsReachTheTrainer(t *testing.T) {
	distillation := cnn.Distillation{Weight: 0.7, Temperature: 3}
	r := recipe{Batch: 5, Shards: 2, Seed: 4, Beta1: 0.8, WeightDecay: 0.1, Smoothing: 0.02, Distillation: distillation, Clip: 2, Average: 0.999}
	want := cnn.TrainConfig{Optimizer: cnn.AdamW{Adam: cnn.Adam{Beta1: 0.8}, Decay: 0.1}, Batch: 5, Shards: 2, Seed: 4,
		LabelSmoothing: 0.02, Distillation: distillation, ClipNorm: 2, Average: 0.999}
	if got := r.training(); got != want {
		t.Errorf("the trainer gets %+v; want %+v", got, want)
	}
	encoded, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back recipe
	if err := json.Unmarshal(encoded, &back); err != nil || back != r {
		t.Errorf("%s came back as %+v, %v", encoded, back, err)
	}
}

func TestRefinementsThatCannotBe(t *testing.T) {
	good, err := preset("seed")
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(r *recipe){
		"decay":       func(r *recipe) { r.WeightDecay = 1 },
		"smoothing":   func(r *recipe) { r.Smoothing = -0.1 },
		"weight":      func(r *recipe) { r.Distillation.Weight = 1.1 },
		"temperature": func(r *recipe) { r.Distillation.Temperature = math.NaN() },
		"--clip":      func(r *recipe) { r.Clip = math.Inf(1) },
		"average":     func(r *recipe) { r.Average = 1 },
		"--echo":      func(r *recipe) { r.Echo = -1 },
	} {
		r := good
		spoil(&r)
		if err := r.check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: check returned %v", name, err)
		}
	}
}

// The whole way of the fast preset, on 4,000 of the 60,000 images: what it
// trains reads digits, can be loaded and says how it was made.
func TestFastPresetLearnsFromFewImages(t *testing.T) {
	images, test, err := mnist.Load(t.Context(), mnist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := testOptions(t)
	if o.recipe, err = preset("fast"); err != nil {
		t.Fatal(err)
	}
	o.recipe.Validation = 500
	o.load = func(context.Context) (mnist.Set, mnist.Set, error) {
		_, few := images.Split(4000, 1)
		_, unseen := test.Split(1000, 1)
		return few, unseen, nil
	}
	var out bytes.Buffer
	if err := fit(t.Context(), o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "epoch 2 of 2") || !strings.Contains(out.String(), " of 1000 right") {
		t.Errorf("stdout:\n%s", &out)
	}
	m, err := loadReader(o.out)
	if err != nil {
		t.Fatal(err)
	}
	var record runRecord
	if err := json.Unmarshal([]byte(m.Metadata()["training"]), &record); err != nil || record.Recipe != o.recipe || m.Parameters() != 215_194 {
		t.Errorf("%d parameters, record %+v, %v", m.Parameters(), record, err)
	}
	if e, err := evaluate(t.Context(), m, test); err != nil || e.Accuracy < 0.93 {
		t.Errorf("accuracy %v, %v; want at least 0.93", e.Accuracy, err)
	}
}

func TestSchedules(t *testing.T) {
	constant := recipe{LearningRate: 0.5, Schedule: "constant"}
	cosine := recipe{LearningRate: 0.5, Schedule: "cosine"}
	cycle := recipe{LearningRate: 0.5, Schedule: "one-cycle"}
	for _, c := range []struct {
		r    recipe
		step int
		want float64
	}{{constant, 0, 0.5}, {constant, 99, 0.5}, {cosine, 0, 0.5}, {cosine, 50, 0.25}, {cosine, 25, 0.25 + math.Sqrt2/8}, {cosine, 100, 0},
		{cycle, 0, 0.02}, {cycle, 15, 0.26}, {cycle, 30, 0.5}, {cycle, 65, 0.25}, {cycle, 100, 0}} {
		if got := c.r.rate(c.step, 100); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: the rate of step %d is %v; want %v", c.r.Schedule, c.step, got, c.want)
		}
	}
}

func TestWhichEpochIsKept(t *testing.T) {
	best := epochScore{Accuracy: 0.99, Loss: 0.03} // one standard error of 5,000 images is 0.0014
	strict, settled := recipe{Validation: 5000}, recipe{Validation: 5000, Settled: true}
	for _, c := range []struct {
		s               epochScore
		strict, settled bool
	}{
		{epochScore{0.9902, 0.05}, true, true},
		{epochScore{0.99, 0.02}, true, true},
		{epochScore{0.99, 0.04}, false, true},
		{epochScore{0.9888, 0.04}, false, true},
		{epochScore{0.9884, 0.01}, false, false},
	} {
		if got := strict.accepts(c.s, best); got != c.strict {
			t.Errorf("after %+v, %+v is kept: %v; want %v", best, c.s, got, c.strict)
		}
		if got := settled.accepts(c.s, best); got != c.settled {
			t.Errorf("settled, after %+v, %+v is kept: %v; want %v", best, c.s, got, c.settled)
		}
	}
}

// The widest networks keep the bounds that weights files have.
func TestWidestNetworksCanBeBuilt(t *testing.T) {
	for _, network := range []string{"", "fast", "digits", "teacher"} {
		r, err := preset("digits")
		if err != nil {
			t.Fatal(err)
		}
		r.Network, r.Width = network, 4
		if _, err := cnn.New(r.spec(), rand.New(rand.NewPCG(1, 1))); err != nil {
			t.Errorf("%s: %v", network, err)
		}
	}
}
