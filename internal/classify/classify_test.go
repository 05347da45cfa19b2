package classify

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"digits/internal/cputime"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
	"digits/weights"
)

func newModel(t testing.TB) *cnn.Model {
	t.Helper()
	model, err := cnn.Load(bytes.NewReader(weights.Default()))
	if err != nil {
		t.Fatal(err)
	}
	return model
}

func newClassifier(t testing.TB, options Options) *Classifier {
	t.Helper()
	c, err := New(newModel(t), options)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func picture(t testing.TB) []byte {
	return asPNG(stroke())
}

func TestNewRefusesOtherArchitectures(t *testing.T) {
	for name, spec := range map[string]cnn.Spec{
		"32x32":      {Input: cnn.Shape{C: 1, H: 32, W: 32}, Layers: []cnn.Layer{cnn.Affine{Outputs: 10}}},
		"colour":     {Input: cnn.Shape{C: 3, H: 28, W: 28}, Layers: []cnn.Layer{cnn.Affine{Outputs: 10}}},
		"26 letters": {Input: cnn.Shape{C: 1, H: 28, W: 28}, Layers: []cnn.Layer{cnn.Affine{Outputs: 26}}},
	} {
		t.Run(name, func(t *testing.T) {
			model, err := cnn.New(spec, rand.New(rand.NewPCG(1, 2)))
			if err != nil {
				t.Fatal(err)
			}
			_, err = New(model, Options{})
			if !errors.Is(err, ErrArchitecture) || !strings.Contains(err.Error(), model.OutputShape().String()) ||
				!strings.Contains(err.Error(), model.Spec().Input.String()) {
				t.Errorf("error %v; want ErrArchitecture with what the model has", err)
			}
		})
	}
}

func TestClassifyReadsAStroke(t *testing.T) {
	r, err := newClassifier(t, Options{}).Classify(t.Context(), picture(t))
	if err != nil {
		t.Fatal(err)
	}
	if r.Digit != 1 || r.Confidence < 0.9 {
		t.Errorf("a vertical stroke is a %d with %v", r.Digit, r.Confidence)
	}
	if r.Image.Format != "png" || r.Image.Width != 56 || r.Image.Height != 56 {
		t.Errorf("image %+v", r.Image)
	}
	ink := float32(0)
	for _, v := range r.Tensor {
		ink += v
	}
	if ink < 20 {
		t.Errorf("the tensor has %v of ink", ink)
	}
}

// newBookClassifier returns a classifier with the book's network: ten outputs
// and no calibration.
func newBookClassifier(t testing.TB) *Classifier {
	t.Helper()
	model, err := cnn.LoadFile("../../weights/simple.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(model, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Without a calibration the result follows from the logits alone: a softmax,
// its maximum, and the fewest digits that reach 0.995.
func TestResultFollowsFromTheLogits(t *testing.T) {
	c := newBookClassifier(t)
	random := rand.New(rand.NewPCG(3, 4))
	s := c.slots[hold(t, c).slot]
	for range 200 {
		for i := range s.tensor {
			s.tensor[i] = random.Float32()
		}
		var r Result
		if err := c.infer(s, &r); err != nil {
			t.Fatal(err)
		}
		c.judge(&r)
		sum, most, reached, last := 0.0, 0.0, 0.0, 2.0
		for _, p := range r.Probabilities {
			sum, most = sum+p, max(most, p)
		}
		if math.Abs(sum-1) > 1e-9 || r.Confidence != most || r.Probabilities[r.Digit] != most {
			t.Fatalf("sum %v, maximum %v in %+v", sum, most, r)
		}
		for i, d := range r.Candidates {
			if reached >= 0.995 || r.Probabilities[d] > last {
				t.Fatalf("candidate %d of %v is one too many or out of order: %v", i, r.Candidates, r.Probabilities)
			}
			last = r.Probabilities[d]
			reached += last
		}
		if reached < 0.995 || r.Candidates[0] != r.Digit || !r.Accepted {
			t.Fatalf("candidates %v reach %v: %v", r.Candidates, reached, r.Probabilities)
		}
	}
}

func TestSixteenGoroutinesGetIdenticalAnswers(t *testing.T) {
	c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 3})})
	data := picture(t)
	want, err := c.Classify(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			for range 8 {
				got, err := c.Classify(t.Context(), data)
				if err != nil || got.Probabilities != want.Probabilities || got.Tensor != want.Tensor {
					t.Errorf("another answer: %v, %v; want %v", got.Probabilities, err, want.Probabilities)
					return
				}
			}
		})
	}
	wait.Wait()
}

func TestInferAllocatesNothing(t *testing.T) {
	c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 1})})
	drawn, err := c.Classify(t.Context(), picture(t))
	if err != nil {
		t.Fatal(err)
	}
	s := c.slots[hold(t, c).slot]
	s.tensor = drawn.Tensor // the kernels leave zeros out
	var r Result
	if n := testing.AllocsPerRun(50, func() {
		if err := c.infer(s, &r); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestImageErrorsPassThrough(t *testing.T) {
	c := newClassifier(t, Options{Image: imageprep.Options{MaxPixels: 64*64 - 1}})
	var large bytes.Buffer
	if err := png.Encode(&large, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":         {nil, imageprep.ErrEmpty},
		"text":            {[]byte("seven"), imageprep.ErrUnsupportedFormat},
		"half a picture":  {picture(t)[:60], imageprep.ErrMalformed},
		"too many pixels": {large.Bytes(), imageprep.ErrTooManyPixels},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.Classify(t.Context(), test.data); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

// What the steps made until the image was refused is not lost.
func TestExplainShowsWhatWasRefused(t *testing.T) {
	c := newClassifier(t, Options{})
	r, err := c.Explain(t.Context(), asPNG(image.NewGray(image.Rect(0, 0, 1000, 1000))))
	if !errors.Is(err, imageprep.ErrNoInk) || len(r.Pictures) != 1 || r.Pictures[0].Step != "shrink" {
		t.Errorf("error %v with %d pictures; want ErrNoInk with that of shrink", err, len(r.Pictures))
	}
}

func TestInfiniteLogitsAreAnError(t *testing.T) {
	spec := cnn.Spec{Input: cnn.Shape{C: 1, H: 28, W: 28}, Layers: []cnn.Layer{cnn.Affine{Outputs: 10}}}
	model, err := cnn.NewNormal(spec, rand.New(rand.NewPCG(1, 2)), 1e38)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(model, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Classify(t.Context(), picture(t)); !errors.Is(err, ErrNotFinite) {
		t.Errorf("error %v, want ErrNotFinite", err)
	}
	if err := c.SelfTest(t.Context()); !errors.Is(err, ErrSelfTest) || !errors.Is(err, ErrNotFinite) {
		t.Errorf("self-test: %v", err)
	}
}

// A network that has learnt nothing fails, whether it answers everything
// equally or at random.
func TestSelfTestFailsWithoutLearning(t *testing.T) {
	spec := cnn.Spec{Input: cnn.Shape{C: 1, H: 28, W: 28}, Layers: []cnn.Layer{cnn.Affine{Outputs: 10}}}
	for _, deviation := range []float64{1e-9, 1} {
		model, err := cnn.NewNormal(spec, rand.New(rand.NewPCG(1, 2)), deviation)
		if err != nil {
			t.Fatal(err)
		}
		c, err := New(model, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SelfTest(t.Context()); !errors.Is(err, ErrSelfTest) || !strings.Contains(err.Error(), "is read as a") {
			t.Errorf("deviation %v: %v", deviation, err)
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	c := newClassifier(b, Options{})
	data := picture(b)
	b.ReportAllocs()
	clock := cputime.Start()
	for b.Loop() {
		if _, err := c.Classify(b.Context(), data); err != nil {
			b.Fatal(err)
		}
	}
	clock.Report(b, 1, "")
}
