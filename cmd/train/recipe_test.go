package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"digits/internal/mnist"
	"digits/pkg/cnn"
)

func TestPresets(t *testing.T) {
	for name, parameters := range map[string]int{"seed": 433_890, "simple": 433_890, "fast": 215_194} {
		r, err := preset(name)
		if err == nil {
			err = r.check()
		}
		if err != nil {
			t.Fatal(err)
		}
		m, err := cnn.New(r.spec(), rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if m.Parameters() != parameters {
			t.Errorf("%s has %d parameters; want %d", name, m.Parameters(), parameters)
		}
	}
}

// The whole way of the fast preset, on 4,000 of the 60,000 images: what it
// trains reads digits, can be loaded and says how it was made.
func TestFastPresetLearnsFromFewImages(t *testing.T) {
	images, test, err := mnist.Load(t.Context(), mnist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := testOptions(t)
	if o.recipe, err = preset("fast"); err != nil {
		t.Fatal(err)
	}
	o.recipe.Validation = 500
	o.load = func(context.Context) (mnist.Set, mnist.Set, error) {
		_, few := images.Split(4000, 1)
		_, unseen := test.Split(1000, 1)
		return few, unseen, nil
	}
	var out bytes.Buffer
	if err := fit(t.Context(), o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "epoch 2 of 2") || !strings.Contains(out.String(), " of 1000 right") {
		t.Errorf("stdout:\n%s", &out)
	}
	m, err := loadReader(o.out)
	if err != nil {
		t.Fatal(err)
	}
	var record runRecord
	if err := json.Unmarshal([]byte(m.Metadata()["training"]), &record); err != nil || record.Recipe != o.recipe || m.Parameters() != 215_194 {
		t.Errorf("%d parameters, record %+v, %v", m.Parameters(), record, err)
	}
	if e, err := evaluate(t.Context(), m, test); err != nil || e.Accuracy < 0.93 {
		t.Errorf("accuracy %v, %v; want at least 0.93", e.Accuracy, err)
	}
}
