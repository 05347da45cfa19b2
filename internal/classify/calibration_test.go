package classify

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"digits/internal/calibration"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
)

// elevenOutputs returns a network that has learnt nothing and has an output for
// "no digit".
func elevenOutputs(t testing.TB) *cnn.Model {
	t.Helper()
	spec := cnn.Spec{Input: cnn.Shape{C: 1, H: 28, W: 28}, Layers: []cnn.Layer{cnn.Affine{Outputs: Classes + 1}}}
	m, err := cnn.NewNormal(spec, rand.New(rand.NewPCG(1, 2)), 0.1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func calibrated(t testing.TB, m *cnn.Model, c calibration.Calibration) *Classifier {
	t.Helper()
	text, err := c.JSON()
	if err != nil {
		t.Fatal(err)
	}
	classifier, err := New(m.WithMetadata(calibration.Key, text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return classifier
}

func read(t testing.TB, c *Classifier) Result {
	t.Helper()
	r, err := c.Classify(t.Context(), picture(t))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// An image is rejected from the score above the threshold on, and only then
// has a reason; its digit and probabilities stay.
func TestRejection(t *testing.T) {
	c := calibration.Calibration{Temperature: 2, Coverage: 0.9, Candidates: 0.2, Rejection: 1}
	m := elevenOutputs(t)
	usual := read(t, calibrated(t, m, c))
	score := usual.Rejection
	if !(score > 0 && score < 1) || !usual.Accepted || usual.Reason != "" {
		t.Fatalf("score %v, accepted %v, reason %q under a threshold of 1", score, usual.Accepted, usual.Reason)
	}
	for _, test := range []struct {
		threshold float64
		accepted  bool
		reason    string
	}{{score, true, ""}, {math.Nextafter(score, 0), false, "not_a_digit"}, {score / 2, false, NotADigit}} {
		c.Rejection = test.threshold
		got := read(t, calibrated(t, m, c))
		if got.Accepted != test.accepted || got.Reason != test.reason || got.Digit != usual.Digit || got.Probabilities != usual.Probabilities {
			t.Errorf("threshold %v, score %v: accepted %v, reason %q, digit %d, probabilities %v", test.threshold, score,
				got.Accepted, got.Reason, got.Digit, got.Probabilities)
		}
		if !got.Accepted && !slices.Contains(Reasons(), got.Reason) {
			t.Errorf("the reason %q is not in the list", got.Reason)
		}
	}
	if r := read(t, newBookClassifier(t)); r.Rejection != 0 || !r.Accepted {
		t.Errorf("a network of ten outputs: score %v, accepted %v", r.Rejection, r.Accepted)
	}
	uncalibrated, err := New(m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := read(t, uncalibrated); !r.Accepted || r.Rejection == 0 {
		t.Errorf("without a calibration: score %v, accepted %v; want a score and nothing rejected", r.Rejection, r.Accepted)
	}
}

// The temperature changes the probabilities and not the digit, and candidates
// are those of the calibration.
func TestCalibrationIsApplied(t *testing.T) {
	m := newModel(t)
	ws := m.NewWorkspace(1)
	c := calibration.Calibration{Temperature: 50, Coverage: 0.9, Candidates: 0.02, Rejection: 1}
	got := read(t, calibrated(t, m, c))
	want := c.Probabilities(m.Logits(ws, got.Tensor[:]))
	plain := read(t, newClassifier(t, Options{}))
	if got.Probabilities != want || got.Digit != plain.Digit || got.Confidence >= plain.Confidence {
		t.Errorf("digit %d, %v; want %d, %v", got.Digit, got.Probabilities, plain.Digit, want)
	}
	if candidates := c.CandidatesOf(&want); !slices.Equal(got.Candidates, candidates) {
		t.Errorf("candidates %v; want %v", got.Candidates, candidates)
	}
	if err := calibrated(t, m, c).SelfTest(t.Context()); err == nil || !strings.Contains(err.Error(), "is read as a") {
		t.Errorf("a temperature that leaves no digit above a half passes the self-test (%v, %v)", got.Confidence, err)
	}
	c.Temperature = 1.3
	if err := calibrated(t, m, c).SelfTest(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNewRefusesAnUnusableCalibration(t *testing.T) {
	_, err := New(newModel(t).WithMetadata(calibration.Key, `{"temperature":0}`), Options{})
	if !errors.Is(err, calibration.ErrInvalid) || !strings.Contains(err.Error(), "temperature is 0") {
		t.Errorf("error %v; want what is wrong", err)
	}
}

// The image preparation gives no such numbers; if it did, there would be an
// error and no answer.
func TestNotFiniteTensorIsAnError(t *testing.T) {
	c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 1})})
	s := c.slots[hold(t, c).slot]
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for _, pixel := range []int{0, 400, imageprep.Pixels - 1} {
			clear(s.tensor[:])
			s.tensor[pixel] = float32(bad)
			var r Result
			if err := c.infer(s, &r); !errors.Is(err, ErrNotFinite) || r.Probabilities != [Classes]float64{} {
				t.Errorf("%v at %d: %v, %v", bad, pixel, err, r.Probabilities)
			}
		}
	}
}
