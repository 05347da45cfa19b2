package imageprep_test

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/draw"

	"digits/internal/mnist"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
	"digits/weights"
)

// Whatever is done to a digit on its way into a PNG, the default weights read
// it as well as the tensor that it came from: within 0.1 points. That is so
// from MNIST's own size on; a smaller digit has lost what no preparation can
// bring back.
func TestAccuracyThroughPNG(t *testing.T) {
	test := mnistTest(t)
	sample, allowed := 5000, 5
	if testing.Short() {
		sample, allowed = 100, 1
	}
	read := reader(t)
	right := func(tensorOf func(pixels []byte, tensor []float32)) (right int) {
		tensor := make([]float32, imageprep.Pixels)
		for i := range sample {
			i := i * test.Len() / sample
			tensorOf(test.Image(i), tensor)
			if read(tensor) == test.Labels[i] {
				right++
			}
		}
		return right
	}
	direct := right(func(pixels []byte, tensor []float32) { mnist.Set{Images: pixels}.Floats(tensor, true) })
	tests := map[string][]change{
		"dark ink":                       {paper(255, 0)},
		"on a grey page":                 {moved(200), paper(180, 40)},
		"a third larger":                 {scaled(37, draw.BiLinear)},
		"a little larger, on white":      {scaled(33, draw.BiLinear), moved(90), paper(255, 0)},
		"twice as large":                 {scaled(56, draw.BiLinear)},
		"three times, on off-white":      {scaled(84, draw.CatmullRom), paper(240, 10)},
		"five times, somewhere on white": {scaled(140, draw.BiLinear), moved(300), paper(255, 0)},
	}
	for name, changes := range tests {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			through := right(func(pixels []byte, tensor []float32) {
				tensorOfPNG(t, changed(grayOf(pixels), random, changes), tensor)
			})
			if through < direct-allowed {
				t.Errorf("%d of %d are right, and %d of the tensors", through, sample, direct)
			}
		})
	}
}

// reader returns the reading of a tensor by the default weights.
func reader(t *testing.T) func(tensor []float32) uint8 {
	t.Helper()
	model, err := cnn.Load(bytes.NewReader(weights.Default()))
	if err != nil {
		t.Fatal(err)
	}
	workspace := model.NewWorkspace(1)
	return func(tensor []float32) uint8 { return uint8(cnn.ArgMax(model.Logits(workspace, tensor)[:10])) }
}

// tensorOfPNG takes a picture through a PNG, not compressed, to save time.
func tensorOfPNG(t *testing.T, picture image.Image, tensor []float32) {
	t.Helper()
	var file bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&file, picture)
	if err != nil {
		t.Fatal(err)
	}
	img, info, err := imageprep.Decode(file.Bytes(), imageprep.Options{})
	if err == nil {
		err = imageprep.Tensor(tensor, img, &info, imageprep.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
}
