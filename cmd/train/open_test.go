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
	"digits/pkg/cnn"
)

func TestRunsThatCannotBegin(t *testing.T) {
	noData := func(context.Context) (mnist.Set, mnist.Set, error) {
		return mnist.Set{}, mnist.Set{}, errors.New("the data was loaded before the check")
	}
	for _, c := range []struct {
		name   string
		change func(o *fitOptions)
		want   string
	}{
		{"a missing directory", func(o *fitOptions) { o.out = filepath.Join(o.out, "x") }, "cannot be written: no such file or directory"},
		{"a directory as output", func(o *fitOptions) { o.out = filepath.Dir(o.out) }, "is a directory"},
		{"nothing to resume", func(o *fitOptions) { o.resume = true }, "no checkpoint to resume from"},
		{"a checkpoint is left", func(o *fitOptions) { write(t, o.checkpoint, "old") }, "left from an unfinished run"},
		{"a damaged checkpoint", func(o *fitOptions) { o.resume = true; write(t, o.checkpoint, "old") }, "the checkpoint %s is damaged; delete it"},
		{"a weights file as checkpoint", func(o *fitOptions) {
			o.resume = true
			write(t, o.checkpoint, string(bytes.Repeat([]byte("text "), 100)))
		}, "%s is not a checkpoint"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := testOptions(t)
			o.load = noData
			c.change(&o)
			want := strings.ReplaceAll(c.want, "%s", o.checkpoint)
			err := fit(t.Context(), o, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "weights file") {
				t.Errorf("fit returned %v; want %q", err, want)
			}
		})
	}
}

// interrupted returns the options of a run that has been interrupted after its
// first epoch, to go on with it.
func interrupted(t *testing.T) fitOptions {
	t.Helper()
	o := testOptions(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := fit(ctx, o, io.Discard, &interruptAfter{1, cancel}); !errors.Is(err, errInterrupted) {
		t.Fatal(err)
	}
	o.resume = true
	return o
}

func TestResumeRefusesOtherSettings(t *testing.T) {
	o := interrupted(t)
	o.set, o.recipe.Seed, o.recipe.Epochs, o.recipe.Shards = []string{"epochs", "seed"}, 9, 6, 3
	want := o.checkpoint + " was made with other settings: --seed 1, not 9; leave these flags out"
	if err := fit(t.Context(), o, io.Discard, io.Discard); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("fit returned %v; want %s", err, want)
	}
	o.set = []string{"epochs"} // what is not given is the checkpoint's
	if err := fit(t.Context(), o, io.Discard, io.Discard); err != nil {
		t.Errorf("with the same flag: %v", err)
	}
}

// A run that is done is not made again by --resume, be it a course.
func TestResumeOfAFinishedRun(t *testing.T) {
	for name, o := range map[string]fitOptions{"one run": testOptions(t), "a course": courseOptions(t)} {
		if err := fit(t.Context(), o, io.Discard, io.Discard); err != nil {
			t.Fatal(err)
		}
		o.resume = true
		var out, log bytes.Buffer
		err := fit(t.Context(), o, &out, &log)
		if err != nil || strings.Contains(log.String(), "epoch") || !strings.Contains(out.String(), o.out+" is there, SHA-256 ") || !strings.Contains(out.String(), "on the test set") {
			t.Errorf("%s: fit returned %v, logged %q and printed\n%s", name, err, &log, &out)
		}
	}
}

// What lies where the weights are to be written may be of another run.
func TestResumeTakesNoOtherRunForThis(t *testing.T) {
	o := testOptions(t)
	if err := fit(t.Context(), o, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	o.resume, o.set, o.recipe.Epochs = true, []string{"epochs"}, 7
	if err := fit(t.Context(), o, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "no checkpoint to resume from") {
		t.Errorf("of other flags: fit returned %v", err)
	}
	o = courseOptions(t)
	if err := fit(t.Context(), o, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	o.resume = true
	again := func(name string) {
		var log bytes.Buffer
		if err := fit(t.Context(), o, io.Discard, &log); err != nil || strings.Count(log.String(), "epoch done") != o.recipe.Epochs {
			t.Errorf("%s: fit returned %v and logged\n%s", name, err, &log)
		}
	}
	o.recipe.Seed, o.recipe.CourseSeed = 7, 1 // its other runs are the same
	again("of another seed")
	teacher := o.recipe.course()[0]
	writeStage(t, o, teacher, runRecord{Recipe: teacher.recipe})
	again("of another teacher")
}

// A course's run has teachers, which a run by itself would go without.
func TestResumeRefusesARunOfACourse(t *testing.T) {
	o := interrupted(t)
	replaceInRecord(t, o.checkpoint, `"validation":50`, `"teachers":1,"teacher_epochs":2,"rehearsal":true,"validation":50`)
	want := o.checkpoint + " is of a course of several runs: go on with all the flags that the course began with, --preset simple among them"
	if err := fit(t.Context(), o, io.Discard, io.Discard); err == nil || err.Error() != want {
		t.Errorf("fit returned %v; want %s", err, want)
	}
}

func TestBatchesOfACourseNeedItsTeachers(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("batches were made without the teachers")
		}
	}()
	newBatcher(squares(10, 1), courseOptions(t).recipe, nil)
}

// Every flag of the recipe can be compared.
func TestRecipeHasAValueForEachFlag(t *testing.T) {
	for _, f := range recipeFlags() {
		if (recipe{}).value(f.Names()[0]) == nil {
			t.Errorf("--%s has no value", f.Names()[0])
		}
	}
}

func TestTruncatedCheckpointIsCalledOne(t *testing.T) {
	o := interrupted(t)
	whole, err := os.ReadFile(o.checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	write(t, o.checkpoint, string(whole[:len(whole)/2]))
	err = fit(t.Context(), o, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "the checkpoint "+o.checkpoint+" is damaged") || strings.Contains(err.Error(), "weights file") {
		t.Errorf("fit returned %v; want one about a checkpoint", err)
	}
}

func TestResumeWarnsOfOtherKernels(t *testing.T) {
	for _, kernel := range []string{cnn.Kernel(), "abacus"} {
		o := interrupted(t)
		replaceInRecord(t, o.checkpoint, `"kernel":"`+cnn.Kernel()+`"`, `"kernel":"`+kernel+`"`)
		var log bytes.Buffer
		if err := fit(t.Context(), o, io.Discard, &log); err != nil {
			t.Fatal(err)
		}
		if warned := strings.Contains(log.String(), "level=WARN") && strings.Contains(log.String(), "checkpoint=abacus"); warned != (kernel == "abacus") {
			t.Errorf("kernel %s: the log is\n%s", kernel, &log)
		}
	}
}

// replaceInRecord changes the record of a checkpoint.
func replaceInRecord(t *testing.T, path, old, new string) {
	t.Helper()
	alter(t, path, func(c *cnn.Checkpoint) {
		if !strings.Contains(c.Record, old) {
			t.Fatalf("the record %s lacks %s", c.Record, old)
		}
		c.Record = strings.Replace(c.Record, old, new, 1)
	})
}

// alter changes a checkpoint, which stays undamaged.
func alter(t *testing.T, path string, change func(c *cnn.Checkpoint)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c, err := cnn.LoadCheckpoint(file)
	if err != nil {
		t.Fatal(err)
	}
	change(&c)
	if err := c.SaveFile(path); err != nil {
		t.Fatal(err)
	}
}

// The checkpoint is of the second of six epochs of eight steps.
func TestCheckpointsThatContradictThemselves(t *testing.T) {
	record := func(change func(r *checkpointRecord)) func(c *cnn.Checkpoint) {
		return func(c *cnn.Checkpoint) {
			var r checkpointRecord
			if err := json.Unmarshal([]byte(c.Record), &r); err != nil {
				t.Fatal(err)
			}
			change(&r)
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			c.Record = string(text)
		}
	}
	score := epochScore{Accuracy: 0.5, Loss: 1}
	o := interrupted(t)
	whole, err := os.ReadFile(o.checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		change     func(c *cnn.Checkpoint)
	}{
		{"no epoch chosen", "the scores of 1 epochs and chose epoch 0", record(func(r *checkpointRecord) { r.Chosen = 0 })},
		{"a negative epoch chosen", "chose epoch -1", record(func(r *checkpointRecord) { r.Chosen = -1 })},
		{"a later epoch chosen", "the scores of 1 epochs and chose epoch 2", record(func(r *checkpointRecord) { r.Chosen = 2 })},
		{"no weights chosen", "lacks the weights of epoch 1", func(c *cnn.Checkpoint) { c.Best = nil }},
		{"too few steps", "the scores of 3 epochs after", record(func(r *checkpointRecord) { r.Validation = append(r.Validation, score, score) })},
		{"too many steps", "the scores of 1 epochs after", record(func(r *checkpointRecord) { r.Recipe.Batch = 150 })},
		{"too many epochs", "the scores of 7 epochs out of 6", record(func(r *checkpointRecord) { r.Validation = slices.Repeat([]epochScore{score}, 7) })},
		{"a recipe that is none", "--batch is 0", record(func(r *checkpointRecord) { r.Recipe.Batch = 0 })},
		{"another network", "belongs to another run", record(func(r *checkpointRecord) { r.Recipe.Network = "fast" })},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, o.checkpoint, string(whole))
			alter(t, o.checkpoint, c.change)
			var message bytes.Buffer
			code := exitCode(fit(t.Context(), o, io.Discard, io.Discard), &message)
			got := message.String()
			if code != 1 || !strings.HasPrefix(got, "train: the checkpoint "+o.checkpoint+" cannot be used: ") ||
				!strings.Contains(got, c.want) || !strings.HasSuffix(got, "; delete it to start anew\n") || strings.Contains(got, "--help") {
				t.Errorf("exit %d and %q; want 1 and %q", code, got, c.want)
			}
		})
	}
}

// The running loss of an interrupted run is the unbroken one's.
func TestResumeKeepsTheRunningLoss(t *testing.T) {
	var unbroken, resumed bytes.Buffer
	if err := fit(t.Context(), testOptions(t), io.Discard, &unbroken); err != nil {
		t.Fatal(err)
	}
	if err := fit(t.Context(), interrupted(t), io.Discard, &resumed); err != nil {
		t.Fatal(err)
	}
	loss := func(log, epoch string) string {
		_, line, _ := strings.Cut(log, " epoch="+epoch+" ")
		loss, _, _ := strings.Cut(line, " ")
		return loss
	}
	if want, got := loss(unbroken.String(), "2"), loss(resumed.String(), "2"); got != want || !strings.HasPrefix(got, "loss=") {
		t.Errorf("resumed, epoch 2 has %q; want %q", got, want)
	}
}
