package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"digits/internal/calibration"
	"digits/internal/calibration/estimate"
	"digits/internal/drift"
	"digits/internal/mnist"
	"digits/internal/proof"
	"digits/pkg/cnn"
)

// heldOutRecord is the training record of a run that held images out.
const heldOutRecord = `{"recipe":{"validation":5000}}`

// mislabelled returns squares of which every fiftieth has a wrong label, so
// that no network reads all of them right.
func mislabelled(n int, seed uint64) mnist.Set {
	s := squares(n, seed)
	for i := 0; i < n; i += 50 {
		s.Labels[i] = (s.Labels[i] + 1) % 10
	}
	return s
}

// noDigit trains a network that reads squares and takes blank images for no
// digit.
func noDigit(t *testing.T) *cnn.Model {
	t.Helper()
	spec := cnn.Spec{Input: cnn.Shape{C: 1, H: 28, W: 28}, Layers: []cnn.Layer{cnn.Affine{Outputs: 11}}}
	m, err := cnn.New(spec, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	trainer := cnn.NewTrainer(m, cnn.TrainConfig{Optimizer: cnn.Adam{}, Batch: 110, Shards: 1})
	defer trainer.Close()
	set := squares(100, 1)
	set.Images = append(set.Images, make([]byte, 10*mnist.Pixels)...)
	set.Labels = append(set.Labels, slices.Repeat([]uint8{10}, 10)...)
	x := make([]float32, 110*mnist.Pixels)
	set.Floats(x, true)
	for range 150 {
		trainer.Step(x, set.Labels, 0.01)
	}
	return trainer.Snapshot().WithMetadata("training", heldOutRecord)
}

// testCalibration is a run of calibrate on a small stand-in for MNIST.
func testCalibration(t *testing.T, m *cnn.Model) calibrateOptions {
	t.Helper()
	path := filepath.Join(t.TempDir(), "w.safetensors")
	if err := m.SaveFile(path); err != nil {
		t.Fatal(err)
	}
	return calibrateOptions{weights: path, out: path, load: func(context.Context) (mnist.Set, mnist.Set, error) {
		return mislabelled(5500, 1), mislabelled(100, 2), nil
	}}
}

func TestCalibrateWritesTheCalibrationIntoTheFile(t *testing.T) {
	m := noDigit(t)
	o := testCalibration(t, m)
	before, err := os.ReadFile(o.weights)
	if err != nil {
		t.Fatal(err)
	}
	o.out = o.weights + ".calibrated"
	var out bytes.Buffer
	if err := o.run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	got, err := loadReader(o.out)
	if err != nil {
		t.Fatal(err)
	}
	c, err := calibration.Of(got.Metadata())
	if err != nil || !c.Present() || c.Images != 5000 || c.Data != "MNIST: the 5000 training images that the runs hold out" || c.Coverage != 0.995 || !(c.Rejection < 1) || c.Rejected != 0.0036 {
		t.Errorf("calibration %+v, %v", c, err)
	}
	if !reflect.DeepEqual(got.Tensors(), m.Tensors()) || got.Metadata()["training"] != heldOutRecord {
		t.Error("the weights or their record changed")
	}
	if text := out.String(); !strings.Contains(text, "wrote "+o.out+", SHA-256 "+got.Digest()) || !strings.Contains(text, `calibration {"temperature":`) {
		t.Errorf("stdout: %s", text)
	}
	if after, err := os.ReadFile(o.weights); err != nil || !bytes.Equal(after, before) {
		t.Errorf("--out changed the file of --weights (%v)", err)
	}

	// In place, and a second time, it is the same file.
	want, err := os.ReadFile(o.out)
	if err != nil {
		t.Fatal(err)
	}
	o.out = o.weights
	for range 2 {
		if err := o.run(t.Context(), io.Discard); err != nil {
			t.Fatal(err)
		}
		if again, err := os.ReadFile(o.weights); err != nil || !bytes.Equal(again, want) {
			t.Errorf("the same input gave other bytes (%v)", err)
		}
	}
}

func TestCalibrationOfASibling(t *testing.T) {
	sibling := testCalibration(t, noDigit(t))
	if err := sibling.run(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	o := testCalibration(t, noDigit(t).WithMetadata("training", `{"recipe":{"validation":0}}`))
	o.from = sibling.weights
	if err := o.run(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	texts := make([]string, 2)
	for i, path := range []string{sibling.weights, o.weights} {
		m, err := loadReader(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = m.Metadata()[calibration.Key]
	}
	if texts[0] == "" || texts[0] != texts[1] {
		t.Errorf("the sibling has %s, the file %s", texts[0], texts[1])
	}
}

// What was measured with the former calibration is measured anew: it is what
// train proof would write now.
func TestCalibrateRenewsTheProof(t *testing.T) {
	p := testProof(t)
	m, err := cnn.LoadFile(p.weights)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	o := calibrateOptions{weights: filepath.Join(dir, "w"), out: filepath.Join(dir, "out"), from: filepath.Join(dir, "sibling"), load: p.load}
	err = m.WithMetadata(drift.Key, "former").WithMetadata(proof.Key, "former").SaveFile(o.weights)
	if err == nil {
		err = m.WithMetadata(calibration.Key, `{"temperature":2,"coverage":0.9,"candidates":0.1,"rejection":1}`).SaveFile(o.from)
	}
	if err == nil {
		err = o.run(t.Context(), io.Discard)
	}
	if err != nil {
		t.Fatal(err)
	}
	p.weights, p.from = o.out, o.from
	if err := p.run(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(o.out)
	want, err2 := os.ReadFile(p.out)
	if err := errors.Join(err, err2); err != nil || !bytes.Equal(got, want) {
		t.Errorf("train proof changes the file, %v", err)
	}

	// A former proof does not stay where there is none any more.
	lost := testCalibration(t, noDigit(t).WithMetadata(proof.Key, "former"))
	lost.load = func(context.Context) (mnist.Set, mnist.Set, error) { return mislabelled(300, 1), mnist.Set{}, nil }
	var out bytes.Buffer
	if err := lost.run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if m, err = loadReader(lost.out); err != nil || m.Metadata()[proof.Key] != "" || !strings.HasPrefix(out.String(), "without a proof: there is no proof for these weights") {
		t.Errorf("%v, proof %q, stdout %s", err, m.Metadata()[proof.Key], &out)
	}
}

func TestWhatIsNotCalibrated(t *testing.T) {
	other, err := cnn.New(cnn.Spec{Input: cnn.Shape{C: 1, H: 28, W: 28}, Layers: []cnn.Layer{cnn.Affine{Outputs: 10}}}, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	save := func(m *cnn.Model) string { return testCalibration(t, m).weights }
	usual := noDigit(t)
	for _, test := range []struct {
		name   string
		m      *cnn.Model
		change func(o *calibrateOptions)
		want   error
		says   string
	}{
		{"no record", other, func(*calibrateOptions) {}, errUncalibrated, "no record of their training"},
		{"trained on all", usual.WithMetadata("training", `{"recipe":{"validation":0}}`), func(*calibrateOptions) {}, errUncalibrated, "with 0 images held out, and 5000 are needed; name the weights file of a sibling by --from"},
		{"a course's final", usual.WithMetadata("training", `{"recipe":{"teachers":2,"validation":5000}}`), func(*calibrateOptions) {}, errUncalibrated, "with 0 images held out"},
		{"nothing learnt", other.WithMetadata("training", heldOutRecord), func(*calibrateOptions) {}, estimate.ErrImpossible, "no better than by chance"},
		{"all read right", usual, func(o *calibrateOptions) {
			o.load = func(context.Context) (mnist.Set, mnist.Set, error) { return squares(5500, 1), squares(10, 2), nil }
		}, estimate.ErrImpossible, "it reads all 5000 images right"},
		{"too fine a share", usual, func(o *calibrateOptions) { o.fit.Rejected = 1e-5 }, estimate.ErrImpossible, "needs more than 5000 images"},
		{"a sibling without", usual, func(o *calibrateOptions) { o.from = save(usual) }, errUncalibrated, "has none either"},
		{"a sibling of another kind", usual, func(o *calibrateOptions) { o.from = save(other) }, errUncalibrated, "has another network"},
		{"a sibling with nonsense", usual, func(o *calibrateOptions) { o.from = save(usual.WithMetadata(calibration.Key, "{}")) }, calibration.ErrInvalid, "temperature is 0"},
		{"statistics that cannot be measured anew", usual.WithMetadata(drift.Key, "former"), func(o *calibrateOptions) {
			all := usual.WithMetadata("training", `{"recipe":{"validation":0}}`)
			o.from = save(all.WithMetadata(calibration.Key, `{"temperature":1,"coverage":0.9,"candidates":0.1,"rejection":1}`))
		}, errUnproven, "hold only for its former calibration"},
		{"no data", usual, func(o *calibrateOptions) {
			o.load = func(context.Context) (mnist.Set, mnist.Set, error) {
				return mnist.Set{}, mnist.Set{}, io.ErrUnexpectedEOF
			}
		}, io.ErrUnexpectedEOF, ""},
		{"interrupted", usual, func(o *calibrateOptions) {
			o.load = func(context.Context) (mnist.Set, mnist.Set, error) {
				return mislabelled(5500, 1), mnist.Set{}, context.Canceled
			}
		}, context.Canceled, ""},
		{"an output that cannot be", usual, func(o *calibrateOptions) { o.out = filepath.Join(o.out, "x") }, nil, "cannot be written"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := testCalibration(t, test.m)
			before, err := os.ReadFile(o.weights)
			if err != nil {
				t.Fatal(err)
			}
			test.change(&o)
			var out bytes.Buffer
			err = o.run(t.Context(), &out)
			if err == nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) || out.Len() > 0 {
				t.Errorf("calibrate returned %v and printed %q; want %q", err, &out, test.says)
			}
			if after, err := os.ReadFile(o.weights); err != nil || !bytes.Equal(after, before) {
				t.Errorf("the file changed (%v)", err)
			}
		})
	}
}

// The eleventh output is no prediction: accuracy and loss are of the digits.
func TestEvaluateWithAnOutputForNoDigit(t *testing.T) {
	m := noDigit(t)
	set := squares(100, 3)
	set.Images = append(set.Images, make([]byte, mnist.Pixels)...) // the network says "no digit"
	set.Labels = append(set.Labels, 0)
	e, err := evaluate(t.Context(), m, set)
	if err != nil || e.N != 101 || e.Correct < 95 || e.Honesty != nil {
		t.Errorf("%d of %d right, honesty %v, %v", e.Correct, e.N, e.Honesty, err)
	}
	text, err := calibration.Calibration{Temperature: 0.5, Coverage: 0.9, Candidates: 0.5, Rejection: 0.5}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	calibrated, err := evaluate(t.Context(), m.WithMetadata(calibration.Key, text), set)
	if err != nil || calibrated.Correct != e.Correct || calibrated.Honesty == nil {
		t.Fatalf("%+v, %v", calibrated, err)
	}
	if h := calibrated.Honesty; h.Temperature != 0.5 || h.Rejected != 1.0/101 || h.Coverage < 0.95 || h.MeanSetSize < 1 || calibrated.Loss == e.Loss {
		t.Errorf("honesty %+v, loss %v after %v; want one image rejected", h, calibrated.Loss, e.Loss)
	}
	if _, err := evaluate(t.Context(), m.WithMetadata(calibration.Key, "{}"), set); !errors.Is(err, calibration.ErrInvalid) {
		t.Errorf("an unusable calibration: %v", err)
	}
}
