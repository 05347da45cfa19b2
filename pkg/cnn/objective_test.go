package cnn

import (
	"math"
	"slices"
	"testing"
)

// TestObjectiveGradients compares the gradient of every loss with central
// differences.
func TestObjectiveGradients(t *testing.T) {
	const n, classes = 3, 4
	random := newRandom(5)
	logits, teacher, labels := normals(random, n*classes), normals(random, n*classes), []uint8{3, 0, 2}
	for name, c := range map[string]struct {
		objective
		teacher []float32
	}{
		"labels":                  {objective{}, nil},
		"smoothed":                {objective{0.3, Distillation{}}, nil},
		"taught":                  {objective{0, Distillation{0.6, 3}}, teacher},
		"taught without softness": {objective{0, Distillation{Weight: 1}}, teacher},
		"both":                    {objective{0.2, Distillation{0.5, 2}}, teacher},
	} {
		l, gradient := lesson{labels: labels, teacher: c.teacher}, make([]float32, n*classes)
		const scale, step = 0.25, 1.0 / 64
		c.gradient(gradient, logits, l, scale)
		unused := make([]float32, n*classes)
		for i, old := range logits {
			logits[i] = old + step
			up := c.gradient(unused, logits, l, 1)
			logits[i] = old - step
			down := c.gradient(unused, logits, l, 1)
			logits[i] = old
			compare(t, name, gradient[i:i+1], []float32{float32(scale * (up - down) / (2 * step))}, 1e-4)
		}
	}
}

// TestObjectivesAgree: without a share, or with the student for a teacher, the
// loss is the plain one.
func TestObjectivesAgree(t *testing.T) {
	const n, classes = 2, 3
	logits, labels := normals(newRandom(5), n*classes), []uint8{2, 0}
	want := make([]float32, n*classes)
	loss := objective{}.gradient(want, logits, lesson{labels: labels}, 1)
	got := make([]float32, n*classes)
	if l := (objective{0, Distillation{0, 5}}).gradient(got, logits, lesson{labels: labels, teacher: normals(newRandom(6), n*classes)}, 1); l != loss {
		t.Errorf("a teacher without weight makes the loss %v; want %v", l, loss)
	}
	compare(t, "gradient with such a teacher", got, want, 0)
	if l := (objective{0, Distillation{0.5, 5}}).gradient(got, logits, lesson{labels: labels, teacher: logits}, 1); math.Abs(l-loss/2) > 1e-9 {
		t.Errorf("agreeing with a teacher of half the weight costs %v; want %v", l, loss/2)
	}
	if l := (objective{0, Distillation{0.5, 0.1}}).gradient(got, []float32{1e6, -1e6, 0}, lesson{labels: labels[:1], teacher: []float32{-1e6, 1e6, 0}}, 1); math.IsNaN(l) || math.IsInf(l, 0) {
		t.Errorf("huge logits cost %v; want a finite number", l)
	}
}

func TestClipping(t *testing.T) {
	x, labels := trainingData(17)
	run := func(limit float64) []float32 {
		trainer := NewTrainer(newTestModel(t, smallWithDropout, 1), TrainConfig{Optimizer: SGD{}, Shards: 2, ClipNorm: limit})
		defer trainer.Close()
		before := trainer.Snapshot().parameters
		trainer.Step(x, labels, 1)
		change := trainer.Snapshot().parameters
		for i := range change {
			change[i] -= before[i]
		}
		return change
	}
	free := run(0)
	if !slices.Equal(run(1e6), free) {
		t.Error("a limit beyond the gradient's length changed it")
	}
	var squares float64
	for _, c := range free {
		squares += float64(c) * float64(c)
	}
	limit := math.Sqrt(squares) / 3
	want := slices.Clone(free)
	for i := range want {
		want[i] /= 3
	}
	compare(t, "a gradient cut to a third", run(limit), want, 1e-5)
}

func TestTrainingRefusesMisuse(t *testing.T) {
	m := newTestModel(t, goldenSimple, 1)
	trainer := NewTrainer(m, TrainConfig{})
	defer trainer.Close()
	x, labels := make([]float32, 64), []uint8{1}
	nan := math.NaN()
	for name, misuse := range map[string]func(){
		"no samples":              func() { trainer.Step(nil, nil, 0.1) },
		"a label too many":        func() { trainer.Step(x, []uint8{1, 2}, 0.1) },
		"too few teacher logits":  func() { trainer.StepTaught(x, labels, make([]float32, 2), 0.1) },
		"no teacher logits":       func() { trainer.StepTaught(x, labels, []float32{}, 0.1) },
		"a negative batch":        func() { NewTrainer(m, TrainConfig{Batch: -1}) },
		"a smoothing of 1":        func() { NewTrainer(m, TrainConfig{LabelSmoothing: 1}) },
		"a smoothing that is NaN": func() { NewTrainer(m, TrainConfig{LabelSmoothing: nan}) },
		"an average of 1":         func() { NewTrainer(m, TrainConfig{Average: 1}) },
		"a negative limit":        func() { NewTrainer(m, TrainConfig{ClipNorm: -1}) },
		"too heavy a teacher":     func() { NewTrainer(m, TrainConfig{Distillation: Distillation{Weight: 1.5}}) },
		"a negative temperature":  func() { NewTrainer(m, TrainConfig{Distillation: Distillation{Temperature: -1}}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			misuse()
		})
	}
}
