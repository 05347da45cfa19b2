package main

import (
	"context"
	"math/rand/v2"

	"digits/internal/mnist"
)

// batch is one step's input.
type batch struct {
	x      []float32
	labels []uint8
}

// batcher prepares the batches of an epoch ahead of the steps, in a goroutine
// that ends with the epoch or the context.
type batcher struct {
	set    mnist.Set
	recipe recipe
	free   chan *batch
}

func newBatcher(set mnist.Set, r recipe) *batcher {
	const ahead = 3
	b := &batcher{set: set, recipe: r, free: make(chan *batch, ahead)}
	for range ahead {
		b.free <- &batch{make([]float32, r.Batch*mnist.Pixels), make([]uint8, r.Batch)}
	}
	return b
}

// steps returns how many batches an epoch has, the last short one included.
func (b *batcher) steps() int { return (b.set.Len() + b.recipe.Batch - 1) / b.recipe.Batch }

// epoch sends the batches of an epoch from the given step on. The receiver
// hands each back by release.
func (b *batcher) epoch(ctx context.Context, epoch, from int) <-chan *batch {
	out := make(chan *batch)
	order := rand.New(rand.NewPCG(b.recipe.Seed, uint64(epoch))).Perm(b.set.Len())
	go func() {
		defer close(out)
		augmenter := mnist.Augmenter{Limits: b.recipe.Augmentation}
		for start := from * b.recipe.Batch; start < len(order); start += b.recipe.Batch {
			var next *batch
			select {
			case next = <-b.free:
			case <-ctx.Done():
				return
			}
			indices := order[start:min(start+b.recipe.Batch, len(order))]
			next.x, next.labels = next.x[:len(indices)*mnist.Pixels], next.labels[:len(indices)]
			for i, index := range indices {
				augmenter.Apply(next.x[i*mnist.Pixels:][:mnist.Pixels], b.set.Image(index), b.recipe.Seed, epoch, index)
				next.labels[i] = b.set.Labels[index]
			}
			select {
			case out <- next:
			case <-ctx.Done():
				b.free <- next
				return
			}
		}
	}()
	return out
}

func (b *batcher) release(used *batch) { b.free <- used }
