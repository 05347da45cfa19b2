package weights

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"digits/internal/cputime"
	"digits/internal/mnist"
	"digits/pkg/cnn"
)

// networks are the files here: the embedded one, and the book's network.
var networks = []string{"digits", "simple"}

func load(b *testing.B, name string) *cnn.Model {
	b.Helper()
	m, err := cnn.LoadFile(name + ".safetensors")
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// BenchmarkLogits measures inference by batch size, on the digits of the test
// set; because zeros may cost nothing, on noise that has none; and on noise too
// small to be normalised.
func BenchmarkLogits(b *testing.B) {
	_, test, err := mnist.Load(b.Context(), mnist.Options{})
	if err != nil {
		b.Fatal(err)
	}
	digits := make([]float32, len(test.Images))
	test.Floats(digits, true)
	noise, denormal := make([]float32, 1024*784), make([]float32, 1024*784)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range noise {
		noise[i] = random.Float32() + 0.001
		denormal[i] = noise[i] * 1e-39
	}
	for _, network := range networks {
		m := load(b, network)
		for _, kind := range []struct {
			name   string
			images []float32
		}{{"digits", digits}, {"noise", noise}, {"denormal", denormal}} {
			for _, batch := range []int{1, 8, 16, 64, 256} {
				b.Run(fmt.Sprintf("%s/%s/batch=%d", network, kind.name, batch), func(b *testing.B) {
					measureLogits(b, m, kind.images, batch)
				})
			}
		}
	}
}

func measureLogits(b *testing.B, m *cnn.Model, images []float32, batch int) {
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
}

// BenchmarkTrainerStep measures training of the book's network with Adam on
// batches of 100 training images, by the number of shards. Training of the
// other is measured in cmd/train, where its batch normalisation is.
func BenchmarkTrainerStep(b *testing.B) {
	m := load(b, "simple")
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
