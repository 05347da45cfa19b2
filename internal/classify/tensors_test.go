package classify

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"digits/internal/cputime"
	"digits/pkg/imageprep"
)

// noise returns n tensors with numbers in [0,1], a third of them 0.
func noise(n int) []float32 {
	random := rand.New(rand.NewPCG(7, 8))
	tensors := make([]float32, n*imageprep.Pixels)
	for i := range tensors {
		tensors[i] = max(0, 1.5*random.Float32()-0.5)
	}
	return tensors
}

// resultsOf returns copies of the results for the tensors.
func resultsOf(t testing.TB, c *Classifier, tensors []float32) []Result {
	t.Helper()
	var all []Result
	if _, err := c.ClassifyTensors(t.Context(), tensors, func(i int, r *Result) {
		if i != len(all) {
			t.Errorf("result %d comes after %d others", i, len(all))
		}
		all = append(all, *r)
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func sameReading(a, b *Result) bool {
	return a.Digit == b.Digit && a.Confidence == b.Confidence && a.Probabilities == b.Probabilities && a.Accepted == b.Accepted &&
		a.Reason == b.Reason && a.Rejection == b.Rejection && slices.Equal(a.Candidates, b.Candidates)
}

// The tensor of an image is read as the image is.
func TestTensorsAreReadAsTheirImages(t *testing.T) {
	c := newClassifier(t, Options{})
	want := read(t, c)
	got := resultsOf(t, c, want.Tensor[:])
	if len(got) != 1 || !sameReading(&got[0], &want) {
		t.Errorf("%+v; want %+v", got, want)
	}
}

func TestBatchesAreReadAsSingles(t *testing.T) {
	const n = 33
	c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 2})})
	tensors := noise(n)
	together := resultsOf(t, c, tensors)
	if len(together) != n {
		t.Fatalf("%d results", len(together))
	}
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			alone := resultsOf(t, c, tensors[i*imageprep.Pixels:][:imageprep.Pixels])
			if !sameReading(&alone[0], &together[i]) {
				t.Errorf("tensor %d: %+v in a batch, %+v alone", i, together[i], alone[0])
			}
		})
	}
	wait.Wait()
	if c.Busy() != 0 || c.Waiting() != 0 {
		t.Errorf("busy %d, waiting %d", c.Busy(), c.Waiting())
	}
}

// However it ends, the slot is free again.
func TestTensorsGiveTheirSlotBack(t *testing.T) {
	c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 1, Waiting: 1})})
	infinite := noise(3)
	infinite[imageprep.Pixels+5] = float32(math.Inf(1))
	ctx, cancel := context.WithCancel(t.Context())
	for name, test := range map[string]struct {
		ctx     context.Context
		tensors []float32
		each    func(int, *Result)
		want    error
		results int
	}{
		"not finite":       {t.Context(), infinite, func(int, *Result) {}, ErrNotFinite, 1},
		"a panic":          {t.Context(), noise(2), func(int, *Result) { panic("a bug") }, ErrPanic, 1},
		"left in between":  {ctx, noise(3), func(int, *Result) { cancel() }, context.Canceled, 1},
		"left in advance":  {canceled(t), noise(3), func(int, *Result) {}, context.Canceled, 0},
		"no tensors":       {t.Context(), nil, func(int, *Result) {}, nil, 0},
		"several, no harm": {t.Context(), noise(3), func(int, *Result) {}, nil, 3},
	} {
		t.Run(name, func(t *testing.T) {
			results := 0
			_, err := c.ClassifyTensors(test.ctx, test.tensors, func(i int, r *Result) { results++; test.each(i, r) })
			if !errors.Is(err, test.want) || results != test.results {
				t.Errorf("error %v after %d results; want %v after %d", err, results, test.want, test.results)
			}
			if c.Busy() != 0 {
				t.Error("the slot is lost")
			}
		})
	}
	held := hold(t, c)
	c.queue.limits.Waiting = 0
	if _, err := c.ClassifyTensors(t.Context(), noise(1), nil); !errors.Is(err, ErrOverloaded) {
		t.Errorf("error %v with a full queue", err)
	}
	c.queue.release(held, true)
}

func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestClassifyTensorsPanicsOnHalfATensor(t *testing.T) {
	defer func() {
		if p := recover(); p == nil || !strings.Contains(p.(string), "784") {
			t.Errorf("panic %v", p)
		}
	}()
	_, _ = newClassifier(t, Options{}).ClassifyTensors(t.Context(), make([]float32, 785), func(int, *Result) {})
}

// Of n tensors, only the lists of candidates are allocated one by one.
func TestTensorsAllocateOnlyCandidates(t *testing.T) {
	c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 1})})
	few, many := noise(1), noise(9)
	count := func(tensors []float32) float64 {
		return testing.AllocsPerRun(20, func() { _, _ = c.ClassifyTensors(t.Context(), tensors, func(int, *Result) {}) })
	}
	if one, nine := count(few), count(many); nine-one > 8 {
		t.Errorf("%v allocations for a tensor, %v for nine", one, nine)
	}
}

func BenchmarkClassifyTensors(b *testing.B) {
	c := newClassifier(b, Options{})
	drawn := read(b, c)
	clock := cputime.Start()
	for b.Loop() {
		if _, err := c.ClassifyTensors(b.Context(), drawn.Tensor[:], func(int, *Result) {}); err != nil {
			b.Fatal(err)
		}
	}
	clock.Report(b, 1, "tensor")
}
