package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"digits/internal/calibration"
	"digits/internal/drift"
	"digits/internal/mnist"
	"digits/pkg/cnn"
)

// courseOptions is a course of one teacher that takes some seconds.
func courseOptions(t *testing.T) fitOptions {
	t.Helper()
	o := testOptions(t)
	r, err := preset("digits")
	if err != nil {
		t.Fatal(err)
	}
	r.Epochs, r.TeacherEpochs, r.Teachers, r.Batch, r.Validation, r.Shards, r.Echo = 3, 2, 1, 40, 50, 2, 2
	o.recipe = r
	o.load = func(context.Context) (mnist.Set, mnist.Set, error) { return squares(130, 1), squares(50, 2), nil }
	return o
}

func TestCourseMakesTeachersARehearsalAndTheFinal(t *testing.T) {
	o := courseOptions(t)
	var out, log bytes.Buffer
	if err := fit(t.Context(), o, &out, &log); err != nil {
		t.Fatal(err)
	}
	inOrder(t, out.String(), "teacher1:", "rehearsal:", "final:", "on the test set")
	inOrder(t, log.String(), "run done", ".teacher1.safetensors spent=", "run done", ".rehearsal.safetensors spent=", "run done", o.out+" spent=", "course done", "spent=")
	records := make(map[string]runRecord)
	for _, name := range []string{".teacher1", ".rehearsal", ""} {
		m, err := loadReader(strings.TrimSuffix(o.out, ".safetensors") + name + ".safetensors")
		if err != nil {
			t.Fatal(err)
		}
		var r runRecord
		if err := json.Unmarshal([]byte(m.Metadata()["training"]), &r); err != nil {
			t.Fatal(err)
		}
		records[name] = r
	}
	if r := records[".teacher1"]; r.Recipe.Network != "teacher" || r.Recipe.held() != 50 || len(r.Validation) != 2 {
		t.Errorf("the teacher's record is %+v", r)
	}
	if r := records[".rehearsal"]; r.Recipe.held() != 50 || r.Chosen != 3 || r.Validation[2].Accuracy == 0 {
		t.Errorf("the rehearsal's record is %+v", r)
	}
	r := records[""]
	if r.Recipe != o.recipe || r.Recipe.held() != 0 || r.Validation != nil || !slices.Equal(r.Rehearsal, records[".rehearsal"].Validation) {
		t.Errorf("the final's record is %+v", r)
	}
	checkBefore(t, o, r)
}

// inOrder reports the first of some texts that does not follow those before it.
func inOrder(t *testing.T, in string, texts ...string) {
	t.Helper()
	rest := in
	for _, text := range texts {
		var found bool
		if _, rest, found = strings.Cut(rest, text); !found {
			t.Fatalf("%s is missing or out of order in\n%s", text, in)
		}
	}
}

// checkBefore compares what a final run says it builds on with the files.
func checkBefore(t *testing.T, o fitOptions, r runRecord) {
	t.Helper()
	var before []string
	for _, earlier := range r.Before {
		m, err := cnn.LoadFile(strings.TrimSuffix(o.out, "safetensors") + earlier.Name + ".safetensors")
		if err != nil || earlier.SHA256 != m.Digest() {
			t.Errorf("before it was %+v: %v", earlier, err)
		}
		before = append(before, earlier.Name)
	}
	if !slices.Equal(before, []string{"teacher1", "rehearsal"}) {
		t.Errorf("before it were %q", before)
	}
}

// The final's calibration is the rehearsal's.
func TestFinalTakesTheRehearsalsCalibration(t *testing.T) {
	o := testOptions(t)
	o.recipe.Epochs, o.recipe.Average = 1, 0.5
	f := &fitting{options: o, calibration: `{"temperature":1,"coverage":0.9,"candidates":0.1,"rejection":1}`, statistics: "those of the rehearsal"}
	load := func() (data, error) { return data{squares(200, 1), squares(50, 2)}, nil }
	m, err := fitOne(t.Context(), f, load, io.Discard, io.Discard)
	if err != nil || m.Metadata()[calibration.Key] != f.calibration || m.Metadata()[drift.Key] != f.statistics {
		t.Errorf("the calibration is %q, %v", m.Metadata()[calibration.Key], err)
	}
}

// An interrupted course goes on where it was, to the same bytes.
func TestInterruptedCourseGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("two whole courses take minutes without vectors")
	}
	unbroken := courseOptions(t)
	if err := fit(t.Context(), unbroken, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(unbroken.out)
	if err != nil {
		t.Fatal(err)
	}
	o := courseOptions(t)
	// In the teacher's run, in the rehearsal's first look, after its last epoch,
	// and after the final's.
	for _, epochs := range []int{1, 2, 2, 3} {
		ctx, cancel := context.WithCancel(t.Context())
		err := fit(ctx, o, io.Discard, &interruptAfter{epochs, cancel})
		cancel()
		if !errors.Is(err, errInterrupted) {
			t.Fatalf("interrupted after %d epochs: %v", epochs, err)
		}
		o.resume = true
	}
	if err := fit(t.Context(), o, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(o.out); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the resumed course wrote other bytes (%v)", err)
	}
}

// A course does not go on with the checkpoint of another run, be it one of its
// own stages with other flags or a network without teachers.
func TestCourseRefusesTheCheckpointsOfAnother(t *testing.T) {
	for name, c := range map[string]struct {
		change func(o *fitOptions)
		want   string // beside the path
	}{
		"its teacher, of other flags":  {func(o *fitOptions) { o.recipe.Batch = 20 }, "(--batch 20, not 40; give these as it was made with)"},
		"its teacher, of another seed": {func(o *fitOptions) { o.recipe.Seed = 7 }, "(--course-seed 7, not 1; give these as it was made with)"},
		"a network alone":              {func(o *fitOptions) { o.recipe = o.recipe.untaught() }, "(--teachers 0, not 1; "},
	} {
		o := courseOptions(t)
		o.set = []string{"seed"}
		began := o
		c.change(&began)
		ctx, cancel := context.WithCancel(t.Context())
		err := fit(ctx, began, io.Discard, &interruptAfter{1, cancel})
		cancel()
		if !errors.Is(err, errInterrupted) {
			t.Fatalf("%s: interrupted: %v", name, err)
		}
		o.resume = true
		if err := fit(t.Context(), o, io.Discard, io.Discard); !errors.Is(err, errAnotherRun) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: fit returned %v; want %s", name, err, c.want)
		}
	}
}

// The final runs of several seeds share the teachers and the rehearsal.
func TestCourseOfAnotherSeed(t *testing.T) {
	r := courseOptions(t).recipe
	other := r
	other.Seed, other.CourseSeed = 7, r.Seed
	if got, want := other.course(), r.course(); !slices.Equal(got, want) {
		t.Errorf("the runs are %+v; want %+v", got, want)
	}
	if alone := (recipe{Seed: 7, Teachers: 1}).course(); alone[0].recipe.Seed != 7+1<<32 || alone[1].recipe.Seed != 7 {
		t.Errorf("without a seed of the course its runs are %+v", alone)
	}
}

// A teacher has nobody's answers to keep, so it sees other pictures in every
// epoch.
func TestTeachersHaveNoEcho(t *testing.T) {
	r := courseOptions(t).recipe
	runs := r.course()
	if teacher, rehearsal := runs[0].recipe, runs[1].recipe; teacher.Echo != 0 || r.Echo == 0 || rehearsal.Echo != r.Echo {
		t.Errorf("the looks have %d epochs for the teacher, %d for the rehearsal; want 0 and %d", teacher.Echo, rehearsal.Echo, r.Echo)
	}
}

// What an earlier run has written is not taken for this course's, and the flags
// that made it are named as they are given.
func TestCourseRefusesTheRunsOfAnother(t *testing.T) {
	for name, c := range map[string]struct {
		stage  int
		change func(r *recipe)
		want   string
	}{
		"a teacher of other flags":    {0, func(r *recipe) { r.Shards, r.Dropout = 4, 0.1 }, " (--dropout 0.1, not 0.3; --shards 4, not 2; give these as it was made with)"},
		"a teacher of another seed":   {0, func(r *recipe) { r.Seed += 6 }, " (--course-seed 7, not 1; give these as it was made with)"},
		"a rehearsal of other epochs": {1, func(r *recipe) { r.Epochs = 5 }, " (--epochs 5, not 3; give these as it was made with)"},
		"a teacher of other code":     {0, func(r *recipe) { r.Epochs, r.Average = 5, 0.5 }, ""},
		"a file without a record":     {0, func(r *recipe) { *r = recipe{} }, ""},
	} {
		o := courseOptions(t)
		stage := o.recipe.course()[c.stage]
		of := stage.recipe
		c.change(&of)
		writeStage(t, o, stage, runRecord{Recipe: of})
		want := o.path(stage) + " is of another run than this" + c.want + ": delete it or choose another --out"
		if _, err := o.runOf(stage).made(); !errors.Is(err, errAnotherRun) || err.Error() != want {
			t.Errorf("%s: %v; want %s", name, err, want)
		}
	}
}

// The recipe names its network, and another version may mean another by it.
func TestCourseRefusesARunOfAnotherNetwork(t *testing.T) {
	for name, network := range map[string]string{"other layers": "fast", "other filters": "digits"} {
		o := courseOptions(t)
		teacher := o.recipe.course()[0]
		other := teacher
		other.recipe.Network = network
		writeStage(t, o, other, runRecord{Recipe: teacher.recipe})
		want := o.path(teacher) + " is of another run than this (its network is not the one that this version trains): delete it or choose another --out"
		if _, err := o.runOf(teacher).made(); !errors.Is(err, errAnotherRun) || err.Error() != want {
			t.Errorf("%s: %v; want %s", name, err, want)
		}
	}
}

// writeStage leaves a run's file as if it had been made, and returns the model.
func writeStage(t *testing.T, o fitOptions, s stage, record runRecord) *cnn.Model {
	t.Helper()
	m, err := cnn.New(s.recipe.spec(), rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	m = m.ForInference().WithMetadata("training", string(text))
	if err := m.SaveFile(o.path(s)); err != nil {
		t.Fatal(err)
	}
	if m, err = cnn.LoadFile(o.path(s)); err != nil { // with its digest
		t.Fatal(err)
	}
	return m
}

// What is in a batch does not depend on who fills it or when.
func TestBatchesAreTheSameEveryTime(t *testing.T) {
	r := courseOptions(t).recipe
	teacher, err := cnn.New(r.spec(), rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	other, err := cnn.New(r.spec(), rand.New(rand.NewPCG(2, 1)))
	if err != nil {
		t.Fatal(err)
	}
	var first []float32
	for cores := range 4 {
		before := runtime.GOMAXPROCS(cores) // 0 changes nothing
		b := newBatcher(squares(300, 1), r, []*cnn.Model{teacher, other})
		if cores == 2 { // a run that was not interrupted has seen the look before
			for next := range b.epoch(t.Context(), 0, 0) {
				b.release(next)
			}
		}
		var all []float32
		negatives := 0
		for next := range b.epoch(t.Context(), 1, 2) {
			all = append(append(all, next.x...), next.teacher...)
			for _, label := range next.labels {
				if label == mnist.NoDigit {
					negatives++
				}
				all = append(all, float32(label))
			}
			b.release(next)
		}
		runtime.GOMAXPROCS(before)
		if first == nil {
			first = all
		}
		if len(all) == 0 || negatives == 0 || !slices.Equal(all, first) {
			t.Fatalf("%d numbers with %d negatives; not the first time's", len(all), negatives)
		}
	}
}
