package main

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"digits/internal/cputime"
	"digits/internal/mnist"
	"digits/pkg/cnn"
)

// BenchmarkDigitsStep measures a step of the digits recipe, without teachers,
// by the number of shards.
func BenchmarkDigitsStep(b *testing.B) {
	training, r := load(b)
	for _, shards := range []int{1, 2} {
		b.Run(fmt.Sprintf("shards=%d", shards), func(b *testing.B) {
			r.Shards = shards
			m, err := cnn.New(r.spec(), rand.New(rand.NewPCG(1, 1)))
			if err != nil {
				b.Fatal(err)
			}
			trainer := cnn.NewTrainer(m, r.training())
			defer trainer.Close()
			x := make([]float32, r.Batch*mnist.Pixels)
			mnist.Set{Images: training.Images[:len(x)]}.Floats(x, true)
			clock := cputime.Start()
			for b.Loop() {
				trainer.Step(x, training.Labels[:r.Batch], 0.001)
			}
			clock.Report(b, r.Batch, "image")
			b.ReportMetric(float64(b.N*r.Batch)/b.Elapsed().Seconds(), "images/s")
		})
	}
}

// BenchmarkAugment measures what the digits recipe does to an image, and how
// long a picture of no digit takes.
func BenchmarkAugment(b *testing.B) {
	training, r := load(b)
	x := make([]float32, mnist.Pixels)
	b.Run("digit", func(b *testing.B) {
		a, i, clock := mnist.Augmenter{Limits: r.Augmentation}, 0, cputime.Start()
		for b.Loop() {
			a.Apply(x, training.Image(i%training.Len()), training.Labels[i%training.Len()], 1, 0, i)
			i++
		}
		clock.Report(b, 1, "")
	})
	b.Run("negative", func(b *testing.B) {
		n, i, clock := mnist.Negatives{Digits: training, Limits: r.Augmentation}, 0, cputime.Start()
		for b.Loop() {
			n.Apply(x, 1, 0, i)
			i++
		}
		clock.Report(b, 1, "")
	})
}

func load(b *testing.B) (mnist.Set, recipe) {
	b.Helper()
	training, _, err := mnist.Load(b.Context(), mnist.Options{})
	if err != nil {
		b.Fatal(err)
	}
	r, err := preset("digits")
	if err != nil {
		b.Fatal(err)
	}
	return training, r
}
