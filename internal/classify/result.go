package classify

import (
	"slices"
	"time"

	"digits/pkg/imageprep"
)

// Result is what was read from an image.
type Result struct {
	Digit         int                       // 0 to 9, the most probable one
	Confidence    float64                   // the probability of Digit
	Probabilities [Classes]float64          // the network's softmax; they sum to 1
	Accepted      bool                      // whether the service stands by Digit; for now it always does
	Candidates    []int                     // the fewest digits that reach Options.Coverage together, the most probable first
	Image         imageprep.Info            // what was done with the image
	Tensor        [imageprep.Pixels]float32 // what the network saw, in [0,1], row by row
	Durations     Durations
}

// Durations are the times that the stages took.
type Durations struct{ Queue, Decode, Prepare, Infer time.Duration }

// judge sets what follows from the probabilities.
func (r *Result) judge(coverage float64) {
	order := make([]int, Classes)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case r.Probabilities[a] > r.Probabilities[b]:
			return -1
		case r.Probabilities[a] < r.Probabilities[b]:
			return 1
		}
		return 0
	})
	sum, n := 0.0, 0
	for n < Classes && sum < coverage {
		sum += r.Probabilities[order[n]]
		n++
	}
	r.Candidates = order[:n:n]
	r.Accepted = true
}
