package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"

	"digits/internal/atomicfile"
	"digits/pkg/cnn"
)

// open finds out whether the run can begin, before anything slow: the output
// can be written, and a checkpoint is there when and only when it is wanted.
func (f *fitting) open() (checkpoint *cnn.Checkpoint, err error) {
	o := f.options
	if err := probe("out", o.out); err != nil {
		return nil, err
	}
	if err := probe("checkpoint", o.checkpoint); err != nil {
		return nil, err
	}
	file, err := os.Open(o.checkpoint)
	switch {
	case errors.Is(err, os.ErrNotExist) && o.resume && !o.course: // which may have been interrupted in another run
		return nil, fmt.Errorf("there is no checkpoint to resume from; a finished run is told by the flags that it was made with, and a course goes on by all of its own: %w", err)
	case errors.Is(err, os.ErrNotExist):
		f.recipe = o.recipe
		return nil, nil
	case err != nil:
		return nil, err
	}
	defer file.Close()
	if !o.resume {
		return nil, fmt.Errorf("%s is left from an unfinished run: go on with it by --resume, or delete it to start anew", o.checkpoint)
	}
	c, err := f.readCheckpoint(file)
	if err != nil {
		return nil, err
	}
	f.recipe = f.record.Recipe
	if !o.course && f.recipe.Teachers > 0 { // by itself it would learn from the labels alone
		return nil, fmt.Errorf("%s is of a course of several runs: go on with all the flags that the course began with, --preset %s among them", o.checkpoint, f.recipe.Preset)
	}
	if o.course {
		if f.recipe != o.recipe { // its other runs have this one's recipe, too
			return nil, another(o.checkpoint, o.madeWith(f.recipe))
		}
		return &c, nil
	}
	return &c, o.agrees(f.recipe)
}

// finished returns what this very run has written, when it is resumed and has
// left nothing to resume from, and otherwise nil.
func (f *fitting) finished() *cnn.Model {
	o := f.options
	if !o.resume || fileExists(o.checkpoint) {
		return nil
	}
	m, err := loadReader(o.out)
	if err != nil {
		return nil
	}
	record, err := recordIn(m)
	if err != nil || record.Recipe.differences(o.recipe, o.set) != "" {
		return nil
	}
	if o.course && (record.Recipe != o.recipe || !slices.Equal(record.Before, f.before)) {
		return nil // the course before wrote it
	}
	return m
}

// probe reports whether a flag's file can be written.
func probe(flag, path string) error {
	err := atomicfile.Probe(path)
	var inside *fs.PathError // about the temporary file, whose name says nothing to anybody
	if errors.As(err, &inside) {
		return fmt.Errorf("--%s %s cannot be written: %w", flag, path, inside.Err)
	}
	return err
}

// readCheckpoint reads the checkpoint and its record. What cnn says about the
// format is about weights files, so it is said anew.
func (f *fitting) readCheckpoint(file io.Reader) (cnn.Checkpoint, error) {
	c, err := cnn.LoadCheckpoint(file)
	switch {
	case errors.Is(err, cnn.ErrCorrupt):
		return c, fmt.Errorf("the checkpoint %s is damaged; delete it to start anew", f.options.checkpoint)
	case errors.Is(err, cnn.ErrForeign):
		return c, fmt.Errorf("%s is not a checkpoint that this version can read; name another with --checkpoint", f.options.checkpoint)
	}
	if err == nil {
		err = json.Unmarshal([]byte(c.Record), &f.record)
	}
	if err == nil {
		err = f.record.Recipe.check()
	}
	if err != nil {
		return c, f.unusable(err)
	}
	return c, nil
}

func (f *fitting) unusable(err error) error {
	return fmt.Errorf("the checkpoint %s cannot be used: %w; delete it to start anew", f.options.checkpoint, err)
}

// restore goes on from the checkpoint, unless its parts contradict each other:
// the training relies on them.
func (f *fitting) restore(c cnn.Checkpoint) error {
	if err := f.trainer.Restore(c); err != nil {
		return f.unusable(err)
	}
	f.best = c.Best
	scored, chosen, epochs := len(f.record.Validation), f.record.Chosen, f.recipe.Epochs
	steps, perEpoch := f.trainer.Steps(), f.batches.steps()
	switch {
	case scored > epochs:
		return f.unusable(fmt.Errorf("it has the scores of %d epochs out of %d", scored, epochs))
	case steps < scored*perEpoch || steps > min(scored+1, epochs)*perEpoch:
		return f.unusable(fmt.Errorf("it has the scores of %d epochs after %d steps, %d of which are an epoch", scored, steps, perEpoch))
	case chosen > scored || chosen < min(scored, 1):
		return f.unusable(fmt.Errorf("it has the scores of %d epochs and chose epoch %d", scored, chosen))
	case scored > 0 && f.best == nil:
		return f.unusable(fmt.Errorf("it lacks the weights of epoch %d, which it chose", chosen))
	}
	return nil
}

// agrees refuses to resume a run with a flag of another value than it was
// started with. A flag that is not given is the checkpoint's.
func (o fitOptions) agrees(saved recipe) error {
	differences := saved.differences(o.recipe, o.set)
	if differences == "" {
		return nil
	}
	return fmt.Errorf("%s was made with other settings: %s; leave these flags out to go on with it, or delete it to start anew",
		o.checkpoint, differences)
}

// warnOfOtherKernels tells that the run will not end in the bytes of an
// unbroken one: other kernels add in another order.
func (f *fitting) warnOfOtherKernels(stderr io.Writer) {
	if f.record.Kernel != cnn.Kernel() {
		slog.New(slog.NewTextHandler(stderr, nil)).Warn("the checkpoint was made with other kernels: the weights will differ in their last bits from an unbroken run's",
			"checkpoint", f.record.Kernel, "now", cnn.Kernel())
	}
}
