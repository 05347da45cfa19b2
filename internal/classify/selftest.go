package classify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"

	"digits/pkg/imageprep"
)

// ErrSelfTest is wrapped by SelfTest's error.
var ErrSelfTest = errors.New("the self-test failed")

// SelfTestPixels is how many pixels a picture of the self-test has: a limit below
// that fails it.
const SelfTestPixels = (2 * imageprep.Side) * (2 * imageprep.Side)

// SelfTest takes two drawings through the whole path, which every network that
// has learnt digits reads: a stroke is a 1, a frame a 0. A network that answers
// anything else, or everything equally, must not be used.
func (c *Classifier) SelfTest(ctx context.Context) error {
	for digit, picture := range []func() ([]byte, error){frame, stroke} {
		data, err := picture()
		if err == nil {
			err = c.testOne(ctx, data, digit)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrSelfTest, err)
		}
	}
	return nil
}

// testOne checks that a drawing is twice read as the digit, more probably than
// all others together, with the same probabilities.
func (c *Classifier) testOne(ctx context.Context, data []byte, digit int) error {
	first, err := c.Classify(ctx, data)
	if err != nil {
		return err
	}
	again, err := c.Classify(ctx, data)
	if err != nil {
		return err
	}
	sum := 0.0
	for _, p := range first.Probabilities {
		sum += p
	}
	switch {
	case math.Abs(sum-1) > 1e-6:
		return fmt.Errorf("the probabilities sum to %v", sum)
	case first.Digit != digit || first.Confidence < 0.5:
		return fmt.Errorf("the drawing of a %d is read as a %d with probability %.2f; use another weights file", digit, first.Digit, first.Confidence)
	case first.Probabilities != again.Probabilities:
		return errors.New("the same image gave two answers")
	}
	return nil
}

func stroke() ([]byte, error) { return drawing(image.Rect(26, 12, 31, 44), image.Rectangle{}) }
func frame() ([]byte, error)  { return drawing(image.Rect(18, 12, 38, 44), image.Rect(23, 17, 33, 39)) }

// drawing is a PNG of a dark rectangle with a hole on a light ground.
func drawing(dark, hole image.Rectangle) ([]byte, error) {
	img := image.NewGray(image.Rect(0, 0, 2*imageprep.Side, 2*imageprep.Side))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(img, dark, image.Black, image.Point{}, draw.Src)
	draw.Draw(img, hole, image.White, image.Point{}, draw.Src)
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}
