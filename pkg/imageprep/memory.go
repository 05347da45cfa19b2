package imageprep

import (
	"image"
	"image/color"
)

// Here is what decoders allocate for each pixel, in bytes and rounded up. A test
// measures it.

// MaxMemory is how many bytes decoding one image and making its tensor may take,
// as counted here: 25 megapixels as an ordinary PNG or JPEG, 13 as TIFF.
const MaxMemory = 288 << 20

// preparation is what the tensor takes beside the decoded image: the grey
// picture and its reductions.
const preparation = 3

func always(perPixel int64) func([]byte, image.Config) int64 {
	return func([]byte, image.Config) int64 { return perPixel }
}

// memoryOfPNG counts every picture that has no palette as one with
// transparency, which is declared further on.
func memoryOfPNG(data []byte, config image.Config) int64 {
	perPixel := int64(4)
	if _, ok := config.ColorModel.(color.Palette); ok {
		perPixel = 1
	} else if deep(config) {
		perPixel = 8
	}
	const interlace = 28 // where the header has it
	if len(data) > interlace && data[interlace] == 1 {
		perPixel *= 2 // its passes are pictures too
	}
	return perPixel
}

// memoryOfJPEG counts the coefficients of a progressive JPEG, of four bytes,
// as if no component were smaller than the others.
func memoryOfJPEG(data []byte, config image.Config) int64 {
	perPixel := int64(8) // CMYK
	switch config.ColorModel {
	case color.GrayModel:
		perPixel = 1
	case color.YCbCrModel:
		perPixel = 3
	case color.RGBAModel:
		perPixel = 7
	}
	for marker, content := range segments(data) {
		switch marker {
		case markerProgressive:
			_, _, components := frame(content)
			return perPixel + 4*int64(components)
		case markerScan: // of a frame of another kind
			return perPixel
		}
	}
	return perPixel
}

// memoryOfTIFF counts the strips and tiles too, which are collected while they
// are decompressed.
func memoryOfTIFF(_ []byte, config image.Config) int64 {
	if deep(config) {
		return 40
	}
	return 20
}

// deep reports whether the picture has 16 bits for each component.
func deep(config image.Config) bool {
	switch config.ColorModel {
	case color.Gray16Model, color.RGBA64Model, color.NRGBA64Model:
		return true
	}
	return false
}
