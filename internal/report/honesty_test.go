package report

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func near(got, want float64) bool { return math.Abs(got-want) < 1e-12 }

// The bins are (0, 1/15], (1/15, 2/15], … (14/15, 1].
func TestCalibrationError(t *testing.T) {
	for _, test := range []struct {
		name        string
		confidences []float64
		right       []bool
		want        float64
	}{
		{"certain and right", []float64{1, 1}, []bool{true, true}, 0},
		{"certain and wrong", []float64{1, 1}, []bool{false, true}, 0.5},
		{"as often as it says", []float64{0.75, 0.75, 0.75, 0.75}, []bool{true, true, false, true}, 0},
		// One bin with 0.70 and 0.72, half right: |1 − 1.42|; another with 0.95, right: 0.05.
		{"two bins", []float64{0.70, 0.72, 0.95}, []bool{true, false, true}, (0.42 + 0.05) / 3},
		// 0.6 is the upper bound of the ninth bin, so it does not meet 0.62.
		{"on the edge", []float64{9.0 / 15, 0.62}, []bool{true, false}, (0.4 + 0.62) / 2},
		{"confidence 0", []float64{0}, []bool{true}, 1},
	} {
		if got := CalibrationError(test.confidences, test.right); !near(got, test.want) {
			t.Errorf("%s: %v; want %v", test.name, got, test.want)
		}
	}
}

func TestBrier(t *testing.T) {
	even := [classes]float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}
	for _, test := range []struct {
		p     [classes]float64
		label uint8
		want  float64
	}{
		{[classes]float64{3: 1}, 3, 0}, {[classes]float64{3: 1}, 4, 2}, {[classes]float64{3: 0.6, 5: 0.4}, 3, 0.32},
		{even, 0, 0.9},
	} {
		if got := Brier(test.p, test.label); !near(got, test.want) {
			t.Errorf("%v, label %d: %v; want %v", test.p, test.label, got, test.want)
		}
	}
}

func TestWrongAndSure(t *testing.T) {
	confidences := []float64{0.99, 0.91, 0.9, 0.5, 0.2}
	for _, test := range []struct {
		right []bool
		want  float64
	}{
		{[]bool{true, true, true, true, true}, 0},
		{[]bool{true, false, false, false, true}, 1.0 / 3},
		{[]bool{false, false, true, true, true}, 1},
	} {
		if got := WrongAndSure(confidences, test.right); !near(got, test.want) {
			t.Errorf("right %v: %v; want %v", test.right, got, test.want)
		}
	}
}

// The definition, pair by pair.
func pairwise(negatives, positives []float64) float64 {
	wins := 0.0
	for _, p := range positives {
		for _, n := range negatives {
			if p > n {
				wins++
			} else if p == n {
				wins += 0.5
			}
		}
	}
	return wins / float64(len(negatives)*len(positives))
}

func TestAUROC(t *testing.T) {
	for _, test := range []struct {
		negatives, positives []float64
		want                 float64
	}{
		{[]float64{0, 0.1}, []float64{0.2, 1}, 1},
		{[]float64{0.2, 1}, []float64{0, 0.1}, 0},
		{[]float64{0, 0, 0}, []float64{0}, 0.5},
		{[]float64{1, 3}, []float64{2}, 0.5},
		{[]float64{1, 2, 3}, []float64{2, 4}, 0.75},
	} {
		if got := AUROC(test.negatives, test.positives); !near(got, test.want) {
			t.Errorf("%v against %v: %v; want %v", test.positives, test.negatives, got, test.want)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		draw := func(n int, shift float64) (scores []float64) {
			for range n {
				scores = append(scores, math.Round(10*(random.Float64()+shift))) // with equals
			}
			return scores
		}
		negatives, positives := draw(1+random.IntN(40), 0), draw(1+random.IntN(40), 0.3)
		if got, want := AUROC(negatives, positives), pairwise(negatives, positives); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v against %v: %v; want %v", positives, negatives, got, want)
		}
	}
}

func TestHonest(t *testing.T) {
	answers := []Answer{
		{Probabilities: [classes]float64{7: 1}, Candidates: []int{7}},
		{Probabilities: [classes]float64{1: 0.6, 7: 0.4}, Candidates: []int{1, 7}},
		{Probabilities: [classes]float64{4: 0.95, 9: 0.05}, Candidates: []int{4}, Rejected: true},
		{Probabilities: [classes]float64{0: 1}, Candidates: []int{0}},
	}
	got := Honest(answers, []uint8{7, 7, 9, 0}, 1.5)
	// Brier: 0, 2·0.36, 2·0.9025, 0. ECE: |0 − 0.6| + |2 − 2.95|.
	want := Honesty{Temperature: 1.5, ECE: 1.55 / 4, Brier: (0.72 + 1.805) / 4, WrongAndSure: 0.5, Coverage: 0.75, MeanSetSize: 1.25, Rejected: 0.25}
	if !near(got.ECE, want.ECE) || !near(got.Brier, want.Brier) || got.WrongAndSure != want.WrongAndSure || got.Coverage != want.Coverage ||
		got.MeanSetSize != want.MeanSetSize || got.Rejected != want.Rejected || got.Temperature != want.Temperature {
		t.Errorf("%+v; want %+v", got, want)
	}
	e := Evaluate([]uint8{7, 1, 4, 0}, []uint8{7, 7, 9, 0}, 0.1)
	var without, with strings.Builder
	if err := e.WriteText(&without); err != nil {
		t.Fatal(err)
	}
	e.Honesty = &got
	if err := e.WriteText(&with); err != nil {
		t.Fatal(err)
	}
	line := "honesty   calibration error 38.750%, Brier score 0.63125, 50.0% of the wrong answers above 0.9\n" +
		"          candidates hold 75.00% of the labels and are 1.2500 in the mean; 25.00% of the images rejected; temperature 1.500\n"
	if !strings.Contains(with.String(), line) || strings.Contains(without.String(), "honesty") {
		t.Errorf("with:\n%s\nwithout:\n%s", with.String(), without.String())
	}
}
