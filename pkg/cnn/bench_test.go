package cnn

import (
	"fmt"
	"testing"
)

// BenchmarkLogits measures inference of the book's network by batch size.
func BenchmarkLogits(b *testing.B) {
	for _, batch := range []int{1, 8, 16, 64, 256} {
		b.Run(fmt.Sprintf("SimpleConvNet/batch=%d", batch), func(b *testing.B) {
			m := newTestModel(b, SimpleConvNet(), 1)
			ws := m.NewWorkspace(batch)
			x := normals(newRandom(1), batch*784)
			for b.Loop() {
				m.Logits(ws, x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch), "ns/image")
		})
	}
}

// BenchmarkTrainerStep measures training of the book's network with Adam on
// batches of 100, by the number of shards.
func BenchmarkTrainerStep(b *testing.B) {
	for _, shards := range []int{1, 2} {
		b.Run(fmt.Sprintf("SimpleConvNet/shards=%d", shards), func(b *testing.B) {
			const batch = 100
			trainer := NewTrainer(newTestModel(b, SimpleConvNet(), 1), TrainConfig{Shards: shards, Batch: batch})
			defer trainer.Close()
			x := normals(newRandom(1), batch*784)
			labels := make([]uint8, batch)
			for i := range labels {
				labels[i] = uint8(i % 10)
			}
			for b.Loop() {
				trainer.Step(x, labels, 0.001)
			}
			b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
