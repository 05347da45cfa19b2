// Package estimate fits a calibration to the logits of images that the network
// was not trained on.
package estimate

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"digits/internal/calibration"
)

// ErrImpossible is wrapped by every error about logits from which no
// calibration follows.
var ErrImpossible = errors.New("the network cannot be calibrated")

// Options say what to fit. The zero value is useful.
type Options struct {
	// Coverage is the share of digits whose true value the candidates are to
	// hold, above 0 and below 1; 0 means 0.995.
	Coverage float64
	// Rejected is the largest share of digits that may be taken for no digit,
	// above 0 and below 1; 0 means 0.0036, with which hardly more than 0.005
	// of other digits are taken for none.
	Rejected float64
	// Hesitation is the largest threshold of the candidates, above 0 and up to
	// 1; 0 means 0.25. Without it, a network that is right more often than
	// Coverage asks for would never name a second digit.
	Hesitation float64
	// ByDigit makes the coverage hold for each digit by itself.
	ByDigit bool
	// Data says what the images are.
	Data string
}

// minRejection is the lowest rejection threshold: a score of less than one in
// a million is no ground to reject anything.
const minRejection = 1e-6

// Calibration fits temperature, candidates and rejection. Logits are n × 10,
// or n × 11 with "no digit" last, and labels n digits. It panics when they do
// not fit together or an option is out of range; what does not suffice for a
// calibration is an error that wraps ErrImpossible.
func Calibration(logits []float32, labels []uint8, o Options) (calibration.Calibration, error) {
	o = o.withDefaults()
	outputs := outputsOf(logits, labels)
	for i, v := range logits {
		if v-v != 0 {
			return calibration.Calibration{}, fmt.Errorf("%w: output %d of image %d is %v; use another weights file", ErrImpossible, i%outputs, i/outputs, v)
		}
	}
	temperature, err := Temperature(logits, labels)
	if err != nil {
		return calibration.Calibration{}, err
	}
	c := calibration.Calibration{Temperature: temperature, Coverage: o.Coverage, Rejection: 1, Images: len(labels), Data: o.Data}
	if err := candidates(&c, logits, labels, o); err != nil {
		return calibration.Calibration{}, err
	}
	if outputs > calibration.Digits {
		if err := rejection(&c, logits, labels, o); err != nil {
			return calibration.Calibration{}, err
		}
	}
	return c, c.Check()
}

func (o Options) withDefaults() Options {
	for _, option := range []struct {
		value *float64
		usual float64
	}{{&o.Coverage, 0.995}, {&o.Rejected, 0.0036}, {&o.Hesitation, 0.25}} {
		if *option.value == 0 {
			*option.value = option.usual
		}
		if !(*option.value > 0 && *option.value <= 1) {
			panic("estimate: an option is not from 0 to 1")
		}
	}
	return o
}

// outputsOf returns how many logits an image has.
func outputsOf(logits []float32, labels []uint8) int {
	if len(labels) == 0 || len(logits)%len(labels) != 0 {
		panic("estimate: there must be logits for every label")
	}
	outputs := len(logits) / len(labels)
	if outputs != calibration.Digits && outputs != calibration.Digits+1 {
		panic("estimate: an image must have 10 or 11 logits")
	}
	if slices.Max(labels) >= calibration.Digits {
		panic("estimate: a label is no digit")
	}
	return outputs
}

// candidates sets the probability from which a digit is a candidate: split
// conformal prediction (Vovk, Gammerman and Shafer 2005) with the least
// ambiguous sets (Sadinle, Lei and Wasserman 2019), whose score is 1 − p[label].
func candidates(c *calibration.Calibration, logits []float32, labels []uint8, o Options) error {
	outputs := len(logits) / len(labels)
	var byDigit [calibration.Digits][]float64
	var all []float64
	for i, label := range labels {
		p := c.Probabilities(logits[i*outputs:][:outputs])
		score := -p[label] // in the order of 1 − p, and not rounded
		all = append(all, score)
		byDigit[label] = append(byDigit[label], score)
	}
	threshold := func(scores []float64, what string) (float64, error) {
		q, ok := Quantile(scores, o.Coverage)
		if !ok {
			return 0, fmt.Errorf("%w: a coverage of %v needs more than the %d images of %s; use more, or a lower coverage",
				ErrImpossible, o.Coverage, len(scores), what)
		}
		return max(min(-q, o.Hesitation), math.SmallestNonzeroFloat64), nil // a probability may underflow to 0
	}
	var err error
	if c.Candidates, err = threshold(all, "all digits"); err != nil || !o.ByDigit {
		return err
	}
	c.ByDigit = make([]float64, calibration.Digits)
	for digit, scores := range byDigit {
		if c.ByDigit[digit], err = threshold(scores, fmt.Sprintf("the digit %d", digit)); err != nil {
			return err
		}
	}
	return nil
}

// rejection sets the score above which an image is no digit, so that a digit
// such as those of the images is rejected with a probability of at most
// o.Rejected: one-class conformal prediction.
func rejection(c *calibration.Calibration, logits []float32, labels []uint8, o Options) error {
	outputs := len(logits) / len(labels)
	scores := make([]float64, len(labels))
	for i := range scores {
		scores[i] = c.Score(logits[i*outputs:][:outputs])
	}
	threshold, ok := Quantile(scores, 1-o.Rejected)
	if !ok {
		return fmt.Errorf("%w: to reject at most %v of the digits needs more than %d images; use more, or a higher share",
			ErrImpossible, o.Rejected, len(labels))
	}
	c.Rejection, c.Rejected = max(threshold, minRejection), o.Rejected
	return nil
}

// Quantile returns the ceil((n+1)·level)-th smallest of n scores: a further
// score that is exchangeable with them is above it with a probability of at
// most 1 − level (Vovk, Gammerman and Shafer 2005). It is false when there are
// too few scores for the level. Scores stay in their order.
func Quantile(scores []float64, level float64) (float64, bool) {
	const rounding = 1e-9 // 0.3 · 10 is a little more than 3
	rank := int(math.Ceil(float64(len(scores)+1)*level - rounding))
	if rank > len(scores) {
		return 0, false
	}
	return slices.Sorted(slices.Values(scores))[max(rank, 1)-1], true
}
