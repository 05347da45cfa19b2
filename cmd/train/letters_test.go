package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"digits/internal/photos"
	"digits/internal/report"
)

// One picture of each letter goes the whole path, and the sheet is there.
func TestEvalOfLetters(t *testing.T) {
	if testing.Short() {
		t.Skip("it prepares pictures of 52 letters: the race detector takes half a minute")
	}
	o := suiteOptions(t)
	o.weights, o.suite, o.count, o.asJSON, o.sheet = "../../weights/digits.safetensors", letters, 1, true, filepath.Join(t.TempDir(), "sheet.png")
	var out bytes.Buffer
	if err := eval(t.Context(), o, &out); err != nil {
		t.Fatal(err)
	}
	var e report.PictureEvaluation
	if err := json.Unmarshal(out.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	all := len(photos.Letters())
	if e.Others.Images != all || len(e.Folders) != all || e.Digits.Images != 0 || e.RejectionAUROC == nil {
		t.Errorf("%s", &out)
	}
	if e.Others.Rejected < all/2 { // an O is a 0, but an A is nothing
		t.Errorf("%d of %d letters are rejected", e.Others.Rejected, all)
	}
	if size := readPNG(t, o.sheet).Bounds().Size(); size.Y < 50*all {
		t.Errorf("a sheet of %v", size)
	}
}

func TestInterruptedEvalOfLetters(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := suiteOptions(t)
	o.suite, o.count = letters, 1
	var out bytes.Buffer
	if err := eval(ctx, o, &out); !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("eval returned %v and printed %q", err, &out)
	}
}
