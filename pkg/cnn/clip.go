package cnn

import (
	"math"

	"digits/internal/f32"
)

// sumRange sums a range of the gradients over the shards, in the order of their
// indices.
func (t *Trainer) sumRange(start, end int) []float32 {
	total := t.shards[0].tape.gradients[start:end]
	for k := 1; k < len(t.shards); k++ {
		f32.Axpy(1, t.shards[k].tape.gradients[start:end], total)
	}
	return total
}

// sumShard sums the gradients that a shard will update with, and measures them:
// the update has to wait for all measures.
func (t *Trainer) sumShard(i int) {
	var squares float64
	for _, g := range t.sumRange(t.part(i, t.net.parameters)) {
		squares += float64(g) * float64(g)
	}
	t.shards[i].squares = squares
}

// clipping returns what the gradients are to be multiplied by, so that together
// they are no longer than the limit. It is 1 or less, or NaN as they are.
func (t *Trainer) clipping() float32 {
	var squares float64
	for i := range t.shards {
		squares += t.shards[i].squares
	}
	return float32(min(1, t.config.ClipNorm/(math.Sqrt(squares)+1e-6)))
}
