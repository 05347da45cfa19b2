package cnn

import (
	"fmt"
	"slices"
)

// NotFiniteError is the error about the first NaN or infinity among a
// network's inputs or outputs. It wraps ErrNotFinite.
type NotFiniteError struct {
	Sample int     // which one of the batch, from 0
	Index  int     // which number of the sample, from 0
	Value  float32 // NaN or infinite
	Output bool    // whether it is a logit; else it was in the input
}

func (e *NotFiniteError) Error() string {
	if e.Output {
		return fmt.Sprintf("%v: the network gives %v as output %d of sample %d; use other weights or smaller inputs", ErrNotFinite, e.Value, e.Index, e.Sample)
	}
	return fmt.Sprintf("%v: input %d of sample %d is %v; give every pixel a number from 0 to 1", ErrNotFinite, e.Index, e.Sample, e.Value)
}

// Unwrap makes errors.Is find ErrNotFinite.
func (e *NotFiniteError) Unwrap() error { return ErrNotFinite }

// FiniteLogits is Logits for input that nobody has checked: the first NaN or
// infinity in x, or else in the logits, is a *NotFiniteError. The input is
// looked at by itself because what it does inside can stay unseen: kernels
// leave out what they multiply by 0, and -Inf loses every maximum. It
// allocates nothing unless it fails.
func (m *Model) FiniteLogits(ws *Workspace, x []float32) ([]float32, error) {
	if i := firstNotFinite(x); i >= 0 {
		size := m.net.spec.Input.Size()
		return nil, &NotFiniteError{Sample: i / size, Index: i % size, Value: x[i]}
	}
	logits := m.Logits(ws, x)
	if i := firstNotFinite(logits); i >= 0 {
		size := m.net.output().Size()
		return nil, &NotFiniteError{Sample: i / size, Index: i % size, Value: logits[i], Output: true}
	}
	return logits, nil
}

// Probabilities writes the softmax of each sample's logits to dst: n × outputs
// numbers in [0,1] that sum to 1 for a sample. The first NaN or infinity in x
// or in the logits is a *NotFiniteError, and dst is left alone. It allocates
// nothing unless it fails, and panics where Logits does and when dst is not as
// long as the result.
func (m *Model) Probabilities(ws *Workspace, dst, x []float32) error {
	logits, err := m.FiniteLogits(ws, x)
	if err != nil {
		return err
	}
	if len(dst) != len(logits) {
		panic("cnn: there must be a place for every probability")
	}
	outputs := m.net.output().Size()
	for at := 0; at < len(logits); at += outputs {
		Softmax(dst[at:][:outputs], logits[at:][:outputs])
	}
	return nil
}

// firstNotFinite returns the place of the first NaN or infinity, or -1.
func firstNotFinite(x []float32) int {
	if allFinite(x) {
		return -1
	}
	return slices.IndexFunc(x, func(v float32) bool { return !finite(v) })
}

// allFinite adds up v − v, which is 0 or NaN, in four sums that do not wait for
// each other: a branch for each number takes three times as long, a twelfth of
// what the book's network takes.
func allFinite(x []float32) bool {
	var a, b, c, d float32
	for len(x) >= 4 {
		a += x[0] - x[0]
		b += x[1] - x[1]
		c += x[2] - x[2]
		d += x[3] - x[3]
		x = x[4:]
	}
	for _, v := range x {
		a += v - v
	}
	return a+b+c+d == 0
}
