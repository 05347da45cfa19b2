package imageprep_test

import (
	"errors"
	"image"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	xdraw "golang.org/x/image/draw"

	"digits/pkg/imageprep"
)

// checkTensor fails unless Tensor gives a tensor or one of this package's
// errors.
func checkTensor(t *testing.T, img image.Image, info imageprep.Info, opts imageprep.Options) {
	t.Helper()
	tensor := make([]float32, imageprep.Pixels)
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

// sparePerFile is what a decoder may take beside what the pixels need, in bytes.
const sparePerFile = 1 << 20

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
	for orientation := range byte(9) {
		f.Add(slices.Concat([]byte("\xff\xd8\xff\xe1\x00\x22Exif\x00\x00"), patched([]byte(turned), 19, orientation), testdata(f, "progressive.jpg")[2:]))
	}
	opts := imageprep.Options{MaxPixels: 1 << 16}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		file, err := imageprep.Open(data, opts)
		var img image.Image
		info := file.Info
		if err == nil {
			img, info, err = file.Decode(t.Context())
		}
		runtime.ReadMemStats(&after)
		if took := int64(after.TotalAlloc - before.TotalAlloc); took > file.Memory+sparePerFile {
			t.Errorf("it took %d bytes and was said to take %d; %v", took, file.Memory, err)
		}
		if err != nil {
			if !slices.ContainsFunc(sentinels, func(s error) bool { return errors.Is(err, s) }) {
				t.Errorf("an error of no known kind: %v", err)
			}
			return
		}
		if info.Format == "" || info.Width*info.Height > opts.MaxPixels || img.Bounds().Dx() > info.Width || img.Bounds().Dy() > info.Height {
			t.Errorf("%+v for an image of %v", info, img.Bounds())
		}
		checkTensor(t, img, info, opts)
	})
}

// Any small picture gives a tensor or one of this package's errors, however it
// lies, whatever steps are left out and whoever looks on.
func FuzzTensor(f *testing.F) {
	add := func(width, kind, polarity, orientation int, pix []byte) {
		f.Add(uint16(width), uint8(kind), uint8(polarity), uint8(orientation), uint16(0), pix)
		f.Add(uint16(width), uint8(kind), uint8(polarity), uint8(orientation), uint16(1<<15|0x155), pix)
	}
	add(28, 0, 0, 1, seven().Pix)
	add(28, 1, 0, 2, negative(seven()).Pix)
	add(14, 3, 1, 3, seven().Pix)
	add(3, 2, 2, 4, []byte("\x00\x00\x00\x00\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	add(7, 5, 2, 5, seven().Pix)
	add(28, 7, 0, 7, negative(seven()).Pix)
	add(14, 8, 0, 8, seven().Pix)
	small := func(g *image.Gray) []byte { return scale(g, 100, xdraw.ApproxBiLinear).Pix } // of those with more steps
	add(100, 0, 0, 6, small(photo(func(x, y int) float64 { return 230 - when(x+y/2 > 200, 100) })))
	add(100, 0, 0, 0, small(under(photo(white), func(x, y int) float64 { return when((y+x/20)%40 < 4, 0.8) })))
	add(100, 0, 1, 0, small(under(photo(white), func(x, y int) float64 { return when((x-300)*(x-300)+(y-200)*(y-200) < 1600, 0.6) })))
	add(300, 0, 0, 6, scale(photo(white), 300, xdraw.ApproxBiLinear).Pix)
	f.Fuzz(func(t *testing.T, width uint16, kind, polarity, orientation uint8, choices uint16, pix []byte) {
		opts := imageprep.Options{Polarity: imageprep.Polarity(polarity % 3)}
		for i, step := range optionalSteps {
			if choices>>i&1 == 1 {
				opts.Skip = append(opts.Skip, step)
			}
		}
		if choices>>15 == 1 {
			opts.Observe = func(step string, picture *image.Gray) {
				if size := picture.Rect.Size(); size.X < 1 || size.Y < 1 || size.X > 160 || size.Y > 160 {
					t.Errorf("after %s, a picture of %v", step, size)
				}
			}
		}
		checkTensor(t, imageOf(kind, 1+int(width-1)%512, pix), imageprep.Info{Orientation: int(orientation)}, opts)
	})
}

// optionalSteps can be left out.
var optionalSteps = slices.DeleteFunc(imageprep.Steps(), func(step string) bool {
	return slices.Contains([]string{"gray", "invert", "stretch", "enlarge", "crop", "resize"}, step)
})

// imageOf makes an image of one of the usual types, that wide and as high as
// there are pixels for.
func imageOf(kind uint8, width int, pix []byte) image.Image {
	sized := func(bytes int) (image.Rectangle, int) {
		return image.Rect(0, 0, width, len(pix)/(width*bytes)).Add(image.Pt(-3, 5)), width * bytes
	}
	switch kind % 9 {
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
	case 7:
		height := len(pix) / (2 * width)
		r := image.Rect(0, 0, width, height)
		chroma := pix[width*height:]
		return &image.YCbCr{Y: pix[:width*height], Cb: chroma, Cr: chroma, YStride: width, CStride: (width + 1) / 2, SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: r}
	case 8:
		r, stride := sized(8)
		return &image.NRGBA64{Pix: pix, Stride: stride, Rect: r}
	default:
		r, stride := sized(4)
		return &image.CMYK{Pix: pix, Stride: stride, Rect: r}
	}
}
