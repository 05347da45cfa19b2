// Package proof holds labelled digits with the logits that a network gave for
// them. They travel in the weights file, so that a server can prove that it
// still computes what the trainer computed.
package proof

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	// Key is where a weights file's metadata have the proof, as JSON.
	Key = "proof"
	// Pixels is the size of an image: 28 rows of 28 bytes.
	Pixels = 28 * 28
	// MaxDigits bounds how long a self-test takes.
	MaxDigits = 100
)

// ErrInvalid is wrapped by every error about a proof that cannot be used.
var ErrInvalid = errors.New("the proof in the weights file is unusable")

// Proof is what a network must be able to repeat. The zero value proves
// nothing.
type Proof struct {
	Digits []Digit `json:"digits"`
}

// Digit is one image and what the network made of it.
type Digit struct {
	Label  int       `json:"label"`  // 0 to 9, what the image shows
	Image  []byte    `json:"image"`  // 784 bytes as MNIST has them: 0 is paper, 255 is ink
	Logits []float32 `json:"logits"` // of the image divided by 255: 10, or 11 with one for "no digit"
}

// Of returns the proof in a weights file's metadata, or the zero value when
// they have none. outputs is the number of the network's logits. The error
// wraps ErrInvalid.
func Of(metadata map[string]string, outputs int) (Proof, error) {
	text := metadata[Key]
	if text == "" {
		return Proof{}, nil
	}
	var p Proof
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields() // they may mean what this version does not do
	err := decoder.Decode(&p)
	if err == nil && decoder.Decode(new(any)) != io.EOF {
		err = errors.New("something follows the JSON object")
	}
	if err == nil {
		err = p.check(outputs)
	}
	if err != nil {
		return Proof{}, fmt.Errorf("%w: %w; make it anew with train proof", ErrInvalid, err)
	}
	return p, nil
}

func (p Proof) check(outputs int) error {
	if n := len(p.Digits); n < 1 || n > MaxDigits {
		return fmt.Errorf("it has %d digits; it must have 1 to %d", n, MaxDigits)
	}
	for i, d := range p.Digits {
		switch {
		case d.Label < 0 || d.Label > 9:
			return fmt.Errorf("the label of digit %d is %d; it must be 0 to 9", i, d.Label)
		case len(d.Image) != Pixels:
			return fmt.Errorf("the image of digit %d has %d bytes; it must have %d", i, len(d.Image), Pixels)
		case len(d.Logits) != outputs:
			return fmt.Errorf("digit %d has %d logits; the network has %d outputs", i, len(d.Logits), outputs)
		case slices.ContainsFunc(d.Logits, func(v float32) bool { return v-v != 0 }):
			return fmt.Errorf("a logit of digit %d is not finite", i)
		}
	}
	return nil
}

// JSON returns the proof as the metadata hold it. The error wraps ErrInvalid:
// what cannot be read back is not written.
func (p Proof) JSON() (string, error) {
	outputs := 0
	if len(p.Digits) > 0 {
		outputs = len(p.Digits[0].Logits)
	}
	if err := p.check(outputs); err != nil {
		return "", fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	text, err := json.Marshal(p)
	return string(text), err
}
