// Package calibration turns a network's logits into probabilities that can be
// taken at their word, into the digits that an image may show, and into a
// verdict on whether it shows a digit at all. How it does so travels with the
// weights; package estimate finds it.
package calibration

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// Digits is the number of logits that stand for digits. They come first.
	Digits = 10
	// Key is where a weights file's metadata have the calibration, as JSON.
	Key = "calibration"
)

// ErrInvalid is wrapped by every error about a calibration that cannot be used.
var ErrInvalid = errors.New("the calibration in the weights file is unusable")

// Calibration says how to read a network's logits: the ten of the digits, and
// an eleventh for "no digit" where the network has one. The zero value is for
// a network without a calibration: temperature 1, candidates that reach 0.995
// together, nothing rejected.
type Calibration struct {
	// Temperature divides the logits before the softmax (Guo et al. 2017); it
	// is from 0.01 to 100, and above 1 for a network that is too sure of itself.
	Temperature float64 `json:"temperature"`
	// Coverage is the share of digits, above 0 and below 1, whose true value
	// the candidates are to hold.
	Coverage float64 `json:"coverage"`
	// Candidates is the probability, above 0 and up to 1, from which a digit is
	// a candidate (Sadinle, Lei and Wasserman 2019).
	Candidates float64 `json:"candidates"`
	// ByDigit has a threshold for each digit, in place of Candidates, where
	// the coverage is to hold for each digit by itself (Vovk 2012); else it is
	// empty.
	ByDigit []float64 `json:"candidates_by_digit,omitempty"`
	// Rejection is the score, above 0 and up to 1, above which an image is
	// taken for no digit. 1 rejects nothing.
	Rejection float64 `json:"rejection"`
	// Rejected is the share of digits that may be rejected wrongly, from 0 to
	// 1, and 0 when nothing is rejected.
	Rejected float64 `json:"rejected"`
	// Images is how many images all this was fitted on, and Data what they are.
	Images int    `json:"images"`
	Data   string `json:"data"`
}

// Of returns the calibration in a weights file's metadata, or the zero value
// when they have none. The error wraps ErrInvalid.
func Of(metadata map[string]string) (Calibration, error) {
	text, ok := metadata[Key]
	if !ok {
		return Calibration{}, nil
	}
	var c Calibration
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields() // they may mean what this version does not do
	err := decoder.Decode(&c)
	if err == nil && decoder.Decode(new(any)) != io.EOF {
		err = errors.New("something follows the JSON object")
	}
	if err != nil {
		return Calibration{}, fmt.Errorf("%w: it cannot be read: %w; %s", ErrInvalid, err, remedy)
	}
	return c, c.Check()
}

// A temperature beyond these is of no network that has learnt digits: nearly all
// answers would be certain, or none.
const minTemperature, maxTemperature = 0.01, 100

const remedy = "calibrate the file anew with train calibrate"

// Check reports the first number that is out of its range. The error wraps
// ErrInvalid.
func (c Calibration) Check() error {
	say := func(name string, v float64, want string) error {
		return fmt.Errorf("%w: %s is %v; it must be %s; %s", ErrInvalid, name, v, want, remedy)
	}
	positive := func(v float64) bool { return v > 0 && v <= 1 }
	switch {
	case !(c.Temperature >= minTemperature && c.Temperature <= maxTemperature):
		return say("temperature", c.Temperature, "from 0.01 to 100")
	case !(c.Coverage > 0 && c.Coverage < 1):
		return say("coverage", c.Coverage, "above 0 and below 1")
	case !positive(c.Candidates):
		return say("candidates", c.Candidates, "above 0 and up to 1")
	case len(c.ByDigit) != 0 && len(c.ByDigit) != Digits:
		return say("the length of candidates_by_digit", float64(len(c.ByDigit)), "10")
	case !positive(c.Rejection):
		return say("rejection", c.Rejection, "above 0 and up to 1")
	case !(c.Rejected >= 0 && c.Rejected <= 1):
		return say("rejected", c.Rejected, "from 0 to 1")
	case c.Images < 0:
		return say("images", float64(c.Images), "0 or more")
	}
	for _, v := range c.ByDigit {
		if !positive(v) {
			return say("one of candidates_by_digit", v, "above 0 and up to 1")
		}
	}
	return nil
}

// JSON returns the calibration as the metadata hold it. The error wraps
// ErrInvalid: what cannot be read back is not written.
func (c Calibration) JSON() (string, error) {
	if err := c.Check(); err != nil {
		return "", err
	}
	text, err := json.Marshal(c)
	return string(text), err
}

// Present reports whether there is a calibration.
func (c Calibration) Present() bool { return c.Temperature != 0 }
