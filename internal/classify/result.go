package classify

import (
	"time"

	"digits/pkg/imageprep"
)

// The reasons for which the service does not stand by a digit.
const (
	NotADigit = "not_a_digit" // the network takes the image for no digit
)

// Reasons returns all reasons there are, for metrics and documents.
func Reasons() []string { return []string{NotADigit} }

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
	Durations     Durations

	logits [Classes + 1]float32
}

// Durations are the times that the stages took.
type Durations struct{ Queue, Decode, Prepare, Infer time.Duration }

// judge sets what follows from the probabilities and the rejection score.
func (c *Classifier) judge(r *Result) {
	r.Candidates = c.calibration.CandidatesOf(&r.Probabilities)
	r.Accepted = !c.calibration.Rejects(r.Rejection)
	if !r.Accepted {
		r.Reason = NotADigit
	}
}
