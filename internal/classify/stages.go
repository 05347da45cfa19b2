package classify

import (
	"context"
	"fmt"
	"image"
	"runtime/debug"
	"time"

	"digits/pkg/cnn"
	"digits/pkg/imageprep"
)

// stages are the functions of the path that handle foreign data.
type stages struct {
	open    func([]byte, imageprep.Options) (imageprep.File, error)
	decode  func(*imageprep.File, context.Context) (image.Image, imageprep.Info, error)
	prepare func([]float32, image.Image, *imageprep.Info, imageprep.Options) error
}

// StageError is a context's error with the stage that was the last: queue,
// decode or prepare.
type StageError struct {
	Stage string
	Err   error
}

func (e *StageError) Error() string { return e.Err.Error() + " in the stage " + e.Stage }
func (e *StageError) Unwrap() error { return e.Err }

// ended returns the error of a context that has ended, or nil.
func ended(ctx context.Context, stage string) error {
	if err := ctx.Err(); err != nil {
		return &StageError{stage, err}
	}
	return nil
}

// open finds out what decoding the image will cost, or that it will not be
// decoded.
func (c *Classifier) open(data []byte, options imageprep.Options) (file imageprep.File, err error) {
	defer recoverAs(&err)
	return c.stages.open(data, options)
}

// run takes the image through the stages. A panic in one of them becomes an
// error, so that one image cannot stop the service.
func (c *Classifier) run(ctx context.Context, s *slot, file *imageprep.File, options imageprep.Options, r *Result) (err error) {
	defer recoverAs(&err)
	clock := time.Now()
	lap := func() (d time.Duration) {
		now := time.Now()
		d, clock = now.Sub(clock), now
		return d
	}
	img, info, err := c.stages.decode(file, ctx)
	if over := ended(ctx, "decode"); over != nil {
		return over
	}
	if err != nil {
		return err
	}
	r.Durations.Decode = lap()
	if err = c.stages.prepare(s.tensor[:], img, &info, options); err != nil {
		return err
	}
	r.Image = info
	r.Durations.Prepare = lap()
	if err = ended(ctx, "prepare"); err != nil {
		return err
	}
	if err = c.infer(s, r); err != nil {
		return err
	}
	c.judge(r)
	r.Tensor = s.tensor
	r.Durations.Infer = lap()
	return nil
}

// infer sets the digit, the probabilities and the rejection score of the
// slot's tensor. It allocates nothing.
func (c *Classifier) infer(s *slot, r *Result) error {
	logits, err := c.model.FiniteLogits(s.workspace, s.tensor[:])
	if err != nil {
		return err
	}
	copy(r.logits[:], logits)
	r.Digit = cnn.ArgMax(logits[:Classes])
	r.Probabilities = c.calibration.Probabilities(logits)
	r.Confidence = r.Probabilities[r.Digit]
	r.Rejection = c.calibration.Score(logits)
	return nil
}

// recoverAs, deferred, makes a panic an error.
func recoverAs(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v\n%s", ErrPanic, p, debug.Stack())
	}
}
