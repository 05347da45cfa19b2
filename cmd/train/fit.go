package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
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
	options fitOptions
	recipe  recipe
	train   mnist.Set
	valid   mnist.Set
	trainer *cnn.Trainer
	batches *batcher
	record  checkpointRecord
	best    *cnn.Model
	show    progress
}

// fit trains a network and writes its weights file.
func fit(ctx context.Context, options fitOptions, stdout, stderr io.Writer) error {
	f := &fitting{options: options}
	checkpoint, err := f.open()
	if err != nil {
		return err
	}
	all, test, err := options.load(ctx)
	if err != nil {
		return err
	}
	f.train, f.valid = all.Split(f.recipe.Validation, 0)
	if err := f.prepare(checkpoint); err != nil {
		return err
	}
	defer f.trainer.Close()
	if checkpoint != nil {
		f.warnOfOtherKernels(stderr)
	}
	f.record.Kernel = cnn.Kernel()
	f.show = newProgress(stderr, f.recipe.Epochs*f.train.Len())
	err = f.run(ctx)
	f.show.close()
	if err != nil {
		return err
	}
	return f.finish(ctx, test, stdout)
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
	f.batches = newBatcher(f.train, r)
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
	f.show.skip(f.trainer.Steps()/perEpoch*f.train.Len()+f.trainer.Steps()%perEpoch*f.recipe.Batch, f.record.Loss)
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
		loss := f.trainer.Step(b.x, b.labels, f.recipe.rate(step, total))
		n := len(b.labels)
		f.batches.release(b)
		if math.IsNaN(loss) || math.IsInf(loss, 0) {
			return fmt.Errorf("%w: the loss became %v in epoch %d, step %d; the learning rate %v is probably too high for this network",
				errDiverged, loss, epoch+1, step-epoch*perEpoch+1, f.recipe.LearningRate)
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
// images, which choose what is kept.
func (f *fitting) score(ctx context.Context, epoch int) error {
	snapshot := f.trainer.Averaged()
	e, err := evaluate(ctx, snapshot.ForInference(), f.valid)
	if err != nil {
		return f.interrupt()
	}
	s := epochScore{e.Accuracy, e.Loss}
	if epoch == 0 || f.recipe.accepts(s, slices.MaxFunc(f.record.Validation, epochScore.compare)) {
		f.best, f.record.Chosen = snapshot, epoch+1
	}
	f.record.Validation = append(f.record.Validation, s)
	f.show.epoch(epoch+1, f.recipe.Epochs, s)
	return nil
}

// save writes a checkpoint.
func (f *fitting) save() error {
	record, err := json.Marshal(f.record)
	if err != nil {
		return err
	}
	c := f.trainer.Checkpoint()
	c.Best, c.Record = f.best, string(record)
	err = c.SaveFile(f.options.checkpoint)
	if errors.Is(err, cnn.ErrNotFinite) {
		return fmt.Errorf("%w: %w; the learning rate %v is probably too high for this network", errDiverged, err, f.recipe.LearningRate)
	}
	return err
}

// interrupt ends the run in a state that can be resumed.
func (f *fitting) interrupt() error {
	if err := f.save(); err != nil {
		return err
	}
	return fmt.Errorf("%w in epoch %d; %s is written: go on with the same command and --resume",
		errInterrupted, len(f.record.Validation)+1, f.options.checkpoint)
}

// finish writes the weights of the chosen epoch, removes the checkpoint and
// reports the figures on the test set, which chose nothing. The run is done
// with the weights: without the figures, it is still a success.
func (f *fitting) finish(ctx context.Context, test mnist.Set, stdout io.Writer) error {
	record, err := json.Marshal(f.record.runRecord)
	if err != nil {
		return err
	}
	m := f.best.ForInference().WithMetadata("training", string(record)).WithMetadata("data", dataRecord)
	if err := m.SaveFile(f.options.out); err != nil {
		return err
	}
	if err := os.Remove(f.options.checkpoint); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "wrote %s: epoch %d of %d, validation accuracy %.2f%%, SHA-256 %s\n",
		f.options.out, f.record.Chosen, f.recipe.Epochs, 100*f.record.Validation[f.record.Chosen-1].Accuracy, m.Digest())
	e, err := evaluate(ctx, m, test)
	if err != nil { // interrupted, with nothing left to resume
		_, err := fmt.Fprintf(stdout, "\ninterrupted before the figures on the test set: %[1]s is complete, and train eval --weights %[1]s prints them\n",
			f.options.out)
		return err
	}
	fmt.Fprint(stdout, "\non the test set, which chose nothing:\n")
	return e.WriteText(stdout)
}
