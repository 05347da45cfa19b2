package weights

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"digits/internal/cputime"
	"digits/internal/mnist"
	"digits/pkg/cnn"
)

// BenchmarkLogits measures inference with the embedded weights by batch size,
// on the digits of the test set; because zeros cost nothing, on noise that has
// none; and on noise too small to be normalised.
func BenchmarkLogits(b *testing.B) {
	m, err := cnn.Load(bytes.NewReader(Default()))
	if err != nil {
		b.Fatal(err)
	}
	_, test, err := mnist.Load(b.Context(), mnist.Options{})
	if err != nil {
		b.Fatal(err)
	}
	digits := make([]float32, len(test.Images))
	test.Floats(digits, true)
	noise := make([]float32, 1024*784)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range noise {
		noise[i] = random.Float32() + 0.001
	}
	denormal := make([]float32, len(noise))
	for i, v := range noise {
		denormal[i] = v * 1e-39
	}
	for name, images := range map[string][]float32{"digits": digits, "noise": noise, "denormal": denormal} {
		for _, batch := range []int{1, 8, 16, 64, 256} {
			b.Run(fmt.Sprintf("%s/batch=%d", name, batch), func(b *testing.B) {
				workspace, size := m.NewWorkspace(batch), batch*784
				at, clock := 0, cputime.Start()
				for b.Loop() {
					m.Logits(workspace, images[at:at+size])
					if at += size; at+size > len(images) {
						at = 0
					}
				}
				clock.Report(b, batch, "image")
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch), "ns/image")
			})
		}
	}
}

// BenchmarkTrainerStep measures training of the embedded network with Adam on
// batches of 100 training images, by the number of shards.
func BenchmarkTrainerStep(b *testing.B) {
	m, err := cnn.Load(bytes.NewReader(Default()))
	if err != nil {
		b.Fatal(err)
	}
	training, _, err := mnist.Load(b.Context(), mnist.Options{})
	if err != nil {
		b.Fatal(err)
	}
	const batch, batches = 100, 100
	x := make([]float32, batch*batches*784)
	mnist.Set{Images: training.Images[:len(x)]}.Floats(x, true)
	for _, shards := range []int{1, 2} {
		b.Run(fmt.Sprintf("shards=%d", shards), func(b *testing.B) {
			trainer := cnn.NewTrainer(m, cnn.TrainConfig{Batch: batch, Shards: shards})
			defer trainer.Close()
			at, clock := 0, cputime.Start()
			for b.Loop() {
				trainer.Step(x[at*784:(at+batch)*784], training.Labels[at:at+batch], 0.001)
				at = (at + batch) % (batch * batches)
			}
			clock.Report(b, batch, "image")
			b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
