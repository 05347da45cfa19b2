// Package classify reads the digit in an encoded image: it joins the image
// preparation and the network, and bounds how much of that happens at once.
package classify

import (
	"context"
	"errors"
	"fmt"
	"image"
	"runtime"
	"sync/atomic"
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
	// ErrOverloaded is returned when the queue for a slot is full.
	ErrOverloaded = errors.New("all slots are busy and the queue is full")
	// ErrNotFinite is wrapped by the error about a network whose input or
	// output is NaN or infinite: its weights are unusable.
	ErrNotFinite = cnn.ErrNotFinite
	// ErrPanic is wrapped by the error about a stage that panicked.
	ErrPanic = errors.New("a stage panicked")
)

// Options say how a Classifier works. The zero value is useful.
type Options struct {
	Slots int               // images in work at once; 0 means GOMAXPROCS
	Queue int               // images that may wait for a slot; 0 means 128 for each slot
	Image imageprep.Options // limits and choices of the image preparation
}

// Classifier reads digits with one model. Any number of goroutines may use it.
type Classifier struct {
	model       *cnn.Model
	calibration calibration.Calibration // the model's
	options     Options
	slots       chan *slot   // the free ones: pool of workspaces and limit of concurrency in one
	waiting     atomic.Int64 // images in the queue
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
	if options.Slots <= 0 {
		options.Slots = runtime.GOMAXPROCS(0)
	}
	if options.Queue <= 0 {
		options.Queue = 128 * options.Slots
	}
	c := &Classifier{
		model:       model,
		calibration: calibrated,
		options:     options,
		slots:       make(chan *slot, options.Slots),
		stages:      stages{decode: imageprep.Decode, prepare: imageprep.Tensor},
		checks:      checksOf(proven),
	}
	for range options.Slots {
		c.slots <- &slot{workspace: model.NewWorkspace(1)}
	}
	return c, nil
}

// Slots returns how many images can be in work at once.
func (c *Classifier) Slots() int { return cap(c.slots) }

// Busy returns how many images are in work.
func (c *Classifier) Busy() int { return cap(c.slots) - len(c.slots) }

// Waiting returns how many images wait for a slot.
func (c *Classifier) Waiting() int { return int(c.waiting.Load()) }

// QueueCapacity returns how many images may wait for a slot.
func (c *Classifier) QueueCapacity() int { return c.options.Queue }

// Classify reads the digit in an encoded image. It waits for a free slot, and
// gives up between two stages when the context ends. Its errors are a
// *StageError with the context's, those of imageprep about the image, ErrOverloaded, ErrNotFinite
// or ErrPanic.
func (c *Classifier) Classify(ctx context.Context, data []byte) (Result, error) {
	return c.classify(ctx, data, c.options.Image)
}

// Explain is Classify with the pictures of the image's preparation, which take
// time and memory.
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
	s, err := c.acquire(ctx)
	if err != nil {
		return Result{}, err
	}
	defer func() { c.slots <- s }()
	r.Durations.Queue = time.Since(began)
	if err := c.run(ctx, s, data, options, &r); err != nil {
		return Result{}, err
	}
	return r, nil
}

// acquire takes a free slot, or waits in the queue for one.
func (c *Classifier) acquire(ctx context.Context) (*slot, error) {
	if err := ended(ctx, "queue"); err != nil {
		return nil, err
	}
	select {
	case s := <-c.slots:
		return s, nil
	default:
	}
	if c.waiting.Add(1) > int64(c.options.Queue) {
		c.waiting.Add(-1)
		return nil, ErrOverloaded
	}
	defer c.waiting.Add(-1)
	select {
	case s := <-c.slots:
		return s, nil
	case <-ctx.Done():
		return nil, ended(ctx, "queue")
	}
}
