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
	c, err := calibration.Of(m.Metadata())
	if err != nil {
		return report.Evaluation{}, err
	}
	logits, err := logitsOf(ctx, m, set)
	if err != nil {
		return report.Evaluation{}, err
	}
	outputs := m.OutputShape().Size()
	predictions, answers := make([]uint8, set.Len()), make([]report.Answer, set.Len())
	digits := make([]float32, 0, set.Len()*calibration.Digits)
	for i := range predictions {
		row := logits[i*outputs:][:outputs]
		predictions[i] = uint8(cnn.ArgMax(row[:calibration.Digits]))
		if !c.Present() {
			digits = append(digits, row[:calibration.Digits]...)
			continue
		}
		for _, v := range row[:calibration.Digits] {
			digits = append(digits, float32(float64(v)/c.Temperature))
		}
		p := c.Probabilities(row)
		answers[i] = report.Answer{Probabilities: p, Candidates: c.CandidatesOf(&p), Rejected: c.Rejects(c.Score(row))}
	}
	e := report.Evaluate(predictions, set.Labels, cnn.SoftmaxCrossEntropy(nil, digits, set.Labels))
	if c.Present() {
		h := report.Honest(answers, set.Labels, c.Temperature)
		e.Honesty = &h
	}
	return e, nil
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
