package main

import (
	"context"
	"math/rand/v2"
	"runtime"

	"digits/internal/corrupt"
	"digits/internal/mnist"
	"digits/internal/report"
	"digits/pkg/cnn"
)

// corruptions is the name of the suite of spoiled images.
const corruptions = "corruptions"

// corruptionSeed is fixed, so that all networks see the same images.
const corruptionSeed = 2019

// evaluateCorruptions compares what the model says about the set, spoiled in
// one way after another, with the labels.
func evaluateCorruptions(ctx context.Context, m *cnn.Model, set mnist.Set, name string) (report.Corruptions, error) {
	e := report.Corruptions{Set: name, N: set.Len(), Seed: corruptionSeed}
	spoiled := mnist.Set{Images: make([]byte, len(set.Images)), Labels: set.Labels}
	for _, c := range corrupt.All() {
		if err := spoil(ctx, spoiled, set, c); err != nil {
			return report.Corruptions{}, err
		}
		r, err := readSet(ctx, m, spoiled)
		if err != nil {
			return report.Corruptions{}, err
		}
		e.Add(c.Name, c.Upload, r.predictions, set.Labels)
	}
	return e, nil
}

// spoil writes the set's images to another, spoiled, on all cores. Every image
// has random numbers of its own, whatever the number of cores.
func spoil(ctx context.Context, dst, set mnist.Set, c corrupt.Corruption) error {
	return each(ctx, set.Len(), runtime.GOMAXPROCS(0), func(i int) error {
		c.Apply(dst.Image(i), set.Image(i), rand.New(rand.NewPCG(corruptionSeed, uint64(i))))
		return nil
	})
}
