package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"digits/internal/mnist"
)

// squares returns images with a bright square whose place is the label: a
// small stand-in for MNIST.
func squares(n int, seed uint64) mnist.Set {
	random := rand.New(rand.NewPCG(seed, 0))
	s := mnist.Set{Images: make([]byte, n*mnist.Pixels), Labels: make([]uint8, n)}
	for i := range n {
		label := i % 10
		s.Labels[i] = uint8(label)
		for row := range 5 {
			for col := range 5 {
				s.Image(i)[(4+row+10*(label/5))*mnist.Side+1+5*(label%5)+col] = byte(150 + random.IntN(100))
			}
		}
	}
	return s
}

// testOptions is a run of six epochs that takes a moment.
func testOptions(t *testing.T) fitOptions {
	t.Helper()
	r, err := preset("simple")
	if err != nil {
		t.Fatal(err)
	}
	r.Epochs, r.Batch, r.Validation, r.Shards = 6, 20, 50, 2
	out := filepath.Join(t.TempDir(), "w.safetensors")
	return fitOptions{recipe: r, out: out, checkpoint: out + ".checkpoint", interval: time.Hour,
		load: func(context.Context) (mnist.Set, mnist.Set, error) { return squares(200, 1), squares(100, 2), nil }}
}

func TestFitWritesWeightsThatReadTheDigits(t *testing.T) {
	o := testOptions(t)
	var out, log bytes.Buffer
	if err := fit(t.Context(), o, &out, &log); err != nil {
		t.Fatal(err)
	}
	m, err := loadReader(o.out)
	if err != nil {
		t.Fatal(err)
	}
	e, err := evaluate(t.Context(), m, squares(100, 3))
	if err != nil || e.Accuracy < 0.95 {
		t.Errorf("accuracy %v, %v on squares; want at least 0.95", e.Accuracy, err)
	}
	var record runRecord
	if err := json.Unmarshal([]byte(m.Metadata()["training"]), &record); err != nil {
		t.Fatal(err)
	}
	if record.Recipe != o.recipe || len(record.Validation) != 6 || record.Chosen < 1 {
		t.Errorf("the training record is %+v", record)
	}
	for i, s := range record.Validation {
		if s.better(record.Validation[record.Chosen-1]) {
			t.Errorf("epoch %d was better than the chosen %d", i+1, record.Chosen)
		}
	}
	if fileExists(o.checkpoint) {
		t.Error("the checkpoint of a finished run is left")
	}
	if !strings.Contains(out.String(), "on the test set, which chose nothing") || !strings.Contains(log.String(), "epoch done") {
		t.Errorf("stdout:\n%s\nstderr:\n%s", out.String(), log.String())
	}
}

// An interrupt once the weights are written takes only the figures away.
func TestInterruptedDuringTheTestEvaluation(t *testing.T) {
	o := testOptions(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	err := fit(ctx, o, writerFunc(func(p []byte) (int, error) {
		if bytes.HasPrefix(p, []byte("wrote ")) {
			cancel()
		}
		return out.Write(p)
	}), io.Discard)
	if err != nil || !strings.Contains(out.String(), "interrupted before the figures on the test set: "+o.out+" is complete") {
		t.Errorf("fit returned %v and printed\n%s", err, out.String())
	}
	if _, err := loadReader(o.out); err != nil || fileExists(o.checkpoint) {
		t.Errorf("the weights: %v; a checkpoint is left: %v", err, fileExists(o.checkpoint))
	}
}

// An interrupt while the weights are calibrated and proven leaves a checkpoint,
// as one in an epoch does.
func TestInterruptedAfterTheLastEpoch(t *testing.T) {
	o := testOptions(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var message bytes.Buffer
	code := exitCode(fit(ctx, o, io.Discard, &interruptAfter{o.recipe.Epochs, cancel}), &message)
	want := "train: interrupted after the last epoch, before the weights were written; " + o.checkpoint + " is written: go on with the same command and --resume\n"
	if code != exitInterrupted || message.String() != want {
		t.Errorf("exit %d and %q; want %d and %q", code, message.String(), exitInterrupted, want)
	}
}

// interruptAfter cancels a context when the trainer logs the n-th epoch.
type interruptAfter struct {
	epochs int
	cancel context.CancelFunc
}

func (w *interruptAfter) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("epoch done")) {
		if w.epochs--; w.epochs == 0 {
			w.cancel()
		}
	}
	return len(p), nil
}

func TestResumedRunWritesTheSameBytes(t *testing.T) {
	written := make(map[string]string)
	for name, change := range map[string]func(r *recipe){
		"as it is": func(*recipe) {},
		"averaged": func(r *recipe) { r.Average = 0.9 },
		"refined":  func(r *recipe) { r.WeightDecay, r.Smoothing, r.Clip, r.Average = 0.1, 0.05, 0.5, 0.9 },
	} {
		unbroken := testOptions(t)
		change(&unbroken.recipe)
		if err := fit(t.Context(), unbroken, io.Discard, io.Discard); err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(unbroken.out)
		if err != nil {
			t.Fatal(err)
		}
		o := testOptions(t)
		change(&o.recipe)
		for _, epochs := range []int{1, 3, 2} { // at last before the weights are written
			ctx, cancel := context.WithCancel(t.Context())
			err := fit(ctx, o, io.Discard, &interruptAfter{epochs, cancel})
			cancel()
			if !errors.Is(err, errInterrupted) || fileExists(o.out) || !fileExists(o.checkpoint) {
				t.Fatalf("%s, interrupted: %v; output %v, checkpoint %v; want no output and a checkpoint", name, err, fileExists(o.out), fileExists(o.checkpoint))
			}
			o.resume = true
		}
		if err := fit(t.Context(), o, io.Discard, io.Discard); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(o.out); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: the resumed run wrote other bytes (%v)", name, err)
		}
		m, err := loadReader(o.out)
		if err != nil {
			t.Fatal(err)
		}
		written[name] = fmt.Sprint(m.Tensors())
	}
	if written["averaged"] == written["as it is"] {
		t.Error("the weights that are kept are not the averaged ones")
	}
}

// TestKilledRunLosesAtMostAnInterval takes a checkpoint away in mid-epoch, as
// kill -9 would leave it.
func TestKilledRunLosesAtMostAnInterval(t *testing.T) {
	unbroken := testOptions(t)
	if err := fit(t.Context(), unbroken, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	o := testOptions(t)
	o.interval = 0 // a checkpoint after every step
	killed := errors.New("killed")
	var left []byte
	func() {
		defer func() {
			if r := recover(); r != nil && r != killed {
				panic(r)
			}
		}()
		_ = fit(t.Context(), o, io.Discard, writerFunc(func(p []byte) (int, error) {
			if bytes.Contains(p, []byte("epoch=2")) {
				left, _ = os.ReadFile(o.checkpoint)
				panic(killed)
			}
			return len(p), nil
		}))
	}()
	if len(left) == 0 {
		t.Fatal("no checkpoint was left")
	}
	o.resume = true
	if err := fit(t.Context(), o, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	want, _ := os.ReadFile(unbroken.out)
	if got, err := os.ReadFile(o.out); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the resumed run wrote other bytes (%v)", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What sees it first may be a step's loss, that of the held-out images, or a
// checkpoint that is to be written.
func TestDivergenceStopsWithAnExplanation(t *testing.T) {
	for what, c := range map[string]struct {
		change func(r *recipe)
		want   string
	}{
		"a step":              {func(*recipe) {}, "in epoch 1, step 2: the loss became "},
		"the held-out images": {func(r *recipe) { r.Batch = 200 }, "in epoch 1, step 1: the loss on the held-out images became NaN"},
		"a checkpoint":        {func(r *recipe) { r.Batch, r.LearningRate = 200, 1e9 }, ", step 1: a number is not finite: "},
	} {
		o := testOptions(t)
		o.recipe.LearningRate, o.recipe.Schedule = 1e30, "constant"
		c.change(&o.recipe)
		advice := fmt.Sprintf("; the learning rate %v is probably too high for this network: begin anew with a lower --learning-rate", o.recipe.LearningRate)
		err := fit(t.Context(), o, io.Discard, io.Discard)
		if !errors.Is(err, errDiverged) || !strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error(), advice) {
			t.Errorf("%s: fit returned %v; want %s%s", what, err, c.want, advice)
		}
		if fileExists(o.out) {
			t.Errorf("%s: a diverged run wrote weights", what)
		}
	}
}
