package cnn

import "fmt"

// Shape is the shape of one sample: channels, height and width. A sample that
// callers see is row-major in that order, so element (c, h, w) is at (c*H+h)*W+w.
type Shape struct{ C, H, W int }

// Size returns the number of elements of one sample.
func (s Shape) Size() int { return s.C * s.H * s.W }

// String returns the shape as "CxHxW".
func (s Shape) String() string { return fmt.Sprintf("%dx%dx%d", s.C, s.H, s.W) }
