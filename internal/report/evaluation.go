// Package report computes and draws the figures that say how good a model is.
package report

import (
	"fmt"
	"io"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

const classes = 10

// Evaluation is how a model did on a labelled set.
type Evaluation struct {
	N         int                   `json:"n"`
	Correct   int                   `json:"correct"`
	Accuracy  float64               `json:"accuracy"`             // Correct / N
	Interval  [2]float64            `json:"accuracy_95_interval"` // Wilson 1927
	Loss      float64               `json:"loss"`                 // mean cross entropy, in nats
	Classes   [classes]Class        `json:"classes"`              // by digit
	Confusion [classes][classes]int `json:"confusion"`            // [label][prediction]
	Honesty   *Honesty              `json:"honesty,omitempty"`    // of a model with a calibration
}

// Class is how a model did on one digit.
type Class struct {
	Precision float64 `json:"precision"` // right among those predicted as the digit; 0 when none was
	Recall    float64 `json:"recall"`    // right among those labelled as the digit; 0 when none was
	Support   int     `json:"support"`   // images labelled as the digit
}

// Evaluate compares predictions with labels, both from 0 to 9. It panics
// unless there are as many of each, and at least one.
func Evaluate(predictions, labels []uint8, loss float64) Evaluation {
	if len(predictions) != len(labels) || len(labels) == 0 {
		panic("report: an evaluation needs one prediction for every label")
	}
	e := Evaluation{N: len(labels), Loss: loss}
	for i, label := range labels {
		e.Confusion[label][predictions[i]]++
	}
	for digit := range classes {
		right, labelled, predicted := e.Confusion[digit][digit], 0, 0
		for other := range classes {
			labelled += e.Confusion[digit][other]
			predicted += e.Confusion[other][digit]
		}
		e.Correct += right
		e.Classes[digit] = Class{share(right, predicted), share(right, labelled), labelled}
	}
	e.Accuracy = share(e.Correct, e.N)
	e.Interval[0], e.Interval[1] = Wilson(e.Correct, e.N)
	return e
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Wilson returns the 95% score interval of a proportion (Wilson 1927): with
// z the normal quantile of 0.975, the solutions of
// |successes/n − p| = z·sqrt(p·(1−p)/n).
func Wilson(successes, n int) (low, high float64) {
	z := distuv.UnitNormal.Quantile(0.975)
	p, m := float64(successes)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	radius := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, centre-radius), min(1, centre+radius)
}

// WriteText prints the evaluation for a person.
func (e Evaluation) WriteText(w io.Writer) error {
	p := printer{w: w}
	p.printf("accuracy  %.2f%% (%d of %d right), 95%% interval %.2f%% to %.2f%%\n",
		100*e.Accuracy, e.Correct, e.N, 100*e.Interval[0], 100*e.Interval[1])
	p.printf("loss      %.4f\n", e.Loss)
	if h := e.Honesty; h != nil {
		p.printf("honesty   calibration error %.3f%%, Brier score %.5f, %.1f%% of the wrong answers above %v\n",
			100*h.ECE, h.Brier, 100*h.WrongAndSure, sure)
		p.printf("          candidates hold %.2f%% of the labels and are %.4f in the mean; %.2f%% of the images rejected; temperature %.3f\n",
			100*h.Coverage, h.MeanSetSize, 100*h.Rejected, h.Temperature)
	}
	p.printf("\ndigit  precision  recall   images\n")
	for digit, c := range e.Classes {
		p.printf("%5d    %6.2f%%  %6.2f%%  %6d\n", digit, 100*c.Precision, 100*c.Recall, c.Support)
	}
	p.printf("\nconfusion (rows: label, columns: prediction)\n     ")
	for digit := range classes {
		p.printf("%6d", digit)
	}
	for digit, row := range e.Confusion {
		p.printf("\n%5d", digit)
		for _, count := range row {
			p.printf("%6d", count)
		}
	}
	p.printf("\n")
	return p.err
}

// printer remembers the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

func percent(part, whole int) string { return fmt.Sprintf("%.1f%%", 100*share(part, whole)) }
