package cnn

import (
	"math"
	"strings"
	"testing"
)

// normCase is goldenNorm in training mode, with what a step leaves.
type normCase struct {
	goldenCase
	Teacher        []float32            `json:"teacher"`
	LogitsGradient []float32            `json:"logits_gradient"`
	Statistics     map[string][]float32 `json:"statistics"`
	Evaluated      []float32            `json:"evaluated"`
}

var goldenObjective = objective{0.1, Distillation{Weight: 0.7, Temperature: 3}}

func TestGoldenNorm(t *testing.T) {
	golden := readGolden(t)
	for name, c := range map[string]struct {
		normCase
		teacher []float32
	}{"labels": {golden.Norm, nil}, "teacher": {golden.Taught, golden.Taught.Teacher}} {
		t.Run(name, func(t *testing.T) {
			m, n := c.model(t, goldenNorm), len(c.Labels)
			tape := newTape(m.net, n)
			l := lesson{c.X, c.labels(), c.teacher}
			logits := tape.forward(m.parameters, c.X, n, nil)
			compare(t, "logits", logits, c.Logits, 1e-5)
			delta := make([]float32, len(logits))
			loss := goldenObjective.gradient(delta, logits, l, 1/float64(n)) / float64(n)
			if math.Abs(loss-c.Loss) > 1e-6 {
				t.Errorf("loss %v; want %v", loss, c.Loss)
			}
			compare(t, "gradient of the logits", delta, c.LogitsGradient, 1e-6)
			compare(t, "gradient of the input", tape.backward(m.parameters, n, delta, true), c.InputGradient, 1e-5)
			for _, g := range m.net.gradientTensors(tape.gradients) {
				compare(t, "gradient of "+g.Name, g.Data, c.Gradients[g.Name], 1e-5)
			}

			trainer := NewTrainer(m, TrainConfig{Optimizer: SGD{}, Shards: 1, LabelSmoothing: 0.1, Distillation: goldenObjective.distillation})
			defer trainer.Close()
			if loss := trainer.StepTaught(c.X, c.labels(), c.teacher, 0); math.Abs(loss-c.Loss) > 1e-6 {
				t.Errorf("loss of a step %v; want %v", loss, c.Loss)
			}
			after := trainer.Snapshot()
			for _, s := range after.Tensors() {
				if strings.Contains(s.Name, "running") {
					compare(t, s.Name, s.Data, c.Statistics[s.Name], 1e-5)
				}
			}
			compare(t, "logits of inference", logitsOf(after, c.X), c.Evaluated, 1e-5)
			compare(t, "logits of the served model", logitsOf(after.ForInference(), c.X), c.Evaluated, 1e-5)
		})
	}
}

func TestGoldenNormSteps(t *testing.T) {
	golden := readGolden(t)
	for name, c := range map[string]struct {
		rule          Optimizer
		rate          float64
		clip, average float64
	}{
		"adamw": {AdamW{Adam: Adam{Epsilon: 1e-4}}, 0.01, 0, 0.4}, "clipped": {SGD{}, 0.1, 0.05, 0},
	} {
		t.Run(name, func(t *testing.T) {
			want := golden.NormSteps[name]
			trainer := NewTrainer(golden.Norm.model(t, goldenNorm), TrainConfig{Optimizer: c.rule, Shards: 1, LabelSmoothing: 0.1,
				Distillation: goldenObjective.distillation, ClipNorm: c.clip, Average: c.average})
			defer trainer.Close()
			for i, loss := range want.Losses {
				if got := trainer.StepTaught(golden.Norm.X, golden.Norm.labels(), golden.Norm.Teacher, c.rate); math.Abs(got-loss) > 1e-5 {
					t.Errorf("loss before step %d: %v; want %v", i+1, got, loss)
				}
			}
			if len(want.Losses) != 10 {
				t.Fatalf("the golden file has %d steps; want 10", len(want.Losses))
			}
			// A bias before a batch normalisation has only rounding errors for a
			// gradient, and AdamW takes them for small steps.
			averaged := trainer.Averaged().Tensors()
			for i, p := range trainer.Snapshot().Tensors() {
				compare(t, p.Name, p.Data, want.Parameters[p.Name], 1e-4)
				if c.average > 0 {
					compare(t, "averaged "+p.Name, averaged[i].Data, want.Averaged[p.Name], 1e-4)
				} else {
					compare(t, "not averaged "+p.Name, averaged[i].Data, p.Data, 0)
				}
			}
		})
	}
}
