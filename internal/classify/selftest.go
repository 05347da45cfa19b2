package classify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"digits/pkg/imageprep"
)

// ErrSelfTest is wrapped by SelfTest's error.
var ErrSelfTest = errors.New("the self-test failed")

// SelfTest takes a drawn stroke through the whole path twice and checks that
// both answers are the same probabilities.
func (c *Classifier) SelfTest(ctx context.Context) error {
	data, err := stroke()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSelfTest, err)
	}
	var answers [2]Result
	for i := range answers {
		if answers[i], err = c.Classify(ctx, data); err != nil {
			return fmt.Errorf("%w: %w", ErrSelfTest, err)
		}
	}
	sum := 0.0
	for _, p := range answers[0].Probabilities {
		sum += p
	}
	switch {
	case math.Abs(sum-1) > 1e-6:
		return fmt.Errorf("%w: the probabilities sum to %v", ErrSelfTest, sum)
	case answers[0].Probabilities != answers[1].Probabilities:
		return fmt.Errorf("%w: the same image gave two answers", ErrSelfTest)
	}
	return nil
}

// stroke is a PNG of a vertical line, dark on a light ground.
func stroke() ([]byte, error) {
	img := image.NewGray(image.Rect(0, 0, 2*imageprep.Side, 2*imageprep.Side))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for y := 12; y < 44; y++ {
		for x := 26; x < 31; x++ {
			img.SetGray(x, y, color.Gray{})
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}
