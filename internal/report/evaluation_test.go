package report

import (
	"math"
	"strings"
	"testing"
)

// The intervals are the roots of the defining quadratic, solved in Python.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		successes, n int
		low, high    float64
	}{
		{9975, 10000, 0.996311, 0.998306},
		{5, 10, 0.236593, 0.763407},
		{0, 10, 0, 0.277533},
		{10, 10, 0.722467, 1},
	} {
		low, high := Wilson(c.successes, c.n)
		if math.Abs(low-c.low) > 2e-6 || math.Abs(high-c.high) > 2e-6 {
			t.Errorf("Wilson(%d, %d) = %.6f, %.6f; want %.6f, %.6f", c.successes, c.n, low, high, c.low, c.high)
		}
	}
}

func TestEvaluate(t *testing.T) {
	labels := []uint8{0, 0, 0, 1, 1, 2}
	predictions := []uint8{0, 0, 1, 1, 1, 0}
	e := Evaluate(predictions, labels, 0.5)
	if e.N != 6 || e.Correct != 4 || math.Abs(e.Accuracy-4.0/6) > 1e-12 || e.Loss != 0.5 {
		t.Errorf("n %d, correct %d, accuracy %v, loss %v; want 6, 4, 4/6, 0.5", e.N, e.Correct, e.Accuracy, e.Loss)
	}
	want := map[int]Class{0: {2.0 / 3, 2.0 / 3, 3}, 1: {2.0 / 3, 1, 2}, 2: {0, 0, 1}, 9: {0, 0, 0}}
	for digit, c := range want {
		if e.Classes[digit] != c {
			t.Errorf("digit %d: %+v; want %+v", digit, e.Classes[digit], c)
		}
	}
	if e.Confusion[0][1] != 1 || e.Confusion[2][0] != 1 || e.Confusion[1][0] != 0 {
		t.Errorf("the confusion matrix is %v", e.Confusion)
	}
	var text strings.Builder
	if err := e.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"accuracy  66.67% (4 of 6 right), 95% interval 30.00% to 90.32%", "    0     66.67%   66.67%       3"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, text.String())
		}
	}
}
