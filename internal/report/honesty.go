package report

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// sure is the probability from which on a wrong answer misleads.
const sure = 0.9

// Answer is what a calibrated model says about one image.
type Answer struct {
	Probabilities [classes]float64
	Candidates    []int
	Rejected      bool
}

// digit returns the most probable digit.
func (a Answer) digit() int {
	digit := 0
	for d, p := range a.Probabilities {
		if p > a.Probabilities[digit] {
			digit = d
		}
	}
	return digit
}

// Honesty is how far a calibrated model can be taken at its word.
type Honesty struct {
	Temperature  float64 `json:"temperature"`
	ECE          float64 `json:"expected_calibration_error"` // see CalibrationError
	Brier        float64 `json:"brier_score"`                // see Brier
	WrongAndSure float64 `json:"share_of_wrong_above_0.9"`   // of the wrong answers; 0 when there are none
	Coverage     float64 `json:"coverage"`                   // images whose candidates hold the label
	MeanSetSize  float64 `json:"mean_set_size"`              // candidates of an image
	Rejected     float64 `json:"rejected"`                   // share of the images that is taken for no digit
}

// Honest compares what a model said with labels from 0 to 9. It panics unless
// there are as many of each, and at least one.
func Honest(answers []Answer, labels []uint8, temperature float64) Honesty {
	if len(answers) != len(labels) || len(labels) == 0 {
		panic("report: honesty needs one answer for every label")
	}
	h := Honesty{Temperature: temperature}
	covering, candidates, rejected := 0, 0, 0
	confidences, right := make([]float64, len(labels)), make([]bool, len(labels))
	for i, a := range answers {
		digit := a.digit()
		confidences[i], right[i] = a.Probabilities[digit], digit == int(labels[i])
		h.Brier += Brier(a.Probabilities, labels[i]) / float64(len(labels))
		candidates += len(a.Candidates)
		if slices.Contains(a.Candidates, int(labels[i])) {
			covering++
		}
		if a.Rejected {
			rejected++
		}
	}
	h.Coverage, h.MeanSetSize, h.Rejected = share(covering, len(labels)), share(candidates, len(labels)), share(rejected, len(labels))
	h.ECE, h.WrongAndSure = CalibrationError(confidences, right), WrongAndSure(confidences, right)
	return h
}

// CalibrationError returns the expected calibration error with 15 bins of equal
// width (Guo et al. 2017): the mean, over the images, of the distance between
// the share of right answers and the mean confidence in the image's bin.
// Confidences are from 0 to 1; a bin has its upper bound and not its lower one.
func CalibrationError(confidences []float64, right []bool) float64 {
	total := 0.0
	for _, b := range Reliability(confidences, right) {
		total += math.Abs(float64(b.Right) - float64(b.N)*b.Confidence)
	}
	return total / float64(len(confidences))
}

// Brier returns the score of one image (Brier 1950): the squared distance from
// the probabilities to those of certainty, from 0 to 2.
func Brier(p [classes]float64, label uint8) float64 {
	score := 0.0
	for d, v := range p {
		if d == int(label) {
			v = 1 - v
		}
		score += v * v
	}
	return score
}

// WrongAndSure returns the share of the wrong answers that have a confidence
// above 0.9, and 0 when there are no wrong ones.
func WrongAndSure(confidences []float64, right []bool) float64 {
	wrong, misleading := 0, 0
	for i, confidence := range confidences {
		if right[i] {
			continue
		}
		wrong++
		if confidence > sure {
			misleading++
		}
	}
	return share(misleading, wrong)
}

// AUROC returns the area under the receiver operating characteristic of a
// score that is to be high for the positives: the probability that one of them
// has a higher score than one of the negatives, equals counting half (Hanley
// and McNeil 1982). It panics unless there is one of each at least.
func AUROC(negatives, positives []float64) float64 {
	if len(negatives) == 0 || len(positives) == 0 {
		panic("report: an AUROC needs positives and negatives")
	}
	scores := slices.Concat(negatives, positives)
	positive := make([]bool, len(scores))
	for i := len(negatives); i < len(scores); i++ {
		positive[i] = true
	}
	stat.SortWeightedLabeled(scores, positive, nil)
	tpr, fpr, _ := stat.ROC(nil, scores, positive, nil)
	area := 0.0
	for i := 1; i < len(tpr); i++ {
		area += (fpr[i] - fpr[i-1]) * (tpr[i] + tpr[i-1]) / 2
	}
	return area
}
