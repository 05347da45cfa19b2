package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"digits/internal/mnist"
	"digits/internal/report"
)

const curvesRecord = `{"recipe":{"epochs":2,"validation":5000},"validation":[{"accuracy":0.5,"loss":1},{"accuracy":0.75,"loss":0.5}],"chosen":2}`

// testReport is a report of a network with this training record on squares, of
// which every fiftieth has a wrong label.
func testReport(t *testing.T, record string) reportOptions {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "w.safetensors")
	if err := noDigit(t).WithMetadata("training", record).WithMetadata("data", "some squares").SaveFile(path); err != nil {
		t.Fatal(err)
	}
	return reportOptions{weights: path, curves: path, out: filepath.Join(dir, "deep", "report"),
		load: func(context.Context) (mnist.Set, mnist.Set, error) { return mnist.Set{}, mislabelled(200, 2), nil }}
}

func fileNames(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestReportWritesAFolder(t *testing.T) {
	o := testReport(t, curvesRecord)
	var out bytes.Buffer
	if err := o.run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	want := []string{"confusion.png", "confusion.svg", "corruptions.png", "corruptions.svg", "curves.png", "curves.svg", "index.html", "mistakes.png", "mistakes.svg", "reliability.png", "reliability.svg", "report.json"}
	if names := fileNames(t, o.out); !slices.Equal(names, want) {
		t.Errorf("the folder has %q; want %q", names, want)
	}
	if want := "wrote " + filepath.Join(o.out, "index.html") + " and 11 files beside it\n"; out.String() != want {
		t.Errorf("stdout is %q; want %q", out.String(), want)
	}
	text, err := os.ReadFile(filepath.Join(o.out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s report.Summary
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	m, err := loadReader(o.weights)
	if err != nil {
		t.Fatal(err)
	}
	if s.Weights.SHA256 != m.Digest() || s.Weights.Data != "some squares" || s.Course.Chosen != 2 || len(s.Course.Epochs) != 2 || len(s.Corruptions.Corruptions) != 15 {
		t.Errorf("weights %+v, course %+v", s.Weights, s.Course)
	}
	e, err := evaluate(t.Context(), m, mislabelled(200, 2))
	if err != nil || s.Evaluation.Correct != e.Correct || s.Evaluation.Loss != e.Loss || len(s.Mistakes) != 200-e.Correct || len(s.Mistakes) < 4 {
		t.Errorf("%d right, loss %v, %d mistakes; train eval has %+v, %v", s.Evaluation.Correct, s.Evaluation.Loss, len(s.Mistakes), e, err)
	}
}

// A final run that learnt from all images is shown with its rehearsal's curves.
func TestReportOfARunThatHeldNothingOut(t *testing.T) {
	o := testReport(t, `{"recipe":{"epochs":2},"validation":[{"accuracy":0,"loss":0},{"accuracy":0,"loss":0}],"chosen":2}`)
	if err := o.run(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	if names := fileNames(t, o.out); slices.Contains(names, "curves.png") {
		t.Errorf("there are curves of nothing in %q", names)
	}
	with := testReport(t, `{"recipe":{"epochs":2},"rehearsal":[{"accuracy":0.5,"loss":1},{"accuracy":0.75,"loss":0.5}],"chosen":2}`)
	if err := with.run(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	if names := fileNames(t, with.out); !slices.Contains(names, "curves.png") {
		t.Errorf("with its rehearsal's curve in the record, there is none in %q", names)
	}
	o.curves = testReport(t, curvesRecord).weights
	if err := o.run(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	if names := fileNames(t, o.out); !slices.Contains(names, "curves.png") {
		t.Errorf("there are no curves in %q", names)
	}
}

// What cannot be reported leaves nothing behind.
func TestReportsThatCannotBe(t *testing.T) {
	nothing := testReport(t, `{"validation":[]}`).weights
	for name, c := range map[string]struct {
		record string
		change func(o *reportOptions)
		want   string
		is     error
	}{
		"no record":      {"yesterday", func(*reportOptions) {}, "training record in the weights file is unusable", errRecord},
		"a later epoch":  {strings.Replace(curvesRecord, `"chosen":2`, `"chosen":3`, 1), func(*reportOptions) {}, "it chose epoch 3 of 2", errRecord},
		"no curves":      {curvesRecord, func(o *reportOptions) { o.curves = nothing }, "it has no learning curve", errRecord},
		"missing curves": {curvesRecord, func(o *reportOptions) { o.curves = o.weights + ".missing" }, "no such file", os.ErrNotExist},
	} {
		o := testReport(t, c.record)
		c.change(&o)
		err := o.run(t.Context(), io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
		if _, err := os.ReadDir(o.out); err == nil {
			t.Errorf("%s: a folder is left", name)
		}
	}
}

// What cannot be written is said before the work, which takes minutes, and
// nothing is left of the trial, nor when the work fails.
func TestReportProbesItsFolder(t *testing.T) {
	dir := t.TempDir()
	file, page, folder, dangling := filepath.Join(dir, "file"), filepath.Join(dir, "page"), filepath.Join(dir, "folder"), filepath.Join(dir, "dangling")
	write(t, file, "")
	if err := errors.Join(os.MkdirAll(filepath.Join(page, "index.html"), 0o755), os.Mkdir(folder, 0o755), os.Symlink("nowhere", dangling)); err != nil {
		t.Fatal(err)
	}
	before, work := fileNames(t, dir), errors.New("the work has begun")
	for out, want := range map[string]string{
		file:                                    "--out " + filepath.Join(file, "index.html") + " cannot be written: not a directory",
		filepath.Join(file, "deep", "report"):   "cannot be written: not a directory",
		dangling:                                "cannot be written: no such file or directory",
		page:                                    "index.html is a directory",
		folder:                                  work.Error(),
		filepath.Join(folder, "deep", "report"): work.Error(),
		filepath.Join(folder, "report") + "/":   work.Error(),
	} {
		o := testReport(t, curvesRecord)
		o.out, o.load = out, func(context.Context) (mnist.Set, mnist.Set, error) { return mnist.Set{}, mnist.Set{}, work }
		if err := o.run(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("--out %s: %v; want %q", out, err, want)
		}
	}
	if after := fileNames(t, dir); !slices.Equal(after, before) || len(fileNames(t, folder)) > 0 {
		t.Errorf("the trials left %q and %q; before there was %q", after, fileNames(t, folder), before)
	}
}
