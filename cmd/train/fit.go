package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"digits/internal/mnist"
	"digits/pkg/cnn"
)

var (
	errInterrupted = errors.New("interrupted")
	errDiverged    = errors.New("the training diverged")
)

// fitting is a training run.
type fitting struct {
	options     fitOptions
	recipe      recipe
	teachers    []*cnn.Model
	before      []earlierRun
	calibration string       // of a rehearsal, or empty
	statistics  string       // of a rehearsal, or empty
	curve       []epochScore // of a rehearsal, or empty
	train       mnist.Set
	valid       mnist.Set
	trainer     *cnn.Trainer
	batches     *batcher
	record      checkpointRecord
	best        *cnn.Model
	show        progress
}

// data is what runs learn from and are measured on.
type data struct{ train, test mnist.Set }

// fit trains a network, and before it what its recipe builds on, and writes
// its weights file. Then it reports the figures on the test set, which chose
// nothing. It is done with the weights: without the figures, it is still a
// success.
func fit(ctx context.Context, options fitOptions, stdout, stderr io.Writer) error {
	load := sync.OnceValues(func() (d data, err error) {
		d.train, d.test, err = options.load(ctx)
		return d, err
	})
	train := fitOne
	if options.recipe.Teachers > 0 {
		train = fitCourse
	}
	m, err := train(ctx, &fitting{options: options}, load, stdout, stderr)
	if err != nil {
		return err
	}
	d, err := load()
	if err != nil {
		return err
	}
	e, err := evaluate(ctx, m, d.test)
	if err != nil { // interrupted, with nothing left to resume
		_, err := fmt.Fprintf(stdout, "\ninterrupted before the figures on the test set: %[1]s is complete, and train eval --weights %[1]s prints them\n",
			options.out)
		return err
	}
	fmt.Fprint(stdout, "\non the test set, which chose nothing:\n")
	return e.WriteText(stdout)
}

// fitOne makes one run and returns what it wrote.
func fitOne(ctx context.Context, f *fitting, load func() (data, error), stdout, stderr io.Writer) (*cnn.Model, error) {
	if m := f.finished(); m != nil {
		_, err := fmt.Fprintf(stdout, "%s is there, SHA-256 %s; without --resume it is made anew\n", f.options.out, m.Digest())
		return m, err
	}
	checkpoint, err := f.open()
	if err != nil {
		return nil, err
	}
	d, err := load()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	f.train, f.valid = d.train.Split(f.recipe.held(), 0)
	if err := f.prepare(checkpoint); err != nil {
		return nil, err
	}
	defer f.trainer.Close()
	if checkpoint != nil {
		f.warnOfOtherKernels(stderr)
	}
	f.record.Kernel = cnn.Kernel()
	f.show = newProgress(stderr, f.recipe.Epochs*f.batches.images())
	err = f.run(ctx)
	f.show.close()
	if err != nil {
		return nil, err
	}
	m, err := f.finish(ctx, stdout)
	if errors.Is(err, context.Canceled) {
		return nil, f.interrupt()
	}
	if err == nil {
		tellSpent(stderr, "run done", start, "weights", f.options.out)
	}
	return m, err
}

// prepare builds the trainer, from the checkpoint if there is one.
func (f *fitting) prepare(checkpoint *cnn.Checkpoint) error {
	r := f.recipe
	random := rand.New(rand.NewPCG(r.Seed, math.MaxUint64))
	build := cnn.New
	if r.Deviation != 0 {
		build = func(s cnn.Spec, random *rand.Rand) (*cnn.Model, error) { return cnn.NewNormal(s, random, r.Deviation) }
	}
	m, err := build(r.spec(), random)
	if err != nil {
		return err
	}
	f.record.Recipe = r
	f.batches = newBatcher(f.train, r, f.teachers)
	f.trainer = cnn.NewTrainer(m, r.training())
	if checkpoint == nil {
		return nil
	}
	if err := f.restore(*checkpoint); err != nil {
		f.trainer.Close()
		return err
	}
	return nil
}

// run makes all steps that are left.
func (f *fitting) run(ctx context.Context) error {
	perEpoch := f.batches.steps()
	f.show.skip(f.trainer.Steps()/perEpoch*f.batches.images()+f.trainer.Steps()%perEpoch*f.recipe.Batch, f.record.Loss)
	saved := time.Now()
	for len(f.record.Validation) < f.recipe.Epochs {
		epoch := len(f.record.Validation)
		if err := f.epoch(ctx, epoch, &saved); err != nil {
			return err
		}
		if err := f.score(ctx, epoch); err != nil {
			return err
		}
		if err := f.save(); err != nil {
			return err
		}
		saved = time.Now()
	}
	return nil
}

// epoch makes the steps of one epoch that are left.
func (f *fitting) epoch(ctx context.Context, epoch int, saved *time.Time) error {
	perEpoch := f.batches.steps()
	total := f.recipe.Epochs * perEpoch
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for b := range f.batches.epoch(ctx, epoch, f.trainer.Steps()-epoch*perEpoch) {
		step := f.trainer.Steps()
		loss := f.trainer.StepTaught(b.x, b.labels, b.teacher, f.recipe.rate(step, total))
		n := len(b.labels)
		f.batches.release(b)
		if !finite(loss) {
			return f.diverged(fmt.Sprintf("the loss became %v", loss))
		}
		f.record.Loss.add(loss)
		f.show.step(epoch+1, n, f.record.Loss)
		if ctx.Err() != nil {
			return f.interrupt()
		}
		if time.Since(*saved) > f.options.interval {
			if err := f.save(); err != nil {
				return err
			}
			*saved = time.Now()
		}
	}
	if ctx.Err() != nil {
		return f.interrupt()
	}
	return nil
}

// score evaluates what would be served after the epoch on the validation
// images, which choose what is kept. Without any, the latest is.
func (f *fitting) score(ctx context.Context, epoch int) error {
	snapshot, s := f.trainer.Averaged(), epochScore{}
	if f.valid.Len() > 0 {
		e, err := evaluate(ctx, snapshot.ForInference(), f.valid)
		if err != nil {
			return f.interrupt()
		}
		if !finite(e.Loss) { // the epoch's last step did it, whose own loss was measured before it
			return f.diverged(fmt.Sprintf("the loss on the held-out images became %v", e.Loss))
		}
		s = epochScore{e.Accuracy, e.Loss}
	}
	if epoch == 0 || f.recipe.accepts(s, slices.MaxFunc(f.record.Validation, epochScore.compare)) {
		f.best, f.record.Chosen = snapshot, epoch+1
	}
	f.record.Validation = append(f.record.Validation, s)
	f.show.epoch(epoch+1, f.recipe.Epochs, s)
	return nil
}

// save writes a checkpoint, unless the run is one that keeps none.
func (f *fitting) save() error {
	if f.options.checkpoint == "" {
		return nil
	}
	record, err := json.Marshal(f.record)
	if err != nil {
		return err
	}
	c := f.trainer.Checkpoint()
	c.Best, c.Record = f.best, string(record)
	err = c.SaveFile(f.options.checkpoint)
	if errors.Is(err, cnn.ErrNotFinite) {
		return f.diverged(err.Error())
	}
	return err
}

func finite(loss float64) bool { return !math.IsNaN(loss) && !math.IsInf(loss, 0) }

// diverged ends a run that the last step has spoiled.
func (f *fitting) diverged(what string) error {
	step, perEpoch := f.trainer.Steps()-1, f.batches.steps()
	return fmt.Errorf("%w in epoch %d, step %d: %s; the learning rate %v is probably too high for this network: begin anew with a lower --learning-rate",
		errDiverged, step/perEpoch+1, step%perEpoch+1, what, f.recipe.LearningRate)
}

// interrupt ends the run in a state that can be resumed.
func (f *fitting) interrupt() error {
	if err := f.save(); err != nil {
		return err
	}
	if f.options.checkpoint == "" {
		return errInterrupted
	}
	when := fmt.Sprintf("in epoch %d", len(f.record.Validation)+1)
	if len(f.record.Validation) == f.recipe.Epochs {
		when = "after the last epoch, before the weights were written"
	}
	return fmt.Errorf("%w %s; %s is written: go on with the same command and --resume", errInterrupted, when, f.options.checkpoint)
}
