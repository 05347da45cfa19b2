package imageprep_test

import (
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/image/draw"

	"digits/pkg/imageprep"
)

func tensorOf(t testing.TB, img image.Image, opts imageprep.Options) ([]float32, imageprep.Info) {
	t.Helper()
	tensor := make([]float32, imageprep.Pixels)
	var info imageprep.Info
	if err := imageprep.Tensor(tensor, img, &info, opts); err != nil {
		t.Fatal(err)
	}
	return tensor, info
}

// enlarged repeats every pixel.
func enlarged(g *image.Gray, factor int) *image.Gray {
	return scale(g, factor*g.Rect.Dx(), draw.NearestNeighbor)
}

func TestPlaceSizeAndPolarityDoNotMatter(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		factor := 1 + random.IntN(6)
		g := enlarged(seven(), factor)
		width, height := g.Rect.Dx()+random.IntN(300), g.Rect.Dy()+random.IntN(300)
		x, y := random.IntN(width-g.Rect.Dx()+1), random.IntN(height-g.Rect.Dy()+1)
		g = paste(g, width, height, x, y)
		if random.IntN(2) == 0 {
			g = negative(g)
		}
		tensor, info := tensorOf(t, g, imageprep.Options{})
		if difference := meanDifference(tensor, seven()); difference != 0 {
			t.Fatalf("%d times as large, at (%d, %d) of %dx%d: the mean difference is %v; steps %v", factor, x, y, width, height, difference, info.Steps)
		}
	}
}

// scribble is a picture of some thick light lines with soft edges.
func scribble(random *rand.Rand) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 12+random.IntN(8), 12+random.IntN(8)))
	x, y := g.Rect.Dx()/2, g.Rect.Dy()/2
	for range 40 {
		g.SetGray(x, y, color.Gray{uint8(128 + random.IntN(128))})
		x = max(1, min(g.Rect.Dx()-2, x+random.IntN(3)-1))
		y = max(1, min(g.Rect.Dy()-2, y+random.IntN(3)-1))
	}
	out := image.NewGray(image.Rect(0, 0, 5*g.Rect.Dx(), 5*g.Rect.Dy()))
	draw.BiLinear.Scale(out, out.Rect, g, g.Rect, draw.Src, nil)
	return out
}

func TestNegativesGiveTheSame(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for i := range 200 {
		g := scribble(random)
		light, _ := tensorOf(t, g, imageprep.Options{})
		dark, _ := tensorOf(t, negative(g), imageprep.Options{})
		if !slices.Equal(light, dark) {
			t.Fatalf("scribble %d and its negative differ", i)
		}
	}
}

// What came out as a tensor is framed like MNIST and comes out again.
func TestPreparedPicturesStayAsTheyAre(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for i := range 200 {
		first, _ := tensorOf(t, scribble(random), imageprep.Options{})
		g := image.NewGray(image.Rect(0, 0, imageprep.Side, imageprep.Side))
		for j, v := range first {
			g.Pix[j] = uint8(v*255 + 0.5)
		}
		second, info := tensorOf(t, g, imageprep.Options{})
		if !slices.Equal(first, second) && !slices.Contains(info.Steps, "stretch") {
			t.Fatalf("scribble %d was changed by %v", i, info.Steps)
		}
	}
}

func TestPartOfALargerPicture(t *testing.T) {
	whole := paste(seven(), 90, 80, 40, 30)
	part := image.Rect(35, 25, 75, 65)
	for name, img := range map[string]draw.Image{"gray": image.NewGray(whole.Rect), "rgba": image.NewRGBA(whole.Rect), "nrgba64": image.NewNRGBA64(whole.Rect),
		"cmyk": image.NewCMYK(whole.Rect), "paletted": image.NewPaletted(whole.Rect, palette(256)(seven()).(*image.Paletted).Palette)} {
		draw.Draw(img, whole.Rect, whole, image.Point{}, draw.Src)
		img.Set(0, 0, color.White) // outside of the part
		tensor, _ := tensorOf(t, img.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(part), imageprep.Options{})
		if difference := meanDifference(tensor, seven()); difference != 0 {
			t.Errorf("%s: the mean difference is %v", name, difference)
		}
	}
}

func TestImageTypesThatAreNotKnown(t *testing.T) {
	tensor, _ := tensorOf(t, struct{ image.Image }{negative(seven())}, imageprep.Options{})
	if difference := meanDifference(tensor, seven()); difference != 0 {
		t.Errorf("opaque: the mean difference is %v", difference)
	}
	tensor, _ = tensorOf(t, struct{ image.Image }{inkInAlpha(color.NRGBA{A: 255})(seven())}, imageprep.Options{})
	if difference := meanDifference(tensor, seven()); difference != 0 {
		t.Errorf("transparent: the mean difference is %v", difference)
	}
}

func TestColoursLieOnWhitePaper(t *testing.T) {
	m := image.NewNRGBA(seven().Rect) // drawn with two pens
	for i, v := range seven().Pix {
		c := color.NRGBA{0, 0, 0, v}
		if i > imageprep.Pixels/2 {
			c = color.NRGBA{120, 0, 0, v}
		}
		m.SetNRGBA(i%28, i/28, c)
	}
	tensor, info := tensorOf(t, m, imageprep.Options{})
	if difference := meanDifference(tensor, seven()); difference > 0.02 {
		t.Errorf("the mean difference is %v", difference)
	}
	if !slices.Contains(info.Steps, "alpha") || !slices.Contains(info.Steps, "invert") {
		t.Errorf("steps %v; want alpha and invert", info.Steps)
	}
}

func TestPolarity(t *testing.T) {
	cropped := enlarged(seven(), 3).SubImage(image.Rect(21, 21, 66, 81)).(*image.Gray) // no paper above or below
	reference, _ := tensorOf(t, seven(), imageprep.Options{})
	for name, img := range map[string]image.Image{"light": cropped, "dark": negative(paste(cropped, 45, 60, 0, 0))} {
		tensor, info := tensorOf(t, img, imageprep.Options{})
		if difference := meanDifference(tensor, seven()); difference > 0.05 {
			t.Errorf("tight crop, %s ink: the mean difference is %v", name, difference)
		}
		if !slices.Contains(info.Flags, "clipped") {
			t.Errorf("tight crop, %s ink: flags %v; want clipped", name, info.Flags)
		}
	}

	// A dark frame covers the border.
	framed := image.NewGray(image.Rect(0, 0, 60, 60))
	draw.Draw(framed, image.Rect(1, 1, 59, 59), image.White, image.Point{}, draw.Src)
	draw.Draw(framed, image.Rect(10, 10, 38, 38), negative(seven()), image.Point{}, draw.Src)
	_, found := tensorOf(t, framed, imageprep.Options{})
	_, forced := tensorOf(t, framed, imageprep.Options{Polarity: imageprep.PolarityDarkInk})
	if !slices.Contains(found.Steps, "invert") || !slices.Contains(forced.Steps, "invert") {
		t.Errorf("steps %v by the border, %v by force", found.Steps, forced.Steps)
	}
	for _, polarity := range []imageprep.Polarity{imageprep.PolarityAuto, imageprep.PolarityLightInk} {
		if tensor, _ := tensorOf(t, seven(), imageprep.Options{Polarity: polarity}); !slices.Equal(tensor, reference) {
			t.Errorf("polarity %d changes a picture that has it", polarity)
		}
	}
}

// twoSmall is two sevens of 16 pixels' height.
func twoSmall() *image.Gray {
	small := scale(seven(), 22, draw.CatmullRom)
	g := paste(small, 36, 24, -2, 1)
	draw.Draw(g, image.Rect(17, 0, 36, 24), small, image.Pt(2, -1), draw.Src)
	return g
}

func TestFlags(t *testing.T) {
	tests := []struct {
		name  string
		img   image.Image
		flags []string
	}{
		{"an ordinary digit", seven(), nil},
		{"faint", recolor(seven(), 200, 160), []string{"low_contrast"}},
		{"at the edge", paste(seven(), 40, 40, -7, 0), []string{"clipped", "off_centre"}},
		{"tiny", paste(scale(seven(), 10, draw.CatmullRom), 50, 50, 20, 20), []string{"tiny"}},
		{"two in few pixels", twoSmall(), []string{"several_parts", imageprep.SeveralDigits}},
		{"all of it", recolor(paste(scale(seven(), 10, draw.CatmullRom), 50, 50, -2, 20), 150, 100), []string{"low_contrast", "clipped", "off_centre", "tiny"}},
	}
	for _, tt := range tests {
		if _, info := tensorOf(t, tt.img, imageprep.Options{}); !slices.Equal(info.Flags, tt.flags) {
			t.Errorf("%s: flags %v; want %v", tt.name, info.Flags, tt.flags)
		}
	}
}

func TestSmallDigitsAreEnlargedSmoothly(t *testing.T) {
	small := paste(scale(seven(), 14, draw.CatmullRom), 40, 40, 5, 9)
	tensor, info := tensorOf(t, small, imageprep.Options{})
	if difference := meanDifference(tensor, seven()); difference > 0.08 {
		t.Errorf("the mean difference is %v", difference)
	}
	if !slices.Contains(info.Steps, "enlarge") {
		t.Errorf("steps %v; want enlarge", info.Steps)
	}
}

// A pen of one pixel on a large canvas would be nearly nothing at 28x28.
func TestThinLinesAreFullInk(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 600, 700))
	draw.Draw(g, image.Rect(200, 100, 400, 101), image.White, image.Point{}, draw.Src)
	for y := range 400 {
		g.SetGray(400-y/4, 100+y, color.Gray{255})
	}
	tensor, info := tensorOf(t, g, imageprep.Options{})
	bright := 0
	for _, v := range tensor {
		if v > 0.75 {
			bright++
		}
	}
	if bright < 15 || !slices.Contains(info.Steps, "brighten") {
		t.Errorf("%d pixels are bright; steps %v", bright, info.Steps)
	}
}

func TestTensorAppends(t *testing.T) {
	info := imageprep.Info{Steps: []string{"orient"}, Flags: []string{"rotated"}}
	if err := imageprep.Tensor(make([]float32, imageprep.Pixels), recolor(seven(), 200, 160), &info, imageprep.Options{}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(info.Steps, []string{"orient", "invert", "stretch"}) || !slices.Equal(info.Flags, []string{"rotated", "low_contrast"}) {
		t.Errorf("steps %v, flags %v", info.Steps, info.Flags)
	}
}
