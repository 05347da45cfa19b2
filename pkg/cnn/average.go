package cnn

import "slices"

// Averaged returns the decaying mean of the parameters and running statistics
// as a model, or what Snapshot does when TrainConfig.Average is 0.
func (t *Trainer) Averaged() *Model {
	if t.averaged == nil {
		return t.Snapshot()
	}
	return &Model{net: t.net, parameters: slices.Clone(t.averaged)}
}

// average moves a range of the averages towards the parameters. Early on they
// follow fast, so that they forget where they began.
func (t *Trainer) average(start, end int) {
	if t.averaged == nil {
		return
	}
	steps := float64(t.steps)
	gain := float32(1 - min(t.config.Average, (1+steps)/(10+steps)))
	averaged := t.averaged[start:end]
	for i, p := range t.parameters[start:end] {
		averaged[i] += gain * (p - averaged[i])
	}
}
