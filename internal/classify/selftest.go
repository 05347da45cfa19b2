package classify

import (
	"context"
	"errors"
	"fmt"
	"math"

	"digits/pkg/imageprep"
)

// ErrSelfTest is what a SelfTestError is, for errors.Is.
var ErrSelfTest = errors.New("the self-test failed")

// SelfTestError says how much of the self-test failed.
type SelfTestError struct {
	Checks int   // pictures that were read
	Failed int   // those among them that were not read as they must be, at least 1
	First  error // what was wrong with the first of these
}

func (e *SelfTestError) Error() string {
	return fmt.Sprintf("%v on %d of %d pictures: %v", ErrSelfTest, e.Failed, e.Checks, e.First)
}

func (e *SelfTestError) Is(target error) bool { return target == ErrSelfTest }
func (e *SelfTestError) Unwrap() error        { return e.First }

// SelfTestPixels is how many pixels the largest picture of the self-test has:
// a limit below that fails it.
const SelfTestPixels = (2 * imageprep.Side) * (2 * imageprep.Side)

// logitTolerance is how far a logit may be from the proof's, for every unit of
// its row's largest. Kernels round differently, by 3e-7; a weight or a step of
// the preparation that changed shows more.
const logitTolerance = 2e-5

// check is one picture and what it must be read as.
type check struct {
	name    string
	picture []byte
	digit   int
	logits  []float32 // nil where only the digit is certain
}

// SelfTest takes pictures through the whole path. They are the digits of the
// weights' proof, as they are and as dark ink on a larger sheet; weights without
// a proof get two drawings, which every network that has learnt digits reads.
// A classifier that fails must not be used. It needs no slot, so that no load
// can fail it.
//
// The error is the context's or a *SelfTestError.
func (c *Classifier) SelfTest(ctx context.Context) error {
	s := &slot{workspace: c.model.NewWorkspace(1)}
	var failure SelfTestError
	for _, check := range c.checks {
		err := c.verify(ctx, s, check)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failure.Checks++
		if err == nil {
			continue
		}
		if failure.Failed == 0 {
			failure.First = fmt.Errorf("%s: %w", check.name, err)
		}
		failure.Failed++
	}
	if failure.Failed > 0 {
		return &failure
	}
	return nil
}

// verify checks that a picture is read as its digit, more probably than all
// others together, accepted with the right logits, or twice with the same where
// the right ones are not known.
func (c *Classifier) verify(ctx context.Context, s *slot, check check) error {
	file, err := c.open(check.picture, c.options.Image)
	if err != nil {
		return err
	}
	var r Result
	if err := c.run(ctx, s, &file, c.options.Image, &r); err != nil {
		return err
	}
	sum := 0.0
	for _, p := range r.Probabilities {
		sum += p
	}
	switch {
	case math.Abs(sum-1) > 1e-6:
		return fmt.Errorf("the probabilities sum to %v", sum)
	case r.Digit != check.digit || r.Confidence < 0.5:
		return fmt.Errorf("it is read as a %d with probability %.2f; use another weights file", r.Digit, r.Confidence)
	case check.logits != nil && !r.Accepted:
		return errors.New("it is not accepted, for the calibration has another rejection than when it was proven; use train proof, or another weights file")
	case check.logits != nil:
		return compare(r.logits[:], check.logits)
	}
	var again Result
	if err := c.run(ctx, s, &file, c.options.Image, &again); err != nil {
		return err
	}
	if again.logits != r.logits {
		return errors.New("it gave two answers")
	}
	return nil
}

// compare reports the first logit that is not as wanted.
func compare(got, want []float32) error {
	scale := 1.0
	for _, v := range want {
		scale = max(scale, math.Abs(float64(v)))
	}
	for i, w := range want {
		if math.Abs(float64(got[i])-float64(w)) > logitTolerance*scale {
			return fmt.Errorf("logit %d is %v and must be %v", i, got[i], w)
		}
	}
	return nil
}
