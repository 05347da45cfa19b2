package estimate

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"digits/internal/calibration"
)

// drawn returns logits of n images whose labels are drawn from the softmax of
// the logits at the temperature, so that it is the true one. The eleventh
// output is that of a network which takes most of them for digits.
func drawn(n, outputs int, temperature float64, seed uint64) (logits []float32, labels []uint8) {
	random := rand.New(rand.NewPCG(seed, 7))
	for range n {
		row := make([]float32, outputs)
		for d := range row {
			row[d] = float32(3 * random.NormFloat64())
		}
		p := calibration.Calibration{Temperature: temperature}.Probabilities(row)
		label, u := 0, random.Float64()
		for label < 9 && u > p[label] {
			u -= p[label]
			label++
		}
		logits, labels = append(logits, row...), append(labels, uint8(label))
	}
	return logits, labels
}

func TestQuantile(t *testing.T) {
	scores := []float64{5, 1, 4, 2, 3, 9, 7, 6, 8}
	for _, test := range []struct {
		level, want float64
		ok          bool
	}{
		{0.9, 9, true}, {0.89, 9, true}, {0.8, 8, true}, {0.71, 8, true}, {0.5, 5, true}, {0.3, 3, true}, {0.01, 1, true}, {0, 1, true},
		{0.91, 0, false}, {1, 0, false},
	} {
		if got, ok := Quantile(scores, test.level); got != test.want || ok != test.ok {
			t.Errorf("quantile %v is %v, %v; want %v, %v", test.level, got, ok, test.want, test.ok)
		}
	}
	if scores[0] != 5 {
		t.Errorf("the scores were moved: %v", scores)
	}
	if _, ok := Quantile(nil, 0.5); ok {
		t.Error("there is a quantile of nothing")
	}
}

// Thresholds by hand: at temperature 1, image i of 19 has the label's
// probability i/20 and the score i/20, both on the finite-sample ranks.
func TestThresholdsByHand(t *testing.T) {
	var logits []float32
	var labels []uint8
	for i := 1; i < 20; i++ {
		row := slices.Repeat([]float32{-1000}, 10)
		row[i%10], row[(i+1)%10] = float32(math.Log(float64(i)/20)), float32(math.Log(1-float64(i)/20))
		logits = append(append(logits, row...), float32(math.Log(float64(i)/float64(20-i)))) // p/(1+p) = i/20
		labels = append(labels, uint8(i%10))
	}
	c := calibration.Calibration{Temperature: 1}
	o := Options{Coverage: 0.9, Rejected: 0.2, Hesitation: 1}
	if err := candidates(&c, logits, labels, o); err != nil {
		t.Fatal(err)
	}
	// Rank ceil(20 · 0.9) = 18 of the scores 1 − p: the second smallest p.
	if want := 2.0 / 20; math.Abs(c.Candidates-want) > 1e-7 {
		t.Errorf("candidates from %v on; want %v", c.Candidates, want)
	}
	if err := rejection(&c, logits, labels, o); err != nil {
		t.Fatal(err)
	}
	// Rank ceil(20 · 0.8) = 16.
	if want := 16.0 / 20; math.Abs(c.Rejection-want) > 1e-7 || c.Rejected != 0.2 {
		t.Errorf("rejection above %v, share %v; want %v and 0.2", c.Rejection, c.Rejected, want)
	}
	o.Hesitation = 0.05
	if err := candidates(&c, logits, labels, o); err != nil || c.Candidates != 0.05 {
		t.Errorf("candidates from %v on, %v; want the hesitation's 0.05", c.Candidates, err)
	}
}

// covered returns the share of images whose candidates hold the label, and the
// share that is rejected.
func covered(c calibration.Calibration, logits []float32, labels []uint8) (coverage, rejected float64) {
	outputs := len(logits) / len(labels)
	for i, label := range labels {
		row := logits[i*outputs:][:outputs]
		p := c.Probabilities(row)
		if slices.Contains(c.CandidatesOf(&p), int(label)) {
			coverage++
		}
		if c.Rejects(c.Score(row)) {
			rejected++
		}
	}
	return coverage / float64(len(labels)), rejected / float64(len(labels))
}

// The guarantee of split conformal prediction: over calibration sets, the mean
// coverage is at least what was asked, and the mean share of rejected digits at
// most. With so few images, leaving out the finite-sample correction shows.
func TestGuaranteesHoldOnFreshData(t *testing.T) {
	const trials, n, target, share = 300, 50, 0.9, 0.1
	for _, byDigit := range []bool{false, true} {
		images := n
		if byDigit {
			images = 10 * n
		}
		coverage, rejected := 0.0, 0.0
		for trial := range uint64(trials) {
			logits, labels := drawn(images, 11, 1.7, 1000+trial)
			c, err := Calibration(logits, labels, Options{Coverage: target, Rejected: share, Hesitation: 1, ByDigit: byDigit})
			if err != nil {
				t.Fatal(err)
			}
			fresh, truth := drawn(200, 11, 1.7, 9_000_000+trial)
			covers, rejects := covered(c, fresh, truth)
			coverage, rejected = coverage+covers/trials, rejected+rejects/trials
		}
		// Three standard errors of the mean are about 0.008. The most probable
		// digit is always a candidate, which covers a little more than asked.
		if coverage < target-0.008 || coverage > target+0.05 {
			t.Errorf("by digit %v: the mean coverage is %v; want at least %v and little more", byDigit, coverage, target)
		}
		if rejected > share+0.008 || rejected < share-0.03 {
			t.Errorf("by digit %v: the mean share of rejected digits is %v; want at most %v and little less", byDigit, rejected, share)
		}
	}
}

func TestCalibrationOfTenAndElevenOutputs(t *testing.T) {
	for _, outputs := range []int{10, 11} {
		logits, labels := drawn(2000, outputs, 1.7, 1)
		c, err := Calibration(logits, labels, Options{Data: "drawn"})
		if err != nil {
			t.Fatal(err)
		}
		if c.Coverage != 0.995 || c.Images != 2000 || c.Data != "drawn" || len(c.ByDigit) != 0 {
			t.Errorf("%d outputs: %+v", outputs, c)
		}
		if rejects := c.Rejection < 1; rejects != (outputs == 11) || (c.Rejected == 0.0036) != rejects {
			t.Errorf("%d outputs: rejection above %v, share %v", outputs, c.Rejection, c.Rejected)
		}
		if coverage, rejected := covered(c, logits, labels); coverage < 0.995 || rejected > 0.0036 {
			t.Errorf("%d outputs: on its own images the coverage is %v and %v are rejected", outputs, coverage, rejected)
		}
		again, err := Calibration(logits, labels, Options{Data: "drawn"})
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%d outputs: a second time it is %+v, %v", outputs, again, err)
		}
	}
}

func TestWhatCannotBeCalibrated(t *testing.T) {
	logits, labels := drawn(300, 11, 1.7, 1)
	infinite := slices.Clone(logits)
	infinite[5*11+3] = float32(math.Inf(1))
	right := slices.Clone(logits)
	for i, label := range labels {
		right[i*11+int(label)] = 100
	}
	chance := make([]float32, len(logits))
	for name, test := range map[string]struct {
		logits []float32
		labels []uint8
		o      Options
		says   string
	}{
		"infinite":              {infinite, labels, Options{}, "output 3 of image 5 is +Inf"},
		"all right":             {right, labels, Options{}, "it reads all 300 images right"},
		"nothing learnt":        {chance, labels, Options{}, "no better than by chance"},
		"too few for coverage":  {logits[:11*100], labels[:100], Options{}, "a coverage of 0.995 needs more than the 100 images of all digits"},
		"too few of a digit":    {logits, labels, Options{ByDigit: true}, "images of the digit 0"},
		"too few for rejection": {logits, labels, Options{Rejected: 0.001}, "to reject at most 0.001 of the digits needs more than 300 images"},
	} {
		t.Run(name, func(t *testing.T) {
			if c, err := Calibration(test.logits, test.labels, test.o); !errors.Is(err, ErrImpossible) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%+v, %v; want %q", c, err, test.says)
			}
		})
	}
}

func TestMisusePanics(t *testing.T) {
	for name, misuse := range map[string]func(){
		"no labels":     func() { _, _ = Calibration(nil, nil, Options{}) },
		"nine outputs":  func() { _, _ = Calibration(make([]float32, 9), []uint8{0}, Options{}) },
		"half an image": func() { _, _ = Calibration(make([]float32, 21), []uint8{0, 1}, Options{}) },
		"label 10":      func() { _, _ = Calibration(make([]float32, 11), []uint8{10}, Options{}) },
		"coverage 2":    func() { _, _ = Calibration(make([]float32, 10), []uint8{0}, Options{Coverage: 2}) },
		"NaN rejected":  func() { _, _ = Calibration(make([]float32, 10), []uint8{0}, Options{Rejected: math.NaN()}) },
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
