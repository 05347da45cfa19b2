package cnn

import (
	"math"

	"digits/internal/f32"
)

// sumShard sums one range of the gradients over the shards, in the order of
// their indices.
func (t *Trainer) sumShard(i int) {
	start, end := t.part(i, t.net.parameters)
	total := t.shards[0].tape.gradients[start:end]
	for k := 1; k < len(t.shards); k++ {
		f32.Axpy(1, t.shards[k].tape.gradients[start:end], total)
	}
	if t.config.ClipNorm == 0 {
		return
	}
	var squares float64
	for _, g := range total {
		squares += float64(g) * float64(g)
	}
	t.shards[i].squares = squares
}

// clipping returns what the gradients are to be multiplied by, so that together
// they are no longer than the limit. It is 1 or less, or NaN as they are.
func (t *Trainer) clipping() float32 {
	if t.config.ClipNorm == 0 {
		return 1
	}
	var squares float64
	for i := range t.shards {
		squares += t.shards[i].squares
	}
	return float32(min(1, t.config.ClipNorm/(math.Sqrt(squares)+1e-6)))
}
