package classify

import (
	"image"
	"slices"
	"time"

	"digits/pkg/imageprep"
)

// The reasons for which the service does not stand by a digit.
const (
	NotADigit     = "not_a_digit"           // the network takes the image for no digit
	SeveralDigits = imageprep.SeveralDigits // the picture shows more than one, of which one was read
)

// Reasons returns all reasons there are, for metrics and documents.
func Reasons() []string { return []string{NotADigit, SeveralDigits} }

// Result is what was read from an image.
type Result struct {
	Digit         int                       // 0 to 9, the most probable one
	Confidence    float64                   // the probability of Digit
	Probabilities [Classes]float64          // of the digits, at the calibration's temperature; they sum to 1
	Accepted      bool                      // whether the service stands by Digit
	Reason        string                    // one of Reasons when it does not, else empty
	Candidates    []int                     // the digits that the image may show, the most probable first
	Rejection     float64                   // how much the image looks like no digit, from 0 to 1; 0 when the network cannot tell
	Image         imageprep.Info            // what was done with the image
	Tensor        [imageprep.Pixels]float32 // what the network saw, in [0,1], row by row
	Pictures      []Picture                 // how the image was prepared, if that was asked for
	Durations     Durations

	logits [Classes + 1]float32
}

// Picture is what a step of the image preparation has made, at most 160 pixels
// wide and high.
type Picture struct {
	Step  string
	Image *image.Gray
}

// Durations are the times that the stages took.
type Durations struct{ Queue, Decode, Prepare, Infer time.Duration }

// judge sets what follows from the probabilities and the rejection score.
func (c *Classifier) judge(r *Result) {
	r.Candidates = c.calibration.CandidatesOf(&r.Probabilities)
	switch {
	case slices.Contains(r.Image.Flags, imageprep.SeveralDigits):
		r.Reason = SeveralDigits
	case c.calibration.Rejects(r.Rejection):
		r.Reason = NotADigit
	}
	r.Accepted = r.Reason == ""
}
