package cnn

// Loss returns the mean softmax cross entropy over all n samples of x. It
// panics unless there is one label for every sample, and at least one.
func (m *Model) Loss(x []float32, labels []uint8) float64 {
	var loss float64
	m.each(x, labels, func(logits []float32, labels []uint8) {
		loss += softmaxCrossEntropy(nil, logits, labels, 1)
	})
	return loss / float64(len(labels))
}

// Accuracy returns the share of the n samples of x whose largest logit is the
// label's. Every sample counts, those of a last short batch too. It panics
// unless there is one label for every sample, and at least one.
func (m *Model) Accuracy(x []float32, labels []uint8) float64 {
	correct, classes := 0, m.OutputShape().Size()
	m.each(x, labels, func(logits []float32, labels []uint8) {
		for i, label := range labels {
			if ArgMax(logits[i*classes:][:classes]) == int(label) {
				correct++
			}
		}
	})
	return float64(correct) / float64(len(labels))
}

// each calls visit with the logits and labels of one batch after another.
func (m *Model) each(x []float32, labels []uint8, visit func(logits []float32, labels []uint8)) {
	size := m.net.spec.Input.Size()
	if len(labels) == 0 || len(x) != len(labels)*size {
		panic("cnn: evaluation needs one label for every sample")
	}
	ws := m.NewWorkspace(min(64, len(labels)))
	for start := 0; start < len(labels); start += ws.batch {
		end := min(start+ws.batch, len(labels))
		visit(m.Logits(ws, x[start*size:end*size]), labels[start:end])
	}
}
