package cnn

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// smallWithDropout exercises randomness in training.
var smallWithDropout = Spec{Shape{1, 8, 8}, []Layer{
	Conv2D{3, Square(3)}, ReLU{}, MaxPool{Window{2, 2, 2, 0}}, Dropout{0.3}, Affine{4},
}}

// everything exercises all that a step of training can do.
var everything = Spec{Shape{1, 8, 8}, []Layer{
	Conv2D{3, Square(3)}, BatchNorm{}, ReLU{}, MaxPool{Window{2, 2, 2, 0}},
	Conv2D{4, Window{3, 3, 1, 1}}, BatchNorm{}, ReLU{}, GlobalAvgPool{}, Dropout{0.3}, Affine{6}, BatchNorm{}, Affine{4},
}}

func everythingConfig(shards int, seed uint64) TrainConfig {
	return TrainConfig{Optimizer: AdamW{}, Batch: 17, Shards: shards, Seed: seed, LabelSmoothing: 0.05,
		Distillation: Distillation{Weight: 0.5, Temperature: 2}, ClipNorm: 0.5, Average: 0.9}
}

// trainingData returns samples whose class is the quarter that is lit.
func trainingData(n int) (x []float32, labels []uint8) {
	x, labels = normals(newRandom(9), n*64), make([]uint8, n)
	for i := range n {
		labels[i] = uint8(i % 4)
		row, col := int(labels[i])/2*4, int(labels[i])%2*4
		for r := row; r < row+4; r++ {
			for c := col; c < col+4; c++ {
				x[i*64+r*8+c] += 1.5
			}
		}
	}
	return x, labels
}

func TestTrainingLearns(t *testing.T) {
	x, labels := trainingData(64)
	for name, c := range map[string]struct {
		rule Optimizer
		rate float64
	}{"sgd": {SGD{}, 0.1}, "momentum": {Momentum{}, 0.03}, "adagrad": {AdaGrad{}, 0.05}, "adam": {Adam{}, 0.01}, "adamw": {AdamW{}, 0.01}} {
		trainer := NewTrainer(newTestModel(t, smallWithDropout, 1), TrainConfig{Optimizer: c.rule, Batch: 64})
		first := trainer.Snapshot().Loss(x, labels)
		for range 100 {
			trainer.Step(x, labels, c.rate)
		}
		trainer.Close()
		m := trainer.Snapshot()
		if last := m.Loss(x, labels); last > first/3 {
			t.Errorf("%s: the loss went from %v to %v; want less than a third", name, first, last)
		}
		if a := m.Accuracy(x, labels); a < 0.85 {
			t.Errorf("%s: accuracy %v on the training data; want at least 0.85", name, a)
		}
	}
}

func trainSteps(t *testing.T, trainer *Trainer, from, to int) {
	t.Helper()
	x, labels := trainingData(60)
	teacher := normals(newRandom(10), 4*60) // counts where the configuration says so
	for i := from; i < to; i++ {
		start := i * 13 % 40
		trainer.StepTaught(x[start*64:(start+17)*64], labels[start:start+17], teacher[start*4:(start+17)*4], 0.01)
	}
}

func TestSameSeedSameWeights(t *testing.T) {
	run := func(seed uint64) *Model {
		trainer := NewTrainer(newTestModel(t, smallWithDropout, 1), TrainConfig{Batch: 17, Shards: 3, Seed: seed})
		defer trainer.Close()
		trainSteps(t, trainer, 0, 20)
		return trainer.Snapshot()
	}
	if a, b := run(5), run(5); !slices.Equal(a.parameters, b.parameters) {
		t.Error("two runs with one seed differ")
	}
	if a, b := run(5), run(6); slices.Equal(a.parameters, b.parameters) {
		t.Error("two runs with different seeds are equal; the dropout does not use the seed")
	}
	all := func(seed uint64) (now, averaged []float32) {
		trainer := NewTrainer(newTestModel(t, everything, 1), everythingConfig(2, seed))
		defer trainer.Close()
		trainSteps(t, trainer, 0, 20)
		return trainer.Snapshot().parameters, trainer.Averaged().parameters
	}
	now, averaged := all(5)
	again, averagedAgain := all(5)
	if !slices.Equal(now, again) || !slices.Equal(averaged, averagedAgain) {
		t.Error("two runs with everything and one seed differ")
	}
}

func TestShardsOnlyChangeRounding(t *testing.T) {
	spec := goldenSimple
	run := func(shards int) *Model {
		trainer := NewTrainer(newTestModel(t, spec, 1), TrainConfig{Optimizer: SGD{}, Batch: 17, Shards: shards})
		defer trainer.Close()
		x, labels := trainingData(60)
		for i := range labels {
			labels[i] %= 3
		}
		for i := range 5 {
			trainer.Step(x[i*64:(i+17)*64], labels[i:i+17], 0.05)
		}
		trainer.Step(x[:64], labels[:1], 0.05) // fewer samples than shards
		return trainer.Snapshot()
	}
	want := run(1)
	for _, shards := range []int{2, 3, 8, 40} {
		compare(t, "parameters", run(shards).parameters, want.parameters, 1e-4)
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	trainer := NewTrainer(newTestModel(t, smallWithDropout, 1), TrainConfig{Batch: 32, Shards: 2})
	defer trainer.Close()
	x, labels := trainingData(32)
	if n := testing.AllocsPerRun(20, func() { trainer.Step(x, labels, 0.01) }); n != 0 {
		t.Errorf("%v allocations a step; want 0", n)
	}
	all := NewTrainer(newTestModel(t, everything, 1), everythingConfig(2, 1))
	defer all.Close()
	teacher := normals(newRandom(1), 4*17)
	if n := testing.AllocsPerRun(20, func() { all.StepTaught(x[:17*64], labels[:17], teacher, 0.01) }); n != 0 {
		t.Errorf("%v allocations a step with everything; want 0", n)
	}
	patches := NewTrainer(newTestModel(t, patched, 1), TrainConfig{Batch: 16, Shards: 2})
	defer patches.Close()
	x = normals(newRandom(1), 16*patched.Input.Size())
	if n := testing.AllocsPerRun(20, func() { patches.Step(x, labels[:16], 0.01) }); n != 0 {
		t.Errorf("%v allocations a step with patches; want 0", n)
	}
}

func TestResumedRunEqualsUnbroken(t *testing.T) {
	plain := TrainConfig{Batch: 17, Shards: 2, Seed: 3}
	with := func(rule Optimizer) TrainConfig { plain.Optimizer = rule; return plain }
	for name, c := range map[string]struct {
		spec   Spec
		config TrainConfig
	}{
		"adam": {smallWithDropout, with(Adam{})}, "momentum": {smallWithDropout, with(Momentum{})}, "sgd": {smallWithDropout, with(SGD{})},
		"everything": {everything, everythingConfig(2, 3)},
	} {
		unbroken := NewTrainer(newTestModel(t, c.spec, 1), c.config)
		trainSteps(t, unbroken, 0, 12)

		broken := NewTrainer(newTestModel(t, c.spec, 1), c.config)
		trainSteps(t, broken, 0, 7)
		saved := broken.Checkpoint()
		saved.Best, saved.Record = broken.Averaged(), `{"epoch":3}`
		path := filepath.Join(t.TempDir(), "checkpoint")
		if err := saved.SaveFile(path); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := LoadCheckpoint(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if loaded.Record != saved.Record || !slices.Equal(loaded.Best.parameters, saved.Best.parameters) {
			t.Errorf("%s: the record or the best model changed on the way", name)
		}
		resumed := NewTrainer(newTestModel(t, c.spec, 99), c.config)
		if err := resumed.Restore(loaded); err != nil {
			t.Fatal(err)
		}
		trainSteps(t, resumed, 7, 12)
		if !slices.Equal(resumed.Snapshot().parameters, unbroken.Snapshot().parameters) ||
			!slices.Equal(resumed.Averaged().parameters, unbroken.Averaged().parameters) {
			t.Errorf("%s: the resumed run ended at other weights", name)
		}
		if resumed.Steps() != 12 {
			t.Errorf("%s: %d steps; want 12", name, resumed.Steps())
		}
		for _, trainer := range []*Trainer{unbroken, broken, resumed} {
			trainer.Close()
		}
	}
}

func TestRestoreRefusesAnotherRun(t *testing.T) {
	smooth := Spec{smallWithDropout.Input, slices.Clone(smallWithDropout.Layers)}
	smooth.Layers[1] = Tanh{}
	adam := NewTrainer(newTestModel(t, smallWithDropout, 1), TrainConfig{})
	defer adam.Close()
	before := adam.Snapshot()
	for name, c := range map[string]struct {
		spec   Spec
		config TrainConfig
	}{
		"another network":   {goldenSimple, TrainConfig{}},
		"other layers":      {smooth, TrainConfig{}}, // with as many parameters
		"another optimizer": {smallWithDropout, TrainConfig{Optimizer: SGD{}}},
		"averaged weights":  {smallWithDropout, TrainConfig{Average: 0.9}},
	} {
		other := NewTrainer(newTestModel(t, c.spec, 2), c.config)
		if err := adam.Restore(other.Checkpoint()); !errors.Is(err, ErrMismatch) {
			t.Errorf("%s: Restore returned %v; want ErrMismatch", name, err)
		}
		if name == "averaged weights" {
			if err := other.Restore(adam.Checkpoint()); !errors.Is(err, ErrMismatch) {
				t.Errorf("%s are missing: Restore returned %v; want ErrMismatch", name, err)
			}
		}
		other.Close()
	}
	if !slices.Equal(adam.Snapshot().parameters, before.parameters) {
		t.Error("a refused checkpoint changed the trainer")
	}
}

func TestStepReportsDivergence(t *testing.T) {
	trainer := NewTrainer(newTestModel(t, smallWithDropout, 1), TrainConfig{Optimizer: SGD{}, Batch: 60})
	defer trainer.Close()
	x, labels := trainingData(60)
	for range 20 {
		if loss := trainer.Step(x, labels, 1e20); math.IsNaN(loss) || math.IsInf(loss, 0) {
			return
		}
	}
	t.Error("a learning rate of 1e20 kept the loss finite")
}
