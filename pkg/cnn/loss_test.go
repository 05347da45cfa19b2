package cnn

import (
	"math"
	"testing"
)

func TestSoftmaxDoesNotOverflow(t *testing.T) {
	for _, c := range []struct{ logits, want []float32 }{
		{[]float32{0, 0}, []float32{0.5, 0.5}},
		{[]float32{1000, 1000, 1000, 1000}, []float32{0.25, 0.25, 0.25, 0.25}},
		{[]float32{3e38, -3e38}, []float32{1, 0}},
		{[]float32{-1e30, -1e30}, []float32{0.5, 0.5}},
		{[]float32{1, 2, 3}, []float32{0.09003057, 0.24472847, 0.66524096}},
		{[]float32{5}, []float32{1}},
	} {
		got := make([]float32, len(c.logits))
		Softmax(got, c.logits)
		compare(t, "softmax", got, c.want, 1e-7)
	}
}

// TestLossesAgree: the fused loss, the one by one loss, integer labels and
// one-hot labels are the same number with the same gradient.
func TestLossesAgree(t *testing.T) {
	const n, classes = 5, 4
	logits := normals(newRandom(1), n*classes)
	labels := []uint8{0, 3, 1, 1, 2}
	oneHot, probabilities := make([]float32, n*classes), make([]float32, n*classes)
	for i, l := range labels {
		oneHot[i*classes+int(l)] = 1
		Softmax(probabilities[i*classes:][:classes], logits[i*classes:][:classes])
	}
	a, b := make([]float32, n*classes), make([]float32, n*classes)
	want := SoftmaxCrossEntropy(a, logits, labels)
	for name, got := range map[string]float64{
		"one-hot, fused": SoftmaxCrossEntropyOneHot(b, logits, oneHot, n),
		"integer":        CrossEntropy(probabilities, labels),
		"one-hot":        CrossEntropyOneHot(probabilities, oneHot, n),
		"no gradient":    SoftmaxCrossEntropy(nil, logits, labels),
	} {
		if math.Abs(got-want) > 1e-6 {
			t.Errorf("%s: %v; want %v", name, got, want)
		}
	}
	compare(t, "one-hot gradient", b, a, 1e-7)
	for i := range a {
		compare(t, "(softmax − one-hot) / n", a[i:i+1], []float32{(probabilities[i] - oneHot[i]) / n}, 1e-6)
	}
}

func TestLossStaysFinite(t *testing.T) {
	if got := CrossEntropy([]float32{1, 0}, []uint8{1}); math.IsInf(got, 0) || got < 16 {
		t.Errorf("a probability of 0 costs %v; want about 16.1", got)
	}
	gradient := make([]float32, 2)
	if got := SoftmaxCrossEntropy(gradient, []float32{1e30, 0}, []uint8{1}); math.IsInf(got, 0) || math.IsNaN(got) {
		t.Errorf("a huge logit costs %v; want a finite number", got)
	}
	compare(t, "gradient", gradient, []float32{1, -1}, 1e-6)
}

func TestAccuracyCountsTheLastShortBatch(t *testing.T) {
	// One affine layer that copies its two inputs: the prediction is the larger.
	m := newTestModel(t, Spec{Shape{2, 1, 1}, []Layer{Affine{2}}}, 1)
	copy(m.parameters, []float32{1, 0, 0, 1, 0, 0})
	const n = 67 // one whole batch of 64 and a short one
	x, labels := make([]float32, 2*n), make([]uint8, n)
	for i := range n {
		x[2*i] = 1
		if i >= 64 {
			labels[i] = 1 // wrong, in the short batch only
		}
	}
	if got := m.Accuracy(x, labels); math.Abs(got-64.0/67) > 1e-12 {
		t.Errorf("accuracy %v; want 64/67", got)
	}
	want := (64*math.Log(1+math.Exp(-1)) + 3*math.Log(1+math.E)) / 67
	if got := m.Loss(x, labels); math.Abs(got-want) > 1e-6 {
		t.Errorf("loss %v; want %v", got, want)
	}
}

func TestArgMax(t *testing.T) {
	for want, logits := range [][]float32{{3, 1, 2}, {1, 3, 3}, {-5, -4, -3}} {
		if got := ArgMax(logits); got != want {
			t.Errorf("ArgMax(%v) = %d; want %d", logits, got, want)
		}
	}
}
