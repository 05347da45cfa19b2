package inferenceprotocol

import (
	"encoding/json"
	"fmt"
	"math"

	"digits/pkg/imageprep"
)

// Bounds of a shape, so that the product of all its sizes cannot overflow.
const (
	maxDimensions = 4
	maxSize       = 1<<15 - 1
)

// readShape reads a list of sizes from 1 to maxSize. Some serializers have only
// one kind of number, and write 1.0.
func readShape(text []byte) ([]int, error) {
	var shape []int
	err := elements(text, func(value []byte) error {
		var size float64
		if err := json.Unmarshal(value, &size); err != nil || size != math.Trunc(size) || size < 1 || size > maxSize || len(shape) == maxDimensions {
			return fmt.Errorf("%w: a size is not a whole number from 1, or there are too many", ErrShape)
		}
		shape = append(shape, int(size))
		return nil
	})
	return shape, err
}

// tensorsOf returns how many tensors have the shape together. Sizes of 1 for
// the single channel may stand before or behind rows and columns.
func tensorsOf(shape []int, limit int) (int, error) {
	const side, pixels = imageprep.Side, imageprep.Pixels
	n := 0
	switch s := shape; {
	case len(s) == 2 && s[0] == side && s[1] == side, len(s) == 1 && s[0] == pixels:
		n = 1
	case len(s) == 2 && s[1] == pixels,
		len(s) == 3 && s[1] == side && s[2] == side,
		len(s) == 4 && s[1] == 1 && s[2] == side && s[3] == side,
		len(s) == 4 && s[1] == side && s[2] == side && s[3] == 1:
		n = s[0]
	default:
		return 0, fmt.Errorf("%w: %s has %v", ErrShape, TensorInput, shape)
	}
	if n > limit {
		return 0, fmt.Errorf("%w: %d tensors", ErrTooMany, n)
	}
	return n, nil
}

// imagesOf returns how many images have the shape together.
func imagesOf(shape []int, limit int) (int, error) {
	if len(shape) < 1 || len(shape) > 2 || len(shape) == 2 && shape[1] != 1 {
		return 0, fmt.Errorf("%w: %s has %v", ErrShape, ImageInput, shape)
	}
	if shape[0] > limit {
		return 0, fmt.Errorf("%w: %d images", ErrTooMany, shape[0])
	}
	return shape[0], nil
}
