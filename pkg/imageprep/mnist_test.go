package imageprep_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/draw"

	"digits/internal/cputime"
	"digits/internal/mnist"
	"digits/pkg/imageprep"
)

func mnistTest(t *testing.T) mnist.Set {
	t.Helper()
	_, test, err := mnist.Load(t.Context(), mnist.Options{})
	if err != nil {
		t.Fatalf("the real MNIST is needed: %v", err)
	}
	return test
}

// MNIST's own pictures are what the network was trained on, so they must come
// out as they are.
func TestMNISTPassesThroughUnchanged(t *testing.T) {
	test := mnistTest(t)
	got := make([]float32, imageprep.Pixels)
	want := make([]float32, imageprep.Pixels)
	step := 1
	if testing.Short() {
		step = 20
	}
	for i := 0; i < test.Len(); i += step {
		mnist.Set{Images: test.Image(i)}.Floats(want, true)
		light := grayOf(test.Image(i))
		for name, img := range map[string]image.Image{"light ink": light, "dark ink": negative(light)} {
			if err := imageprep.Tensor(got, img, nil, imageprep.Options{}); err != nil {
				t.Fatalf("image %d, %s: %v", i, name, err)
			}
			for j := range want {
				if got[j] != want[j] {
					t.Fatalf("image %d, %s: pixel %d is %v; want %v", i, name, j, got[j], want[j])
				}
			}
		}
	}
}

// A digit that somebody enlarged, moved, inverted or put on another paper must
// come out nearly as it was in MNIST. The bounds are the mean absolute
// difference of a pixel, of 1, over a sample of the test set.
func TestMNISTComesBackFromOtherPictures(t *testing.T) {
	test := mnistTest(t)
	sample := 200
	if testing.Short() {
		sample = 25
	}
	tests := []struct {
		name    string
		changes []change
		bound   float64
	}{
		{"on off-white", []change{paper(240, 0)}, 0.002},
		{"pencil on grey", []change{paper(180, 60)}, 0.002},
		{"chalk", []change{paper(40, 200)}, 0.002},
		{"56, nearest", []change{scaled(56, draw.NearestNeighbor)}, 0},
		{"84, nearest", []change{scaled(84, draw.NearestNeighbor), paper(255, 0)}, 0},
		{"140, nearest", []change{scaled(140, draw.NearestNeighbor)}, 0},
		{"300, nearest", []change{scaled(300, draw.NearestNeighbor)}, 0.003},
		{"56, bilinear", []change{scaled(56, draw.BiLinear), paper(255, 0)}, 0.025},
		{"280, bilinear", []change{scaled(280, draw.BiLinear)}, 0.025},
		{"84, Catmull-Rom", []change{scaled(84, draw.CatmullRom), paper(255, 0)}, 0.015},
		{"300, Catmull-Rom", []change{scaled(300, draw.CatmullRom)}, 0.015},
		{"in 64", []change{moved(64)}, 0.001},
		{"in 200, dark ink", []change{moved(200), paper(255, 0)}, 0.001},
		{"in 200, off-white", []change{moved(200), paper(240, 10)}, 0.002},
		{"56 nearest in 200", []change{scaled(56, draw.NearestNeighbor), moved(200)}, 0.001},
		{"140 bilinear in 300", []change{scaled(140, draw.BiLinear), moved(300), paper(255, 0)}, 0.04},
		{"140 Catmull-Rom in 300", []change{scaled(140, draw.CatmullRom), moved(300), paper(255, 0)}, 0.035},
		{"14 Catmull-Rom in 64", []change{scaled(14, draw.CatmullRom), moved(64)}, 0.07},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			got := make([]float32, imageprep.Pixels)
			var difference float64
			for i := range sample {
				original := grayOf(test.Image(i * test.Len() / sample))
				changed := changed(original, random, tt.changes)
				if err := imageprep.Tensor(got, changed, nil, imageprep.Options{}); err != nil {
					t.Fatalf("image %d: %v", i, err)
				}
				difference += meanDifference(got, original)
			}
			if difference /= float64(sample); difference > tt.bound {
				t.Errorf("the mean difference is %.5f; want at most %v", difference, tt.bound)
			}
		})
	}
}

// A change is what somebody does to a digit of MNIST: light ink on black, 28x28.
type change func(g *image.Gray, random *rand.Rand) *image.Gray

func changed(g *image.Gray, random *rand.Rand, changes []change) *image.Gray {
	for _, change := range changes {
		g = change(g, random)
	}
	return g
}

func scaled(side int, filter draw.Scaler) change {
	return func(g *image.Gray, _ *rand.Rand) *image.Gray { return scale(g, side, filter) }
}

// moved puts the digit somewhere on a black canvas.
func moved(side int) change {
	return func(g *image.Gray, random *rand.Rand) *image.Gray {
		room := side - g.Rect.Dx()
		return paste(g, side+10, side, random.IntN(room+1), random.IntN(room+1))
	}
}

func paper(paper, ink float64) change {
	return func(g *image.Gray, _ *rand.Rand) *image.Gray { return recolor(g, paper, ink) }
}

func grayOf(pixels []byte) *image.Gray {
	return &image.Gray{Pix: pixels, Stride: imageprep.Side, Rect: image.Rect(0, 0, imageprep.Side, imageprep.Side)}
}

func negative(g *image.Gray) *image.Gray { return recolor(g, 255, 0) }

// recolor puts light ink on another paper, with another ink.
func recolor(g *image.Gray, paper, ink float64) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = uint8(math.Round(paper + (ink-paper)*float64(v)/255))
	}
	return out
}

func scale(g *image.Gray, side int, filter draw.Scaler) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, side, side))
	filter.Scale(out, out.Rect, g, g.Rect, draw.Src, nil)
	return out
}

func paste(g *image.Gray, width, height, x, y int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, width, height))
	draw.Copy(out, image.Pt(x, y), g, g.Rect, draw.Src, nil)
	return out
}

func meanDifference(tensor []float32, want *image.Gray) float64 {
	var sum float64
	for i, v := range want.Pix {
		sum += math.Abs(float64(tensor[i] - float32(v)/255))
	}
	return sum / imageprep.Pixels
}

// The digit of the tests that need no MNIST: a seven of 28x28, framed like
// MNIST's, with a soft edge.
func seven() *image.Gray {
	g := image.NewGray(image.Rect(0, 0, imageprep.Side, imageprep.Side))
	stroke := func(x, y int, v byte) { g.Pix[y*g.Stride+x] = max(v, g.Pix[y*g.Stride+x]) }
	for x := 7; x < 21; x++ {
		for y := 7; y < 10; y++ {
			stroke(x, y, 255)
		}
		stroke(x, 10, 102)
	}
	for y := 10; y < 27; y++ {
		x := 18 - (y-10)/2
		stroke(x-1, y, 102)
		for i := range 3 {
			stroke(x+i, y, 255)
		}
		stroke(x+3, y, 68)
	}
	return g
}

func encodePNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func BenchmarkTensor28(b *testing.B) {
	data := encodePNG(b, seven())
	img, _, err := imageprep.Decode(data, imageprep.Options{})
	if err != nil {
		b.Fatal(err)
	}
	tensor := make([]float32, imageprep.Pixels)
	b.ReportAllocs()
	clock := cputime.Start()
	for b.Loop() {
		var info imageprep.Info
		if err := imageprep.Tensor(tensor, img, &info, imageprep.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	clock.Report(b, 1, "")
}

func BenchmarkDecode28(b *testing.B) {
	data := encodePNG(b, seven())
	b.ReportAllocs()
	clock := cputime.Start()
	for b.Loop() {
		if _, _, err := imageprep.Decode(data, imageprep.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	clock.Report(b, 1, "")
}

// A photograph of 12 megapixels, as its decoder gives it.
func BenchmarkTensor12MP(b *testing.B) {
	photo := image.NewYCbCr(image.Rect(0, 0, 4000, 3000), image.YCbCrSubsampleRatio420)
	draw.CatmullRom.Scale(&image.Gray{Pix: photo.Y, Stride: photo.YStride, Rect: photo.Rect}, image.Rect(900, 300, 3100, 2500), seven(), seven().Rect, draw.Src, nil)
	tensor := make([]float32, imageprep.Pixels)
	b.ReportAllocs()
	clock := cputime.Start()
	for b.Loop() {
		if err := imageprep.Tensor(tensor, photo, nil, imageprep.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	clock.Report(b, 1, "")
}

// A comb has as many runs of ink as there can be.
func BenchmarkTensorComb(b *testing.B) {
	const side = 800
	comb := image.NewGray(image.Rect(0, 0, side, side))
	for y := side / 10; y < side*9/10; y++ {
		for x := side / 10; x < side*9/10; x++ {
			if x%2 == 0 || y > side*8/10 {
				comb.SetGray(x, y, color.Gray{255})
			}
		}
	}
	tensor := make([]float32, imageprep.Pixels)
	clock := cputime.Start()
	for b.Loop() {
		if err := imageprep.Tensor(tensor, comb, nil, imageprep.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	clock.Report(b, 1, "")
}

func Example() {
	var file bytes.Buffer // what somebody sent: a dark seven on a larger white picture
	png.Encode(&file, negative(paste(seven(), 200, 100, 120, 40)))

	tensor := make([]float32, imageprep.Pixels)
	img, info, err := imageprep.Decode(file.Bytes(), imageprep.Options{})
	if err == nil {
		err = imageprep.Tensor(tensor, img, &info, imageprep.Options{})
	}
	fmt.Println(info.Format, info.Width, info.Height, info.Steps, err)
	// Output: png 200 100 [invert crop center] <nil>
}
