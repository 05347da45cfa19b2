// Package classify reads the digit in an encoded image: it joins the image
// preparation and the network, and bounds how much of that happens at once.
package classify

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"digits/internal/calibration"
	"digits/internal/proof"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
)

// Classes is the number of digits.
const Classes = calibration.Digits

var (
	// ErrArchitecture is wrapped by the error about a model that does not read
	// 1x28x28 or does not tell ten digits apart, with or without an eleventh
	// output for "no digit".
	ErrArchitecture = errors.New("the model is not one that reads digits")
	// ErrOverloaded is what an Overload is, for errors.Is.
	ErrOverloaded = errors.New("there is too much to do")
	// ErrNotFinite is wrapped by the error about a network whose input or
	// output is NaN or infinite: its weights are unusable.
	ErrNotFinite = cnn.ErrNotFinite
	// ErrPanic is wrapped by the error about a stage that panicked.
	ErrPanic = errors.New("a stage panicked")
)

// Options say how a Classifier works. The zero value is useful.
type Options struct {
	Queue *Queue            // for slots and memory, which others may use too; nil means one of its own
	Image imageprep.Options // limits and choices of the image preparation
}

// Classifier reads digits with one model. Any number of goroutines may use it.
type Classifier struct {
	model       *cnn.Model
	calibration calibration.Calibration // the model's
	options     Options
	queue       *Queue
	slots       []*slot // as many as the queue has
	stages      stages
	checks      []check // of the self-test
}

// slot is the memory that one image in work needs.
type slot struct {
	workspace *cnn.Workspace
	tensor    [imageprep.Pixels]float32
}

// New returns a classifier for the model, which reads its output by the
// calibration in the model's metadata and tests itself by the proof there. The
// error wraps ErrArchitecture, calibration.ErrInvalid or proof.ErrInvalid.
func New(model *cnn.Model, options Options) (*Classifier, error) {
	in, out := model.Spec().Input, model.OutputShape()
	if in != (cnn.Shape{C: 1, H: imageprep.Side, W: imageprep.Side}) || out.Size() != Classes && out.Size() != Classes+1 {
		return nil, fmt.Errorf("%w: it reads %v and gives %v, but 1x%dx%d and %d or %d outputs are needed; choose another weights file",
			ErrArchitecture, in, out, imageprep.Side, imageprep.Side, Classes, Classes+1)
	}
	calibrated, err := calibration.Of(model.Metadata())
	if err != nil {
		return nil, err
	}
	proven, err := proof.Of(model.Metadata(), out.Size())
	if err != nil {
		return nil, err
	}
	if options.Queue == nil {
		options.Queue = NewQueue(Limits{})
	}
	slots := make([]*slot, options.Queue.limits.Slots)
	for i := range slots {
		slots[i] = &slot{workspace: model.NewWorkspace(1)}
	}
	return &Classifier{
		model:       model,
		calibration: calibrated,
		options:     options,
		queue:       options.Queue,
		slots:       slots,
		stages:      stages{open: imageprep.Open, decode: (*imageprep.File).Decode, prepare: imageprep.Tensor},
		checks:      checksOf(proven),
	}, nil
}

// Slots returns how many images can be in work at once.
func (c *Classifier) Slots() int { return c.queue.limits.Slots }

// Busy returns how many images are in work, here and in all that share the queue.
func (c *Classifier) Busy() int {
	free, _, _ := c.queue.state()
	return c.queue.limits.Slots - free
}

// Waiting returns how many images wait for a slot.
func (c *Classifier) Waiting() int {
	_, waiting, _ := c.queue.state()
	return waiting
}

// Wait returns how long an image would wait that came now, going by how long
// the last ones were in work.
func (c *Classifier) Wait() time.Duration {
	_, _, wait := c.queue.state()
	return wait
}

// QueueCapacity returns how many images may wait for a slot.
func (c *Classifier) QueueCapacity() int { return c.queue.limits.Waiting }

// Classify reads the digit in an encoded image. It waits for a free slot, and
// gives up between two stages when the context ends. Its errors are a
// *StageError with the context's, those of imageprep about the image,
// an *Overload, ErrNotFinite or ErrPanic. When it was the image, decoded or not,
// that failed in a slot, the result has its format and size.
func (c *Classifier) Classify(ctx context.Context, data []byte) (Result, error) {
	return c.classify(ctx, data, c.options.Image)
}

// Explain is Classify with the pictures of the image's preparation, which take
// time and memory. With an error the result has those that were made until then.
func (c *Classifier) Explain(ctx context.Context, data []byte) (Result, error) {
	var pictures []Picture
	options := c.options.Image
	options.Observe = func(step string, picture *image.Gray) { pictures = append(pictures, Picture{step, picture}) }
	r, err := c.classify(ctx, data, options)
	r.Pictures = pictures
	return r, err
}

func (c *Classifier) classify(ctx context.Context, data []byte, options imageprep.Options) (Result, error) {
	var r Result
	began := time.Now()
	file, err := c.open(data, options)
	if err != nil {
		return Result{}, err
	}
	opened := time.Now()
	g, err := c.queue.acquire(ctx, cost{memory: file.Memory, work: fixed + file.Work})
	if err != nil {
		return Result{}, err
	}
	r.Durations.Queue = g.since.Sub(opened)
	err = c.run(ctx, c.slots[g.slot], &file, options, &r)
	c.queue.release(g, err == nil)
	if err != nil {
		return Result{Image: file.Info}, err
	}
	r.Durations.Decode += opened.Sub(began)
	return r, nil
}
