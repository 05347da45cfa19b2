package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"digits/internal/corrupt"
	"digits/internal/mnist"
	"digits/internal/report"
)

// suiteOptions report on the corruptions of a few of the test images.
func suiteOptions(t *testing.T) evalOptions {
	t.Helper()
	return evalOptions{weights: "../../weights/simple.safetensors", suite: corruptions, load: func(ctx context.Context) (mnist.Set, error) {
		_, test, err := loadMNIST(ctx, "", io.Discard)
		if err != nil {
			return mnist.Set{}, err
		}
		indices := make([]int, 120)
		for i := range indices {
			indices[i] = i
		}
		return test.Subset(indices), nil
	}}
}

func TestEvalOfCorruptions(t *testing.T) {
	o := suiteOptions(t)
	var text bytes.Buffer
	if err := eval(t.Context(), o, &text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"over the 11 corruptions that an upload can have (*), ", "over all 15; MNIST's test set, 120 images each, seed 2019\n", "\nshot_noise     *  ", "\ncanny_edges       "} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, &text)
		}
	}
	var object bytes.Buffer
	o.asJSON = true
	if err := eval(t.Context(), o, &object); err != nil {
		t.Fatal(err)
	}
	var e report.Corruptions
	if err := json.Unmarshal(object.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	if e.N != 120 || e.Set != "MNIST's test set" || e.Seed != corruptionSeed || len(e.Corruptions) != 15 || e.UploadMean <= e.Mean {
		t.Errorf("%+v", e)
	}
	accuracy := map[string]float64{}
	for _, c := range e.Corruptions {
		accuracy[c.Name] = c.Accuracy
	}
	// A plain network hardly minds being sheared and is lost in fog.
	if accuracy["shear"] < 0.95 || accuracy["fog"] > 0.5 {
		t.Errorf("accuracy by corruption: %v", accuracy)
	}
}

// The images are those of the seed and the index, whatever the number of cores.
func TestSpoilDependsOnTheIndexAlone(t *testing.T) {
	set := squares(20, 1)
	for _, c := range corrupt.All() {
		spoiled := func(cores int) []byte {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			dst := mnist.Set{Images: make([]byte, len(set.Images)), Labels: set.Labels}
			if err := spoil(t.Context(), dst, set, c); err != nil {
				t.Fatal(err)
			}
			return dst.Images
		}
		images := spoiled(1)
		if !bytes.Equal(images, spoiled(3)) {
			t.Errorf("%s: three cores make other images than one", c.Name)
		}
		last := make([]byte, mnist.Pixels)
		c.Apply(last, set.Image(19), rand.New(rand.NewPCG(corruptionSeed, 19)))
		if !slices.Equal(last, images[19*mnist.Pixels:]) {
			t.Errorf("%s: image 19 is not that of seed and index", c.Name)
		}
	}
}

func TestInterruptedEvalOfCorruptions(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := suiteOptions(t)
	o.load = func(context.Context) (mnist.Set, error) { return squares(20, 1), nil }
	var out bytes.Buffer
	if err := eval(ctx, o, &out); !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("eval returned %v and printed %q", err, &out)
	}
}

// The command leads from the flag to the suite's data.
func TestSuiteFlag(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "nowhere")
	err := command(t, "eval --weights ../../weights/simple.safetensors --suite corruptions --data "+missing, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("without data: %v", err)
	}
}
