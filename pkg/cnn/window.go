package cnn

import "fmt"

// Window is a rectangle that slides over an image.
type Window struct {
	Height  int `json:"height"`            // 1 or more
	Width   int `json:"width"`             // 1 or more
	Stride  int `json:"stride,omitempty"`  // in both directions; 0 means 1
	Padding int `json:"padding,omitempty"` // rows and columns added on every side
}

// Square returns a size×size window with stride 1 and no padding.
func Square(size int) Window { return Window{Height: size, Width: size} }

func (w Window) stride() int { return max(w.Stride, 1) }

// positions returns how many rows and columns of positions the window has over
// a plane: floor((size + 2·padding − window) / stride) + 1.
func (w Window) positions(in Shape) (rows, cols int, err error) {
	if w.Height < 1 || w.Width < 1 || w.Stride < 0 || w.Padding < 0 ||
		max(w.Height, w.Width, w.Stride, w.Padding) > maxDimension {
		return 0, 0, fmt.Errorf("the window %dx%d with stride %d and padding %d is not possible: "+
			"sizes must be 1 to %d, stride and padding not negative", w.Height, w.Width, w.Stride, w.Padding, maxDimension)
	}
	if w.Height > in.H+2*w.Padding || w.Width > in.W+2*w.Padding {
		return 0, 0, fmt.Errorf("the window %dx%d is larger than the padded image %dx%d",
			w.Height, w.Width, in.H+2*w.Padding, in.W+2*w.Padding)
	}
	return (in.H+2*w.Padding-w.Height)/w.stride() + 1, (in.W+2*w.Padding-w.Width)/w.stride() + 1, nil
}

// pooled returns the output shape of a pooling layer. The padding is at most
// half the window, so that every window covers at least one real pixel.
func (w Window) pooled(in Shape) (Shape, error) {
	rows, cols, err := w.positions(in)
	if err == nil && (2*w.Padding > w.Height || 2*w.Padding > w.Width) {
		err = fmt.Errorf("the padding %d is more than half the pooling window %dx%d", w.Padding, w.Height, w.Width)
	}
	return Shape{in.C, rows, cols}, err
}

// clip returns the part of the window at an output position that lies inside
// the image, as half-open ranges.
func (w Window) clip(in Shape, row, col int) (top, bottom, left, right int) {
	top = row*w.stride() - w.Padding
	left = col*w.stride() - w.Padding
	return max(top, 0), min(top+w.Height, in.H), max(left, 0), min(left+w.Width, in.W)
}
