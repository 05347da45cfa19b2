package cnn

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

var notFinite = []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}

// Wherever it is, with and without zeros around it, a NaN or infinity in the
// input is an error with its place, and never a probability.
func TestNotFiniteInputIsAnErrorThatNamesTheSample(t *testing.T) {
	const batch = 3
	for name, spec := range map[string]Spec{
		"the book's":           SimpleConvNet(),
		"no pooling":           {Shape{1, 28, 28}, []Layer{Conv2D{4, Square(3)}, ReLU{}, Affine{10}}},
		"no layers but affine": {Shape{1, 28, 28}, []Layer{Affine{10}}},
	} {
		m := newTestModel(t, spec, 1)
		ws := m.NewWorkspace(batch)
		for _, ground := range []float32{0, 0.5} {
			for _, bad := range notFinite {
				for sample := range batch {
					for _, pixel := range []int{0, 27, 28, 405, 783} { // corners, the second row, the middle
						t.Run(fmt.Sprintf("%s/%v on %v at %d of %d", name, bad, ground, pixel, sample), func(t *testing.T) {
							x := slices.Repeat([]float32{ground}, batch*784)
							x[sample*784+pixel] = bad
							dst := make([]float32, batch*10)
							err := m.Probabilities(ws, dst, x)
							var e *NotFiniteError
							if !errors.Is(err, ErrNotFinite) || !errors.As(err, &e) || e.Sample != sample || e.Index != pixel || e.Output || finite(e.Value) {
								t.Fatalf("error %v (%+v)", err, e)
							}
							if want := fmt.Sprintf("input %d of sample %d is %v", pixel, sample, bad); !strings.Contains(err.Error(), want) {
								t.Errorf("the error lacks %q: %v", want, err)
							}
							if slices.ContainsFunc(dst, func(p float32) bool { return p != 0 }) {
								t.Errorf("probabilities were written: %v", dst)
							}
						})
					}
				}
			}
		}
	}
}

// Whatever the length, the first of several is found.
func TestFirstNotFinite(t *testing.T) {
	for n := range 14 {
		x := slices.Repeat([]float32{math.MaxFloat32}, n)
		if got := firstNotFinite(x); got != -1 {
			t.Errorf("%d finite numbers: %d; want -1", n, got)
		}
		for i := n - 1; i >= 0; i-- {
			x[i] = notFinite[i%3]
			if got := firstNotFinite(x); got != i {
				t.Errorf("%v: %d; want %d", x, got, i)
			}
		}
	}
}

// Weights that are too large for their input are found at the output.
func TestNotFiniteOutputIsAnErrorThatNamesTheSample(t *testing.T) {
	m, err := NewNormal(Spec{Shape{1, 2, 2}, []Layer{Affine{3}}}, newRandom(1), 1e30)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 3*4)
	x[2*4] = 1e20
	err = m.Probabilities(m.NewWorkspace(3), make([]float32, 3*3), x)
	var e *NotFiniteError
	if !errors.As(err, &e) || !e.Output || e.Sample != 2 || finite(e.Value) || !strings.Contains(err.Error(), "of sample 2; use other weights") {
		t.Errorf("error %v", err)
	}
}

func TestProbabilitiesAreTheSoftmaxOfEachSample(t *testing.T) {
	m := newTestModel(t, SimpleConvNet(), 1)
	const n = 3
	ws, x, got := m.NewWorkspace(n), normals(newRandom(2), n*784), make([]float32, n*10)
	if err := m.Probabilities(ws, got, x); err != nil {
		t.Fatal(err)
	}
	logits, want := slices.Clone(m.Logits(ws, x)), make([]float32, 10)
	for i := range n {
		Softmax(want, logits[i*10:][:10])
		if !slices.Equal(got[i*10:][:10], want) {
			t.Errorf("sample %d: %v; want %v", i, got[i*10:][:10], want)
		}
	}
	if allocations := testing.AllocsPerRun(5, func() { _ = m.Probabilities(ws, got, x) }); allocations != 0 {
		t.Errorf("%v allocations; want 0", allocations)
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic about a result that is too short")
		}
	}()
	_ = m.Probabilities(ws, got[:29], x)
}

// Finite logits have finite probabilities, however far they are apart.
func TestSoftmaxOfExtremes(t *testing.T) {
	got := make([]float32, 3)
	Softmax(got, []float32{-math.MaxFloat32, math.MaxFloat32, 0})
	if !slices.Equal(got, []float32{0, 1, 0}) {
		t.Errorf("softmax %v; want 0 1 0", got)
	}
}
