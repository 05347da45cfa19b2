package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"digits/internal/atomicfile"
	"digits/internal/mnist"
)

// tuneOptions is what the command line says.
type tuneOptions struct {
	search search
	out    string
	resume bool
	json   bool
	load   loader
}

func tuneCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:  "tune",
		Usage: "search for a better recipe: many short trainings, the best of them again and longer",
		Description: "Random search by successive halving over learning rate, dropout, weight decay, width and augmentation, on the\n" +
			"images that are not held out; the held-out ones are the judges, the test set is not looked at. A preset's teachers are left out.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "preset", Value: "seed", Usage: "the recipe to vary, which is the first trial: " + strings.Join(presetNames, " or ")},
			&cli.IntFlag{Name: "trials", Value: 27, Usage: "recipes to try, 1 to 10000"},
			&cli.IntFlag{Name: "epochs", Value: 9, Usage: "passes over the training images for the trials that come furthest"},
			&cli.IntFlag{Name: "halving", Value: 3, Usage: "each round has so many times fewer trials and more epochs than the one before, 2 to 100"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "of all random numbers"},
			&cli.StringFlag{Name: "out", Value: "tune.json", Usage: "the `FILE` with all results so far"},
			&cli.BoolFlag{Name: "resume", Usage: "go on from that file: the same command again"},
			&cli.BoolFlag{Name: "json", Usage: "print the table as one JSON object"},
			dataFlag(),
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			o, err := readTuneOptions(c, stderr)
			if err != nil {
				return fmt.Errorf("%w; %w", err, errUsage)
			}
			return o.run(ctx, stdout, stderr)
		},
	}
}

func readTuneOptions(c *cli.Command, stderr io.Writer) (tuneOptions, error) {
	base, err := preset(c.String("preset"))
	if err != nil {
		return tuneOptions{}, err
	}
	base.Epochs, base.Seed = c.Int("epochs"), c.Uint64("seed")
	o := tuneOptions{search: newSearch(base, c.Int("trials"), c.Int("halving")), out: c.String("out"), resume: c.Bool("resume"), json: c.Bool("json"),
		load: loaderOf(c, stderr)}
	switch {
	case o.search.Trials < 1 || o.search.Trials > 10_000:
		return o, fmt.Errorf("--trials is %d; it must be 1 to 10000", o.search.Trials)
	case o.search.Halving < 2 || o.search.Halving > 100:
		return o, fmt.Errorf("--halving is %d; it must be 2 to 100", o.search.Halving)
	}
	if info, err := os.Stat(o.out); err == nil && info.IsDir() {
		return o, fmt.Errorf("--out %s is a directory; name a file", o.out)
	}
	return o, base.check()
}

// result is how a trial did in a rung.
type result struct {
	Trial    int        `json:"trial"` // from 0
	Rung     int        `json:"rung"`  // from 0
	Recipe   recipe     `json:"recipe"`
	Score    epochScore `json:"score"` // of the epoch that the recipe keeps, on the held-out images
	Diverged bool       `json:"diverged,omitempty"`
}

// bestFirst orders the results of a rung. One that diverged has the score 0.
func (r result) bestFirst(to result) int { return to.Score.compare(r.Score) }

// tuning is a run of tune. Its first part is the file of --out.
type tuning struct {
	tuningState
	options      tuneOptions
	train, valid mnist.Set
	log          *slog.Logger
	start        time.Time
}

// tuningState is a tuning so far.
type tuningState struct {
	Search  search   `json:"search"`
	Results []result `json:"results"` // in the order in which they are made
}

// run makes the results that are missing and prints the table.
func (o tuneOptions) run(ctx context.Context, stdout, stderr io.Writer) error {
	t := tuning{options: o, log: slog.New(slog.NewTextHandler(stderr, nil)), start: time.Now()}
	var err error
	if t.tuningState, err = o.open(); err != nil {
		return err
	}
	if len(t.Results) < t.Search.fits() {
		all, _, err := o.load(ctx)
		if err != nil {
			return err
		}
		t.train, t.valid = all.Split(t.Search.Base.Validation, 0)
	}
	for rung := range t.Search.rungs() {
		if err := t.climb(ctx, rung); err != nil {
			return err
		}
	}
	table := t.table()
	if o.json {
		return json.NewEncoder(stdout).Encode(table)
	}
	return table.WriteText(stdout)
}

// climb makes the results of a rung that are missing. Every rung trains anew:
// the learning rate's course depends on the number of epochs.
func (t *tuning) climb(ctx context.Context, rung int) error {
	for i, trial := range t.Search.entrants(rung, t.Results) {
		if slices.ContainsFunc(t.Results, func(r result) bool { return r.Trial == trial && r.Rung == rung }) {
			continue
		}
		r, err := t.try(ctx, trial, rung)
		if errors.Is(err, errInterrupted) {
			return t.interrupt(trial)
		}
		if err != nil {
			return err
		}
		t.Results = append(t.Results, r)
		if err := t.save(); err != nil {
			return err
		}
		t.tell(r, i+1)
	}
	return nil
}

// interrupt ends the run in a state that can be gone on from.
func (t *tuning) interrupt(trial int) error {
	if err := t.save(); err != nil {
		return err
	}
	return fmt.Errorf("%w in trial %d with %d of %d trainings done; %s is written: go on with the same command and --resume",
		errInterrupted, trial+1, len(t.Results), t.Search.fits(), t.options.out)
}

// try trains one recipe. That it diverges is a result too.
func (t *tuning) try(ctx context.Context, trial, rung int) (result, error) {
	r := result{Trial: trial, Rung: rung, Recipe: t.Search.recipe(trial, rung)}
	f := &fitting{recipe: r.Recipe, train: t.train, valid: t.valid}
	if err := f.prepare(nil); err != nil {
		return r, err
	}
	defer f.trainer.Close()
	f.show = newProgress(io.Discard, r.Recipe.Epochs*f.batches.images())
	err := f.run(ctx)
	if errors.Is(err, errDiverged) {
		r.Diverged = true
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.Score = f.record.Validation[f.record.Chosen-1]
	return r, nil
}

func (t *tuning) save() error {
	return atomicfile.Write(t.options.out, func(w io.Writer) error {
		return json.NewEncoder(w).Encode(t.tuningState)
	})
}

// tell logs a result.
func (t *tuning) tell(r result, place int) {
	trials, _ := t.Search.size(r.Rung)
	figures := []any{"trial", r.Trial + 1, "epochs", r.Recipe.Epochs, "of_round", fmt.Sprintf("%d/%d", place, trials), "accuracy", r.Score.Accuracy}
	if r.Diverged {
		figures = append(figures, "diverged", true)
	}
	for _, k := range t.Search.knobs() {
		figures = append(figures, strings.ReplaceAll(k.flag, "-", "_"), setting(k, r.Recipe))
	}
	t.log.Info("trial done", append(figures, "done", fmt.Sprintf("%d/%d", len(t.Results), t.Search.fits()),
		"spent", time.Since(t.start).Round(time.Second))...)
}
