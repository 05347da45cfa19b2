package drift

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// usual returns samples as those of a good network on MNIST.
func usual(n int, seed uint64) []Sample {
	random := rand.New(rand.NewPCG(seed, 1))
	samples := make([]Sample, n)
	for i := range samples {
		samples[i] = Sample{random.IntN(10), 1 - 0.001*random.ExpFloat64(), 0.13 + 0.03*random.NormFloat64()}
	}
	return samples
}

func TestStatisticsComeBackAsTheyWere(t *testing.T) {
	want := Measure(usual(5000, 1), "made up")
	text, err := want.JSON()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Of(map[string]string{Key: text})
	if err != nil || !reflect.DeepEqual(got, want) || !got.Present() || got.Images != 5000 {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	for name, bins := range map[string]int{"digit": 10, "confidence": 7, "ink": 10} {
		if n := len(got.Features[name].Shares); n != bins {
			t.Errorf("%s has %d bins, want %d", name, n, bins)
		}
	}
	if none, err := Of(nil); err != nil || none.Present() {
		t.Errorf("%+v, %v; want the zero value", none, err)
	}
}

func TestUnusableStatistics(t *testing.T) {
	whole, err := Measure(usual(100, 1), "").JSON()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ text, says string }{
		"empty":            {"", "EOF"},
		"no features":      {"{}", "digit has 0 edges"},
		"a feature short":  {strings.Replace(whole, `"ink"`, `"size"`, 1), "ink has 0 edges"},
		"an unknown field": {strings.Replace(whole, `"images"`, `"pictures"`, 1), "unknown field"},
		"falling edges":    {strings.Replace(whole, `[1,2,3`, `[9,2,3`, 1), "do not rise"},
		"a share of none":  {strings.Replace(whole, `"shares":[0.`, `"shares":[-0.`, 1), "must be above 0"},
		"too large a sum":  {strings.Replace(whole, `"shares":[0.`, `"shares":[1.`, 1), "sum to"},
		"what follows":     {whole + "[]", "something follows"},
	} {
		_, err := Of(map[string]string{Key: test.text})
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v; want %q", name, err, test.says)
		}
	}
}

// The same population has a small index, another one a large one in just what
// differs.
func TestIndexTellsDrift(t *testing.T) {
	reference := Measure(usual(5000, 1), "")
	for _, test := range []struct {
		drifts string
		change func(*Sample)
	}{
		{"", func(*Sample) {}},
		{"digit", func(s *Sample) { s.Digit = min(s.Digit, 6) }},
		{"confidence", func(s *Sample) { s.Confidence -= 0.02 }},
		{"ink", func(s *Sample) { s.Ink *= 1.3 }},
	} {
		m := NewMonitor(reference)
		for _, s := range usual(Window, 2) {
			test.change(&s)
			m.Observe(s)
		}
		for _, feature := range Features() {
			if index := m.Index(feature); (index > 0.2) != (feature == test.drifts) || (index > 0.1) != (index > 0.2) {
				t.Errorf("%q drifts: the index of %s is %v", test.drifts, feature, index)
			}
		}
	}
}

// What left the window counts no more, whatever it was.
func TestWindowSlides(t *testing.T) {
	reference := Measure(usual(5000, 1), "")
	m, fresh := NewMonitor(reference), NewMonitor(reference)
	for range 700 {
		m.Observe(Sample{Digit: 3, Confidence: 0.2, Ink: 0.9})
	}
	for _, s := range usual(Window, 3) {
		m.Observe(s)
		fresh.Observe(s)
	}
	for _, feature := range Features() {
		if m.Index(feature) != fresh.Index(feature) {
			t.Errorf("%s: %v; want %v", feature, m.Index(feature), fresh.Index(feature))
		}
	}
}

func TestFewSamplesSayNothing(t *testing.T) {
	m := NewMonitor(Measure(usual(5000, 1), ""))
	for i, s := range usual(least, 2) {
		if index := m.Index("ink"); !math.IsNaN(index) {
			t.Fatalf("%v after %d samples", index, i)
		}
		m.Observe(s)
	}
	if math.IsNaN(m.Index("ink")) {
		t.Error("still unknown")
	}
	without := NewMonitor(Statistics{})
	for _, s := range usual(Window, 2) {
		without.Observe(s)
	}
	if index := without.Index("digit"); !math.IsNaN(index) {
		t.Errorf("%v without statistics", index)
	}
}

func TestMonitorIsForManyGoroutines(t *testing.T) {
	m := NewMonitor(Measure(usual(5000, 1), ""))
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for _, s := range usual(300, uint64(i)) {
				m.Observe(s)
				m.Index("digit")
			}
		})
	}
	wait.Wait()
	if index := m.Index("digit"); !(index < 0.1) {
		t.Errorf("index %v", index)
	}
}
