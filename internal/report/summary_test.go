package report

import (
	"math/rand/v2"
	"testing"
)

func TestReliability(t *testing.T) {
	list := Reliability([]float64{0, 1.0 / 15, 0.1, 0.95, 0.99, 1}, []bool{false, true, false, true, true, false})
	low, high := Wilson(2, 3)
	for i, want := range map[int]Bin{
		0:  {N: 2, Right: 1, Confidence: 1.0 / 30, Accuracy: 0.5},
		1:  {N: 1, Confidence: 0.1},
		2:  {},
		14: {N: 3, Right: 2, Confidence: 2.94 / 3, Accuracy: 2.0 / 3, Interval: [2]float64{low, high}},
	} {
		got := list[i]
		if got.N != want.N || got.Right != want.Right || !near(got.Confidence, want.Confidence) || !near(got.Accuracy, want.Accuracy) ||
			want.Interval[0] != 0 && got.Interval != want.Interval {
			t.Errorf("bin %d: %+v; want %+v", i, got, want)
		}
	}
}

// The most confident come first, equals in the set's order.
func TestWorst(t *testing.T) {
	says := func(digit int, p float64) (a Answer) {
		a.Probabilities[digit], a.Probabilities[(digit+1)%classes] = p, 1-p
		return a
	}
	answers := []Answer{says(1, 0.7), says(2, 0.9), says(3, 0.99), says(4, 0.7), says(5, 0.95)}
	got := worst(answers, []uint8{0, 2, 0, 0, 0}, func(i int) []byte { return []byte{byte(i)} })
	want := []int{2, 4, 0, 3}
	if len(got) != len(want) {
		t.Fatalf("%d mistakes; want %d", len(got), len(want))
	}
	for i, m := range got {
		if m.Index != want[i] || m.Read != want[i]+1 || m.Label != 0 || m.pixels[0] != byte(want[i]) {
			t.Errorf("mistake %d is %+v; want image %d", i, m, want[i])
		}
	}
}

func TestFigures(t *testing.T) {
	s := sample()
	want := map[string]float64{"accuracy": 51.0 / 60, "coverage": 51.0 / 60, "candidates": 1, "rejected": 5.0 / 60, "sure and wrong": 2.0 / 9,
		"calibration error": s.Evaluation.Honesty.ECE, "Brier score": s.Evaluation.Honesty.Brier}
	for _, f := range s.Figures {
		if w, ok := want[f.Name]; ok && !near(f.Value, w) {
			t.Errorf("%s is %v; want %v", f.Name, f.Value, w)
		}
		if !(f.Low <= f.Value+1e-12 && f.Value <= f.High+1e-12) {
			t.Errorf("%s: %v is outside %v to %v", f.Name, f.Value, f.Low, f.High)
		}
		delete(want, f.Name)
	}
	if len(want) > 0 {
		t.Errorf("these figures are missing: %v", want)
	}
}

// Of answers that are right 80% of the time and say 0.9, the error is 0.1; its
// standard deviation over 400 of them is 0.02.
func TestCalibrationInterval(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	confidences, right := make([]float64, 400), make([]bool, 400)
	for i := range right {
		confidences[i], right[i] = 0.9, i < 320
	}
	random.Shuffle(len(right), func(i, j int) { right[i], right[j] = right[j], right[i] })
	low, high := calibrationInterval(confidences, right)
	if low < 0.05 || low > 0.07 || high < 0.13 || high > 0.15 {
		t.Errorf("the interval is %v to %v; want about 0.061 to 0.139", low, high)
	}
}

func TestLikely(t *testing.T) {
	for p, want := range map[float64]string{1: "100.00%", 0.99995: "> 99.99%", 0.9: "90.00%", 0: "0.00%"} {
		if got := likely(p); got != want {
			t.Errorf("%v is written %q; want %q", p, got, want)
		}
	}
}
