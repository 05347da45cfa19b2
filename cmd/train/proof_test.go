package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"digits/internal/classify"
	"digits/internal/drift"
	"digits/internal/mnist"
	"digits/internal/proof"
	"digits/pkg/cnn"
)

// testProof is a run of proof on the book's network and the ten digits that
// the weights are compared with PyTorch on.
func testProof(t *testing.T) proofOptions {
	t.Helper()
	images, err := os.ReadFile("../../weights/testdata/digits.u8")
	if err != nil {
		t.Fatal(err)
	}
	set := mnist.Set{Images: slices.Repeat(images, 3), Labels: slices.Repeat([]uint8{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 3)}
	return proofOptions{weights: "../../weights/simple.safetensors", out: filepath.Join(t.TempDir(), "w.safetensors"),
		load: func(context.Context) (mnist.Set, mnist.Set, error) { return set, mnist.Set{}, nil }}
}

func TestProofIsWrittenIntoTheFile(t *testing.T) {
	o := testProof(t)
	var out bytes.Buffer
	if err := o.run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	before, err := cnn.LoadFile(o.weights)
	if err != nil {
		t.Fatal(err)
	}
	after, err := cnn.LoadFile(o.out)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(before.Tensors(), after.Tensors()) || after.Metadata()["training"] != before.Metadata()["training"] {
		t.Error("more than the proof has changed")
	}
	p, err := proof.Of(after.Metadata(), after.OutputShape().Size())
	if err != nil || len(p.Digits) < 15 || len(p.Digits) > 20 {
		t.Errorf("%d digits, %v", len(p.Digits), err)
	}
	s, err := drift.Of(after.Metadata())
	if err != nil || s.Images != 30 || !s.Present() {
		t.Errorf("statistics %+v, %v", s, err)
	}
	if !strings.Contains(out.String(), after.Digest()) {
		t.Errorf("the output is %s", &out)
	}
	c, err := classify.New(after, classify.Options{})
	if err == nil {
		err = c.SelfTest(t.Context())
	}
	if err != nil {
		t.Error(err)
	}
}

// Twice gives the same bytes, whatever proof was there before.
func TestProofIsMadeAnew(t *testing.T) {
	o := testProof(t)
	if err := o.run(t.Context(), new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(o.out)
	if err != nil {
		t.Fatal(err)
	}
	m, err := cnn.LoadFile(o.out)
	if err != nil {
		t.Fatal(err)
	}
	o.weights, o.from = o.out, o.weights
	if err := m.WithMetadata(proof.Key, "nonsense").WithMetadata(drift.Key, "nonsense").SaveFile(o.weights); err != nil {
		t.Fatal(err)
	}
	if err := o.run(t.Context(), new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(o.out)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the bytes differ, %v", err)
	}
}

// Images that the weights have learnt are no measure of what they will be sent.
func TestNoStatisticsOfImagesThatWereLearnt(t *testing.T) {
	o := testProof(t)
	o.weights = "../../weights/digits.safetensors" // trained on all
	if err := o.run(t.Context(), new(bytes.Buffer)); !errors.Is(err, errUnproven) || !strings.Contains(err.Error(), "--from") {
		t.Errorf("error %v", err)
	}
	if fileExists(o.out) {
		t.Error("a file is written")
	}
}

// However few images a run held out, its file says that they were, and that
// the weights may have seen them where it held out none.
func TestStatisticsSayWhichImagesTheyAreOf(t *testing.T) {
	m := noDigit(t)
	for data, f := range map[string]*fitting{
		"MNIST: training images that were held out":             {train: squares(40, 1), valid: squares(30, 2)},
		"MNIST: training images that the weights may have seen": {train: squares(30, 1)},
	} {
		got, err := f.prove(t.Context(), m.WithMetadata("training", `{"recipe":{"validation":30}}`), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := drift.Of(got.Metadata()); err != nil || s.Data != data || s.Images != 30 {
			t.Errorf("statistics of %d images, %q, %v; want %q", s.Images, s.Data, err, data)
		}
	}
}

// Another network is as sure of other images.
func TestNoStatisticsOfAnotherNetwork(t *testing.T) {
	o := testProof(t)
	o.weights, o.from = "../../weights/digits.safetensors", o.weights
	if err := o.run(t.Context(), new(bytes.Buffer)); !errors.Is(err, errUnproven) || !strings.Contains(err.Error(), "simple.safetensors has another network") {
		t.Errorf("error %v", err)
	}
	if fileExists(o.out) {
		t.Error("a file is written")
	}
}

func TestNoProofOfWhatIsNotRead(t *testing.T) {
	o := testProof(t)
	set, _, _ := o.load(t.Context())
	for i := range set.Labels {
		set.Labels[i] = (set.Labels[i] + 1) % 10
	}
	if err := o.run(t.Context(), new(bytes.Buffer)); !errors.Is(err, errUnproven) || !strings.Contains(err.Error(), "simple.safetensors") {
		t.Errorf("error %v", err)
	}
	if fileExists(o.out) {
		t.Error("a file is written")
	}
}
