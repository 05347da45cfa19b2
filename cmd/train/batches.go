package main

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"

	"digits/internal/mnist"
	"digits/pkg/cnn"
)

// batch is one step's input.
type batch struct {
	x       []float32
	labels  []uint8
	teacher []float32     // logits, or nil
	ready   chan struct{} // receives one value when the batch is filled
}

// batcher prepares the batches of an epoch ahead of the steps, in goroutines
// that end with the epoch or the context.
type batcher struct {
	set      mnist.Set
	recipe   recipe
	guidance *guidance // nil without teachers
	free     chan *batch
	makers   []*maker
}

// maker is what one goroutine needs to fill batches.
type maker struct {
	augmenter mnist.Augmenter
	negatives mnist.Negatives
	scratch   *teacherScratch
}

func newBatcher(set mnist.Set, r recipe, teachers []*cnn.Model) *batcher {
	if r.Teachers > 0 && len(teachers) == 0 {
		panic("train: a recipe with teachers, and none are there")
	}
	makers := runtime.GOMAXPROCS(0)
	ahead := makers + 2
	b := &batcher{set: set, recipe: r, free: make(chan *batch, ahead)}
	b.guidance = newGuidance(teachers, b.images())
	for range ahead {
		next := &batch{x: make([]float32, r.Batch*mnist.Pixels), labels: make([]uint8, r.Batch), ready: make(chan struct{}, 1)}
		if b.guidance != nil {
			next.teacher = make([]float32, r.Batch*b.guidance.outputs)
		}
		b.free <- next
	}
	for range makers {
		b.makers = append(b.makers, &maker{mnist.Augmenter{Limits: r.Augmentation}, mnist.Negatives{Digits: set, Limits: r.Augmentation}, b.guidance.newScratch()})
	}
	return b
}

// steps returns how many batches an epoch has, the last short one included.
func (b *batcher) steps() int { return (b.images() + b.recipe.Batch - 1) / b.recipe.Batch }

// images returns how many images an epoch has: the digits and, with higher
// indices, those of no digit.
func (b *batcher) images() int { return b.set.Len() + int(b.recipe.Negatives*float64(b.set.Len())) }

// job is a batch to fill with these images.
type job struct {
	*batch
	indices []int
}

// epoch sends the batches of an epoch from the given step on, in their order.
// The receiver hands each back by release. One epoch at a time: the next may
// begin once this one's channel is closed.
func (b *batcher) epoch(ctx context.Context, epoch, from int) <-chan *batch {
	out, jobs, order := make(chan *batch), make(chan job), make(chan *batch, cap(b.free))
	var makers sync.WaitGroup
	for _, m := range b.makers {
		makers.Go(func() {
			for j := range jobs {
				b.fill(m, j, epoch)
				j.ready <- struct{}{}
			}
		})
	}
	go func() {
		defer close(order)
		defer close(jobs)
		b.plan(ctx, epoch, from, jobs, order)
	}()
	go func() {
		defer close(out)
		ended := false // then no later batch may follow the one left out
		for next := range order {
			<-next.ready
			if !ended {
				select {
				case out <- next:
					continue
				case <-ctx.Done():
					ended = true
				}
			}
			b.free <- next
		}
		makers.Wait()
	}()
	return out
}

// plan deals an epoch's images out to batches.
func (b *batcher) plan(ctx context.Context, epoch, from int, jobs chan<- job, order chan<- *batch) {
	images := rand.New(rand.NewPCG(b.recipe.Seed, uint64(epoch))).Perm(b.images())
	for start := from * b.recipe.Batch; start < len(images); start += b.recipe.Batch {
		var next *batch
		select {
		case next = <-b.free:
		case <-ctx.Done():
			return
		}
		jobs <- job{next, images[start:min(start+b.recipe.Batch, len(images))]}
		order <- next
	}
}

// fill makes a batch. What is in it does not depend on the maker.
func (b *batcher) fill(m *maker, j job, epoch int) {
	n, look := len(j.indices), b.recipe.look(epoch)
	j.x, j.labels = j.x[:n*mnist.Pixels], j.labels[:n]
	m.augmenter.Strength = b.recipe.strength(epoch)
	m.negatives.Strength = m.augmenter.Strength
	for i, index := range j.indices {
		x := j.x[i*mnist.Pixels:][:mnist.Pixels]
		if index >= b.set.Len() {
			m.negatives.Apply(x, b.recipe.Seed, look, index)
			j.labels[i] = mnist.NoDigit
			continue
		}
		m.augmenter.Apply(x, b.set.Image(index), b.set.Labels[index], b.recipe.Seed, look, index)
		j.labels[i] = b.set.Labels[index]
	}
	if b.guidance != nil {
		j.teacher = j.teacher[:n*b.guidance.outputs]
		b.guidance.guide(m.scratch, j, look)
	}
}

func (b *batcher) release(used *batch) { b.free <- used }
