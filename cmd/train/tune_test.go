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

	"github.com/urfave/cli/v3"

	"digits/internal/mnist"
)

// testTuning is a search of four trials whose preset learns far too slowly.
func testTuning(t *testing.T) tuneOptions {
	t.Helper()
	r, err := preset("simple")
	if err != nil {
		t.Fatal(err)
	}
	r.Epochs, r.Batch, r.Validation, r.Shards, r.LearningRate = 4, 20, 50, 2, 0.00005
	return tuneOptions{search: newSearch(r, 4, 2), out: filepath.Join(t.TempDir(), "tune.json"), json: true,
		load: func(context.Context) (mnist.Set, mnist.Set, error) { return squares(200, 1), mnist.Set{}, nil }}
}

// tuned runs the search and returns its table.
func tuned(t *testing.T, o tuneOptions) string {
	t.Helper()
	var out bytes.Buffer
	if err := o.run(t.Context(), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRungs(t *testing.T) {
	for _, c := range []struct {
		trials, halving, epochs int
		want                    [][2]int
	}{
		{27, 3, 9, [][2]int{{27, 1}, {9, 3}, {3, 9}}},
		{9, 3, 100, [][2]int{{9, 11}, {3, 33}, {1, 100}}},
		{10, 4, 8, [][2]int{{10, 2}, {2, 8}}},
		{2, 3, 9, [][2]int{{2, 9}}},
		{1, 2, 1, [][2]int{{1, 1}}},
	} {
		s := newSearch(recipe{Epochs: c.epochs}, c.trials, c.halving)
		var got [][2]int
		sum := 0
		for rung := range s.rungs() {
			trials, epochs := s.size(rung)
			got, sum = append(got, [2]int{trials, epochs}), sum+trials
		}
		if !slices.Equal(got, c.want) || s.fits() != sum {
			t.Errorf("%d trials by %d for %d epochs: %v, %d fits; want %v", c.trials, c.halving, c.epochs, got, s.fits(), c.want)
		}
	}
}

// The first trial is the preset; no other is; every number is within bounds.
func TestRecipesOfASearch(t *testing.T) {
	for _, name := range presetNames {
		base, err := preset(name)
		if err != nil {
			t.Fatal(err)
		}
		base.Echo = 4
		s := newSearch(base, 200, 3)
		if r := s.recipe(0, s.rungs()-1); r != s.Base || r.Teachers != 0 || r.Echo != 0 || r.held() != 5000 {
			t.Errorf("%s: the first trial is %+v", name, r)
		}
		seen := map[recipe]bool{}
		for trial := range s.Trials {
			r := s.recipe(trial, 0)
			if err := r.check(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if r != s.recipe(trial, 0) || seen[r] {
				t.Errorf("%s: trial %d is %+v, and not always, or not for the first time", name, trial, r)
			}
			seen[r] = true
			if ratio := r.LearningRate / base.LearningRate; ratio < 0.249 || ratio > 4.01 {
				t.Errorf("%s: trial %d has the learning rate %v", name, trial, r.LearningRate)
			}
			if trial > 0 && (r.Strength != 0) != (base.Augmentation != mnist.Augmentation{}) {
				t.Errorf("%s: trial %d has the strength %v", name, trial, r.Strength)
			}
		}
	}
}

func TestEntrantsAreTheBestOfTheRungBefore(t *testing.T) {
	s := newSearch(recipe{Epochs: 4}, 6, 2)
	made := func(trial int, accuracy, loss float64) result {
		return result{Trial: trial, Score: epochScore{accuracy, loss}}
	}
	results := []result{made(0, 0.5, 1), made(1, 0.9, 0.2), {Trial: 2, Diverged: true}, made(3, 0.9, 0.1), made(4, 0.7, 1), made(5, 0.7, 1)}
	if got := s.entrants(1, results); !slices.Equal(got, []int{1, 3, 4}) { // 4 and 5 are equal
		t.Errorf("the second rung has %v; want 1, 3 and 4", got)
	}
	for i := range results {
		results[i].Rung = 1
	}
	if got := s.entrants(2, results[1:5]); !slices.Equal(got, []int{3}) {
		t.Errorf("the third rung has %v; want 3", got)
	}
}

// A preset that hardly learns loses against faster ones.
func TestTuneFindsTheBetterRecipe(t *testing.T) {
	o := testTuning(t)
	o.search.Trials = 8
	text := tuned(t, o)
	var table tuneTable
	if err := json.Unmarshal([]byte(text), &table); err != nil {
		t.Fatal(err)
	}
	best := table.Trials[0]
	i := slices.IndexFunc(table.Trials, func(r tuneRow) bool { return r.Trial == 1 })
	if preset := table.Trials[i]; len(table.Trials) != 8 || !(best.Settings["learning-rate"] > 1.5*preset.Settings["learning-rate"]) || best.Epochs != 4 || best.Accuracy < 0.6 {
		t.Errorf("best %+v\npreset %+v", best, preset)
	}
	for i, r := range table.Trials[1:] {
		if before := table.Trials[i]; r.Epochs > before.Epochs || r.Epochs == before.Epochs && r.Accuracy > before.Accuracy {
			t.Errorf("%+v stands before %+v", before, r)
		}
	}
	if !strings.HasPrefix(table.Command, "train fit --out tuned.safetensors --preset simple --epochs 4 --seed 1 --shards 2 --learning-rate 0.000") {
		t.Errorf("the command is %s", table.Command)
	}
	o.out = filepath.Join(t.TempDir(), "again")
	if again := tuned(t, o); again != text {
		t.Errorf("the second time, the table is\n%s\nnot\n%s", again, text)
	}
}

// The command of a table makes what the trial was.
func TestTheCommandIsTheTrial(t *testing.T) {
	for _, name := range presetNames {
		base, err := preset(name)
		if err != nil {
			t.Fatal(err)
		}
		base.Epochs = 1
		s := newSearch(base, 3, 2)
		tuning := &tuning{tuningState: tuningState{Search: s}}
		want := s.recipe(2, 0)
		var got recipe
		root := fitCommand(io.Discard, io.Discard)
		root.Action = func(_ context.Context, c *cli.Command) error {
			o, err := readFitOptions(c, io.Discard)
			got = o.recipe
			return err
		}
		if err := root.Run(t.Context(), strings.Fields(tuning.command(want))[1:]); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: the command trains %+v; the trial was %+v", name, got, want)
		}
	}
}

// interruptTrials cancels a context at the n-th line about a trial.
type interruptTrials struct {
	trials int
	cancel context.CancelFunc
}

func (w *interruptTrials) Write(p []byte) (int, error) {
	if w.trials -= bytes.Count(p, []byte("trial done")); w.trials == 0 {
		w.cancel()
	}
	return len(p), nil
}

func TestResumedTuningGivesTheSameTable(t *testing.T) {
	want := tuned(t, testTuning(t))
	o := testTuning(t)
	for _, trials := range []int{1, 4, 1} { // the second time in the second rung
		ctx, cancel := context.WithCancel(t.Context())
		err := o.run(ctx, io.Discard, &interruptTrials{trials, cancel})
		cancel()
		if !errors.Is(err, errInterrupted) || !strings.Contains(err.Error(), o.out+" is written: go on with the same command and --resume") {
			t.Fatalf("interrupted: %v", err)
		}
		o.resume = true
	}
	var log bytes.Buffer
	var out bytes.Buffer
	if err := o.run(t.Context(), &out, &log); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("resumed, the table is\n%s\nnot\n%s", &out, want)
	}
	if n := strings.Count(log.String(), "trial done"); n != o.search.fits()-6 {
		t.Errorf("%d trials were made after the interrupts; want %d:\n%s", n, o.search.fits()-6, &log)
	}
	o.load = nil // a search that is done needs no data
	if again := tuned(t, o); again != want {
		t.Errorf("done, the table is\n%s", again)
	}
}

// An interrupt before the first result leaves a file to go on from.
func TestTuneInterruptedAtOnce(t *testing.T) {
	o := testTuning(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := o.run(ctx, io.Discard, io.Discard); !errors.Is(err, errInterrupted) {
		t.Fatalf("interrupted: %v", err)
	}
	o.resume = true
	if got, want := tuned(t, o), tuned(t, testTuning(t)); got != want {
		t.Errorf("resumed, the table is\n%s\nnot\n%s", got, want)
	}
}

// A trial may diverge in its only step, which the held-out images see.
func TestTuneSurvivesDivergence(t *testing.T) {
	for _, batch := range []int{20, 200} {
		o := testTuning(t)
		o.search.Base.LearningRate, o.search.Base.Schedule, o.search.Base.Batch, o.search.Base.Epochs = 1e30, "constant", batch, 2
		o.search.Trials, o.json = 2, false
		text := tuned(t, o)
		if n := strings.Count(text, "diverged"); n != 2 || !strings.Contains(text, "trial  epochs  accuracy") {
			t.Errorf("batches of %d: the table is\n%s", batch, text)
		}
	}
}

func TestTuningsThatCannotGoOn(t *testing.T) {
	o := testTuning(t)
	tuned(t, o)
	whole, err := os.ReadFile(o.out)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.run(t.Context(), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "go on with it by --resume, or delete it") {
		t.Errorf("over the results of another run: %v", err)
	}
	o.resume = true
	for name, c := range map[string]struct {
		change func(o *tuneOptions, s *tuningState)
		want   string
	}{
		"another seed":        {func(o *tuneOptions, _ *tuningState) { o.search.Base.Seed = 2 }, "made by another command"},
		"more trials":         {func(o *tuneOptions, _ *tuningState) { o.search.Trials = 5 }, "made by another command"},
		"other kernels":       {func(_ *tuneOptions, s *tuningState) { s.Search.Kernel = "abacus" }, "another kind of machine"},
		"no shards":           {func(_ *tuneOptions, s *tuningState) { s.Search.Base.Shards = 0 }, "--shards is 0"},
		"a result left out":   {func(_ *tuneOptions, s *tuningState) { s.Results = slices.Delete(s.Results, 1, 2) }, "result 2 is of trial 2 in rung 0"},
		"another recipe":      {func(_ *tuneOptions, s *tuningState) { s.Results[0].Recipe.Dropout = 0.5 }, "result 1 is of trial 0"},
		"too good":            {func(_ *tuneOptions, s *tuningState) { s.Results[3].Score.Accuracy = 1.5 }, "result 4 has the accuracy 1.5"},
		"one result too many": {func(_ *tuneOptions, s *tuningState) { s.Results = append(s.Results, s.Results[0]) }, "there are 8 results where the search has 7"},
	} {
		t.Run(name, func(t *testing.T) {
			var s tuningState
			if err := json.Unmarshal(whole, &s); err != nil {
				t.Fatal(err)
			}
			o := o
			c.change(&o, &s)
			text, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			write(t, o.out, string(text))
			if err := o.run(t.Context(), io.Discard, io.Discard); !errors.Is(err, errTuning) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; want %q", err, c.want)
			}
		})
	}
	write(t, o.out, "no JSON")
	if err := o.run(t.Context(), io.Discard, io.Discard); !errors.Is(err, errTuning) {
		t.Errorf("no JSON: %v", err)
	}
}
