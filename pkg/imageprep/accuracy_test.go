package imageprep_test

import (
	"bytes"
	"fmt"
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

// A digit that a program has cut out along its ink has no paper along the edge
// to tell the ink by, and its strokes there are no shadows.
func TestAccuracyCutOutAlongTheInk(t *testing.T) {
	for _, side := range []int{64, 100, 200} {
		for _, margin := range []int{0, side / 50, side / 20} {
			checkReadable(t, fmt.Sprintf("%d pixels, a margin of %d", side, margin),
				func(digit *image.Gray) *image.Gray { return cutOut(digit, side, margin) })
		}
	}
}

// A large digit in a corner, or at one side, is as readable as in the middle.
func TestAccuracyAtTheEdge(t *testing.T) {
	const side = 200
	for _, place := range [][2]int{{0, 1}, {2, 1}, {1, 0}, {1, 2}, {0, 0}, {2, 2}} { // halves of the room, across and down
		checkReadable(t, fmt.Sprintf("at %v", place), func(digit *image.Gray) *image.Gray {
			large := cutOut(digit, side*8/10, 0)
			return paste(large, side, side, place[0]*(side-large.Rect.Dx())/2, place[1]*(side-large.Rect.Dy())/2)
		})
	}
}

// checkReadable wants at most 2% of the test digits misread when a picture is made
// of each, light on dark, and that in several tones.
func checkReadable(t *testing.T, name string, picture func(digit *image.Gray) *image.Gray) {
	t.Helper()
	test, read := mnistTest(t), reader(t)
	sample := 300
	if testing.Short() {
		sample = 50
	}
	tensor := make([]float32, imageprep.Pixels)
	for _, tones := range [][2]float64{{0, 255}, {255, 0}, {220, 60}, {70, 200}} {
		missed := 0
		for i := range sample {
			i := i * test.Len() / sample
			err := throughPNG(recolor(picture(grayOf(test.Image(i))), tones[0], tones[1]), tensor)
			if err != nil || read(tensor) != test.Labels[i] {
				missed++
			}
		}
		if missed > 1+sample/50 {
			t.Errorf("%s, ink %v on %v: %d of %d are misread", name, tones[1], tones[0], missed, sample)
		}
	}
}

// cutOut enlarges the box around the ink to a side, with a margin around it.
func cutOut(g *image.Gray, side, margin int) *image.Gray {
	var ink image.Rectangle
	for i, v := range g.Pix {
		if v > 0 {
			x, y := i%g.Stride, i/g.Stride
			ink = ink.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	longer := max(ink.Dx(), ink.Dy())
	out := image.NewGray(image.Rect(0, 0, side*ink.Dx()/longer, side*ink.Dy()/longer).Inset(-margin))
	draw.CatmullRom.Scale(out, out.Rect.Inset(margin), g, ink, draw.Src, nil)
	out.Rect = out.Rect.Add(image.Pt(margin, margin))
	return out
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

// tensorOfPNG takes a picture with ink through a PNG.
func tensorOfPNG(t *testing.T, picture image.Image, tensor []float32) {
	t.Helper()
	if err := throughPNG(picture, tensor); err != nil {
		t.Fatal(err)
	}
}

// throughPNG takes a picture through a PNG, not compressed, to save time.
func throughPNG(picture image.Image, tensor []float32) error {
	var file bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&file, picture); err != nil {
		return err
	}
	img, info, err := imageprep.Decode(file.Bytes(), imageprep.Options{})
	if err != nil {
		return err
	}
	return imageprep.Tensor(tensor, img, &info, imageprep.Options{})
}
