package main

import (
	"context"
	"runtime"
	"sync"

	"digits/internal/mnist"
	"digits/internal/report"
	"digits/pkg/cnn"
)

// evaluate runs the model over the whole set on all cores.
func evaluate(ctx context.Context, m *cnn.Model, set mnist.Set) (report.Evaluation, error) {
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
					plain.Apply(x[(i-start)*mnist.Pixels:][:mnist.Pixels], set.Image(i), 0, 0, i)
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
	if err := ctx.Err(); err != nil {
		return report.Evaluation{}, err
	}
	predictions := make([]uint8, set.Len())
	for i := range predictions {
		predictions[i] = uint8(cnn.ArgMax(logits[i*outputs:][:outputs]))
	}
	return report.Evaluate(predictions, set.Labels, cnn.SoftmaxCrossEntropy(nil, logits, set.Labels)), nil
}
