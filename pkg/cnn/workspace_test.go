package cnn

import (
	"slices"
	"sync"
	"testing"
)

// patched has convolutions that go the way of Winograd, with and without
// pooling, batch normalisation and tiles that the filters fill.
var patched = Spec{Shape{16, 8, 8}, []Layer{
	Conv2D{48, Window{3, 3, 1, 1}}, ReLU{}, Conv2D{32, Window{3, 3, 1, 1}}, ReLU{}, MaxPool{Window{2, 2, 2, 0}},
	Conv2D{16, Window{3, 3, 1, 1}}, BatchNorm{}, Conv2D{16, Window{3, 3, 1, 1}}, Affine{4},
}}

func TestBatchEqualsItsSamplesBitForBit(t *testing.T) {
	for name, spec := range map[string]Spec{
		"SimpleConvNet": SimpleConvNet(), "windows": goldenWindows,
		"affine alone": {Shape{2, 3, 4}, []Layer{Affine{5}}}, "no affine": {Shape{2, 6, 6}, []Layer{Conv2D{3, Square(3)}, ReLU{}}},
		"normalised": everything, "patches": patched,
	} {
		m, size := newTestModel(t, spec, 1), spec.Input.Size()
		const n = 130
		x := normals(newRandom(2), n*size)
		alone := make([]float32, 0, n*m.OutputShape().Size())
		one := m.NewWorkspace(1)
		for i := range n {
			alone = append(alone, m.Logits(one, x[i*size:][:size])...)
		}
		for _, batch := range []int{2, 3, 7, 64, 65, n} {
			ws := m.NewWorkspace(batch)
			var got []float32
			for start := 0; start < n; start += batch {
				got = append(got, m.Logits(ws, x[start*size:min(start+batch, n)*size])...)
			}
			if !slices.Equal(got, alone) {
				t.Errorf("%s: batches of %d differ from single samples", name, batch)
			}
		}
	}
}

// Inference and training compute an affine layer in different ways.
func TestInferenceAgreesWithTraining(t *testing.T) {
	for name, spec := range map[string]Spec{
		"SimpleConvNet": SimpleConvNet(), "windows": goldenWindows, "affine alone": {Shape{2, 3, 4}, []Layer{Affine{5}}},
		"patches": {patched.Input, append(slices.Clone(patched.Layers[:5]), Affine{4})},
	} {
		m, x := newTestModel(t, spec, 1), normals(newRandom(2), 3*spec.Input.Size())
		compare(t, name, m.Logits(m.NewWorkspace(3), x), newTape(m.net, 3).forward(m.parameters, x, 3, nil), 1e-4)
	}
}

func TestLogitsAllocateNothing(t *testing.T) {
	for _, spec := range []Spec{SimpleConvNet(), everything, patched} {
		m := newTestModel(t, spec, 1)
		for _, batch := range []int{1, 16, 100} {
			ws, x := m.NewWorkspace(batch), normals(newRandom(1), batch*spec.Input.Size())
			if n := testing.AllocsPerRun(5, func() { m.Logits(ws, x) }); n != 0 {
				t.Errorf("%v in batches of %d: %v allocations a run; want 0", spec.Input, batch, n)
			}
		}
	}
}

func TestConcurrentUseGivesTheSameAnswers(t *testing.T) {
	m, x := newTestModel(t, SimpleConvNet(), 1), normals(newRandom(1), 4*784)
	want := slices.Clone(m.Logits(m.NewWorkspace(4), x))
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			ws := m.NewWorkspace(4)
			for range 5 {
				if got := m.Logits(ws, x); !slices.Equal(got, want) {
					t.Errorf("a goroutine got %v; want %v", got, want)
				}
			}
		})
	}
	group.Wait()
}

func TestLogitsRefuseMisuse(t *testing.T) {
	m := newTestModel(t, goldenSimple, 1)
	other := newTestModel(t, goldenSimple, 1)
	for name, misuse := range map[string]func(){
		"batch 0":               func() { m.NewWorkspace(0) },
		"another model":         func() { m.Logits(other.NewWorkspace(1), make([]float32, 64)) },
		"half a sample":         func() { m.Logits(m.NewWorkspace(1), make([]float32, 32)) },
		"more than it can hold": func() { m.Logits(m.NewWorkspace(1), make([]float32, 128)) },
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
	if got := m.Logits(m.NewWorkspace(1), nil); len(got) != 0 {
		t.Errorf("no samples gave %d logits", len(got))
	}
}

func TestForInferenceKeepsTheLogits(t *testing.T) {
	spec := goldenSimple
	spec.Layers = slices.Insert(slices.Clone(spec.Layers), 3, Layer(Dropout{0.5}))
	m, x := newTestModel(t, spec, 1), normals(newRandom(1), 64)
	served := m.ForInference()
	if n := len(served.Spec().Layers); n != len(spec.Layers)-1 {
		t.Errorf("%d layers; want one less than %d", n, len(spec.Layers))
	}
	want := slices.Clone(m.Logits(m.NewWorkspace(1), x))
	if got := served.Logits(served.NewWorkspace(1), x); !slices.Equal(got, want) {
		t.Errorf("logits %v; want %v", got, want)
	}
}
