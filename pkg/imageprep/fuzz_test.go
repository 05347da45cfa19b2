package imageprep_test

import (
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"
	"testing"

	xdraw "golang.org/x/image/draw"

	"digits/pkg/imageprep"
)

// checkTensor fails unless Tensor gives a tensor or one of this package's
// errors.
func checkTensor(t *testing.T, img image.Image, opts imageprep.Options) {
	t.Helper()
	tensor := make([]float32, imageprep.Pixels)
	var info imageprep.Info
	if err := imageprep.Tensor(tensor, img, &info, opts); err != nil {
		if !errors.Is(err, imageprep.ErrNoInk) && !errors.Is(err, imageprep.ErrTooSmall) {
			t.Errorf("an error of no known kind: %v", err)
		}
		return
	}
	for i, v := range tensor {
		if !(v >= 0 && v <= 1) {
			t.Fatalf("pixel %d is %v; steps %v", i, v, info.Steps)
		}
	}
	if slices.Max(tensor) == 0 {
		t.Errorf("no ink is left; steps %v", info.Steps)
	}
}

// Any bytes give a picture within the limit or one of this package's errors.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(encodeBMP(f, seven()))
	f.Add(encodeBMP(f, palette(16)(seven())))
	f.Add(encodeTIFF(f, seven()))
	f.Add(stripedTIFF(10))
	opts := imageprep.Options{MaxPixels: 1 << 16}
	f.Fuzz(func(t *testing.T, data []byte) {
		img, info, err := imageprep.Decode(data, opts)
		if err != nil {
			if !slices.ContainsFunc(sentinels, func(s error) bool { return errors.Is(err, s) }) {
				t.Errorf("an error of no known kind: %v", err)
			}
			return
		}
		if info.Format == "" || info.Width*info.Height > opts.MaxPixels || img.Bounds().Dx() > info.Width || img.Bounds().Dy() > info.Height {
			t.Errorf("%+v for an image of %v", info, img.Bounds())
		}
		checkTensor(t, img, opts)
	})
}

// Any small picture gives a tensor or one of this package's errors.
func FuzzTensor(f *testing.F) {
	f.Add(uint8(28), uint8(0), uint8(0), seven().Pix)
	f.Add(uint8(28), uint8(1), uint8(0), negative(seven()).Pix)
	f.Add(uint8(14), uint8(3), uint8(1), seven().Pix)
	f.Add(uint8(3), uint8(2), uint8(2), []byte("\x00\x00\x00\x00\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add(uint8(7), uint8(5), uint8(2), seven().Pix)
	small := func(g *image.Gray) []byte { return scale(g, 100, xdraw.ApproxBiLinear).Pix } // of those with more steps
	f.Add(uint8(100), uint8(0), uint8(0), small(photo(func(x, y int) float64 { return 230 - when(x+y/2 > 200, 100) })))
	f.Add(uint8(100), uint8(0), uint8(0), small(under(photo(white), func(x, y int) float64 { return when((y+x/20)%40 < 4, 0.8) })))
	f.Add(uint8(100), uint8(0), uint8(1), small(under(photo(white), func(x, y int) float64 { return when((x-300)*(x-300)+(y-200)*(y-200) < 1600, 0.6) })))
	f.Fuzz(func(t *testing.T, width, kind, polarity uint8, pix []byte) {
		w := max(1, int(width))
		checkTensor(t, imageOf(kind, w, pix), imageprep.Options{Polarity: imageprep.Polarity(polarity % 3)})
	})
}

// imageOf makes an image of one of the usual types, that wide and as high as
// there are pixels for.
func imageOf(kind uint8, width int, pix []byte) image.Image {
	sized := func(bytes int) (image.Rectangle, int) {
		return image.Rect(0, 0, width, len(pix)/(width*bytes)).Add(image.Pt(-3, 5)), width * bytes
	}
	switch kind % 7 {
	case 0:
		r, stride := sized(1)
		return &image.Gray{Pix: pix, Stride: stride, Rect: r}
	case 1:
		r, stride := sized(1)
		return &image.Paletted{Pix: pix, Stride: stride, Rect: r, Palette: palette(16)(seven()).(*image.Paletted).Palette}
	case 2:
		r, stride := sized(2)
		return &image.Gray16{Pix: pix, Stride: stride, Rect: r}
	case 3:
		r, stride := sized(4)
		return &image.NRGBA{Pix: pix, Stride: stride, Rect: r}
	case 4:
		r, stride := sized(4)
		return &image.RGBA{Pix: pix, Stride: stride, Rect: r}
	case 5:
		r, stride := sized(8)
		return &image.RGBA64{Pix: pix, Stride: stride, Rect: r}
	default:
		r, stride := sized(4)
		return &image.CMYK{Pix: pix, Stride: stride, Rect: r}
	}
}
