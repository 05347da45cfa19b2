package main

import (
	"context"
	"runtime"
	"sync"

	"digits/internal/calibration"
	"digits/internal/mnist"
	"digits/internal/report"
	"digits/pkg/cnn"
)

// evaluate compares what the model says about the set, by its calibration if
// it has one, with the labels.
func evaluate(ctx context.Context, m *cnn.Model, set mnist.Set) (report.Evaluation, error) {
	r, err := readSet(ctx, m, set)
	if err != nil {
		return report.Evaluation{}, err
	}
	return r.evaluation(set.Labels), nil
}

// reading is what a model says about a set.
type reading struct {
	calibration calibration.Calibration
	predictions []uint8
	rejections  []float64 // how much each image looks like no digit
	answers     []report.Answer
	loss        float64
}

// readSet runs the model over the set.
func readSet(ctx context.Context, m *cnn.Model, set mnist.Set) (reading, error) {
	c, err := calibration.Of(m.Metadata())
	if err != nil {
		return reading{}, err
	}
	logits, err := logitsOf(ctx, m, set)
	if err != nil {
		return reading{}, err
	}
	outputs := m.OutputShape().Size()
	r := reading{calibration: c, predictions: make([]uint8, set.Len()), rejections: make([]float64, set.Len()), answers: make([]report.Answer, set.Len())}
	digits := make([]float32, 0, set.Len()*calibration.Digits)
	for i := range r.predictions {
		row := logits[i*outputs:][:outputs]
		r.predictions[i] = uint8(cnn.ArgMax(row[:calibration.Digits]))
		for _, v := range row[:calibration.Digits] {
			digits = append(digits, float32(float64(v)/r.temperature()))
		}
		p := c.Probabilities(row)
		r.rejections[i] = c.Score(row)
		r.answers[i] = report.Answer{Probabilities: p, Candidates: c.CandidatesOf(&p), Rejected: c.Rejects(r.rejections[i])}
	}
	r.loss = cnn.SoftmaxCrossEntropy(nil, digits, set.Labels)
	return r, nil
}

// temperature returns the calibration's, or that of none.
func (r reading) temperature() float64 {
	if !r.calibration.Present() {
		return 1
	}
	return r.calibration.Temperature
}

// evaluation compares with the labels; the probabilities of a model without a
// calibration are not held against it.
func (r reading) evaluation(labels []uint8) report.Evaluation {
	e := report.Evaluate(r.predictions, labels, r.loss)
	if r.calibration.Present() {
		h := report.Honest(r.answers, labels, r.calibration.Temperature)
		e.Honesty = &h
	}
	return e
}

// verdicts returns what the model says in short.
func (r reading) verdicts() []report.Verdict {
	list := make([]report.Verdict, len(r.answers))
	for i, a := range r.answers {
		digit := int(r.predictions[i])
		list[i] = report.Verdict{Digit: digit, Confidence: a.Probabilities[digit], Rejection: r.rejections[i], Rejected: a.Rejected}
	}
	return list
}

// logitsOf runs the model over the whole set on all cores.
func logitsOf(ctx context.Context, m *cnn.Model, set mnist.Set) ([]float32, error) {
	outputs := m.OutputShape().Size()
	logits := make([]float32, set.Len()*outputs)
	const batch = 50
	starts := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			ws := m.NewWorkspace(batch)
			x := make([]float32, batch*mnist.Pixels)
			var plain mnist.Augmenter
			for start := range starts {
				end := min(start+batch, set.Len())
				for i := start; i < end; i++ {
					plain.Apply(x[(i-start)*mnist.Pixels:][:mnist.Pixels], set.Image(i), set.Labels[i], 0, 0, i)
				}
				copy(logits[start*outputs:], m.Logits(ws, x[:(end-start)*mnist.Pixels]))
			}
		})
	}
	for start := 0; start < set.Len() && ctx.Err() == nil; start += batch {
		starts <- start
	}
	close(starts)
	workers.Wait()
	return logits, ctx.Err()
}
