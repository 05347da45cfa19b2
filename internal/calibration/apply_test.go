package calibration

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The numbers are Python's, from the definitions: logits 0, 0.5, … 4.5 and 3
// for "no digit", at temperature 2.
func TestGoldenProbabilitiesAndScore(t *testing.T) {
	logits := []float32{0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 3}
	want := [Digits]float64{0.025399112013, 0.032613105385, 0.041876056232, 0.053769920553, 0.069041944643, 0.088651611739, 0.113830922703, 0.146161797956, 0.187675463524, 0.240980065253}
	c := valid()
	c.Temperature = 2
	for d, p := range c.Probabilities(logits) {
		if math.Abs(p-want[d]) > 1e-10 {
			t.Errorf("p[%d] is %v; want %v", d, p, want[d])
		}
	}
	if got := c.Score(logits); math.Abs(got-0.10219766787114) > 1e-12 {
		t.Errorf("score %v; want 0.10219766787114", got)
	}
	if got := c.Score(logits[:10]); got != 0 {
		t.Errorf("score %v of a network that has no eleventh output; want 0", got)
	}
}

// Whatever the temperature and however large the logits, probabilities are in
// [0,1] and sum to 1, in the order of the logits.
func TestProbabilitiesOfExtremes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, temperature := range []float64{math.SmallestNonzeroFloat64, 1e-9, 1, 1e9, math.MaxFloat64} {
		for _, scale := range []float64{0, 1e-30, 1, 1e4, 3e37} {
			c, logits := Calibration{Temperature: temperature}, make([]float32, 11)
			for i := range logits {
				logits[i] = float32(scale * random.NormFloat64())
			}
			p, sum := c.Probabilities(logits), 0.0
			for d, v := range p {
				sum += v
				for e, w := range p {
					if !(v >= 0 && v <= 1) || logits[d] > logits[e] && v < w {
						t.Fatalf("T %v, logits %v: %v", temperature, logits, p)
					}
				}
			}
			if score := c.Score(logits); math.Abs(sum-1) > 1e-12 || !(score >= 0 && score <= 1) {
				t.Errorf("T %v, logits %v: sum %v, score %v", temperature, logits, sum, score)
			}
		}
	}
}

func TestScoreIsMonotone(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	c := Calibration{Temperature: 1.5}
	for range 200 {
		logits := make([]float32, 11)
		for i := range logits {
			logits[i] = float32(3 * random.NormFloat64())
		}
		was := c.Score(logits)
		for i := range logits {
			more := slices.Clone(logits)
			more[i] += 0.5
			if rose := c.Score(more) > was; rose != (i == Digits) {
				t.Fatalf("a higher logit %d takes the score from %v to %v", i, was, c.Score(more))
			}
		}
	}
}

func TestCandidates(t *testing.T) {
	p := [Digits]float64{0: 0.05, 3: 0.3, 7: 0.6, 8: 0.05}
	sure := [Digits]float64{5: 1}
	even := [Digits]float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}
	for _, test := range []struct {
		name string
		c    Calibration
		p    [Digits]float64
		want []int
	}{
		{"one", Calibration{Temperature: 1, Candidates: 0.4}, p, []int{7}},
		{"two", Calibration{Temperature: 1, Candidates: 0.3}, p, []int{7, 3}},
		{"equals in their order", Calibration{Temperature: 1, Candidates: 0.05}, p, []int{7, 3, 0, 8}},
		{"the most probable below the threshold", Calibration{Temperature: 1, Candidates: 0.9}, p, []int{7}},
		{"all", Calibration{Temperature: 1, Candidates: 0.1}, even, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{"by digit", Calibration{Temperature: 1, Candidates: 0.01, ByDigit: []float64{0.04, 1, 1, 0.9, 1, 1, 1, 1, 1, 1}}, p, []int{7, 0}},
		{"no calibration", Calibration{}, p, []int{7, 3, 0, 8}},
		{"no calibration, sure", Calibration{}, sure, []int{5}},
		{"no calibration, even", Calibration{}, even, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.c.CandidatesOf(&test.p); !slices.Equal(got, test.want) {
				t.Errorf("candidates %v; want %v", got, test.want)
			}
		})
	}
}

func TestRejects(t *testing.T) {
	for _, test := range []struct {
		c     Calibration
		score float64
		want  bool
	}{
		{valid(), 0.4, false}, {valid(), 0.41, true}, {valid(), 1, true},
		{Calibration{}, 1, false}, // without a calibration there is no threshold
		{Calibration{Temperature: 1, Rejection: 1}, 1, false},
	} {
		if got := test.c.Rejects(test.score); got != test.want {
			t.Errorf("threshold %v, score %v: rejected %v", test.c.Rejection, test.score, got)
		}
	}
}
