package imageprep_test

import (
	"image"
	"image/color"
	"image/draw"
	"runtime"
	"testing"

	xdraw "golang.org/x/image/draw"

	"digits/pkg/imageprep"
)

// The tensor of a picture of 12 megapixels allocates the grey plane, of a byte a
// pixel, only where the decoder has made none; and reductions of that of an
// eighth of a byte.
func TestTensorAllocatesAGreyPlaneAtMost(t *testing.T) {
	const width, height = 4000, 3000
	size := image.Rect(0, 0, width, height)
	digit := negative(scale(seven(), 1400, xdraw.CatmullRom))
	draws := func(img draw.Image) image.Image {
		draw.Draw(img, size, image.NewUniform(color.Gray{255}), image.Point{}, draw.Src)
		draw.Draw(img, image.Rect(1300, 800, 2700, 2200), digit, image.Point{}, draw.Src)
		return img
	}
	gray := draws(image.NewGray(size)).(*image.Gray)
	jpeg := image.NewYCbCr(size, image.YCbCrSubsampleRatio420)
	jpeg.Y = gray.Pix
	for name, tt := range map[string]struct {
		picture image.Image
		most    float64 // bytes a pixel
	}{
		"Gray":  {gray, 0.15},
		"YCbCr": {jpeg, 0.15},
		"NRGBA": {draws(image.NewNRGBA(size)), 1.15},
		"RGBA":  {draws(image.NewRGBA(size)), 1.15},
	} {
		tensor := make([]float32, imageprep.Pixels)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := imageprep.Tensor(tensor, tt.picture, nil, imageprep.Options{})
		runtime.ReadMemStats(&after)
		took := float64(after.TotalAlloc-before.TotalAlloc) / width / height
		if err != nil || took > tt.most {
			t.Errorf("%s: it allocates %.2f bytes a pixel; want at most %.2f; %v", name, took, tt.most, err)
		}
	}
}
