package photos

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"strconv"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

type (
	render  = func(digit []byte, random *rand.Rand) ([]byte, error)
	encoder = func(w io.Writer, img image.Image) error
)

// Encodings returns the kinds of files that a digit comes in: what programs
// export that draw, a clear photograph in every format, and digits that are cut
// out along their ink. WebP is missing: no encoder is worth a dependency.
func Encodings() []Condition {
	black, white := color.NRGBA{A: 255}, color.NRGBA{255, 255, 255, 255}
	list := []Condition{
		{"canvas, black ink", canvas(black, color.NRGBA{})},
		{"canvas, white ink", canvas(white, color.NRGBA{})},
		{"canvas, colour", colouredCanvas},
		{"canvas, on white", canvas(black, white)},
		{"canvas, on black", canvas(white, black)},
		{"PNG", photo(png.Encode)},
		{"PNG, 16-bit grey", deep(func(f *frame) image.Image { return f.grey16() })},
		{"PNG, 16-bit RGBA", deep(func(f *frame) image.Image { return f.rgba64() })},
		{"PNG, 8 colours", paletted(8, png.Encode)},
		{"PNG, 16 colours", paletted(16, png.Encode)},
		{"PNG, 256 colours", paletted(256, png.Encode)},
		{"PNG, 1 bit", bilevel},
		{"PNG, interlaced", photo(encodeInterlaced)},
		{"GIF, 16 colours", paletted(16, encodeGIF)},
		{"GIF, 256 colours", paletted(256, encodeGIF)},
		{"BMP", photo(bmp.Encode)},
		{"TIFF", photo(encodeTIFF(tiff.Uncompressed))},
		{"TIFF, deflated", photo(encodeTIFF(tiff.Deflate))},
		{"JPEG", photo(encodeOrdinaryJPEG)},
		{"JPEG, grey", photo(encodeGreyJPEG)},
		{"JPEG, progressive", photo(encodeProgressive)},
		{"JPEG, CMYK", photo(encodeCMYK)},
		{"20x20", tiny(20)},
		{"14x14", tiny(14)},
		{"3000 pixels", huge},
		{"cut out, drawn", cutDrawing},
		{"cut out, enlarged", cutEnlarged},
		{"cut out, photographed", cutPhotograph},
	}
	for orientation := 1; orientation <= 8; orientation++ {
		list = append(list, Condition{"EXIF orientation " + strconv.Itoa(orientation), oriented(orientation)})
	}
	return list
}

// plain returns an everyday photograph of moderate size.
func plain(digit []byte, random *rand.Rand) *frame {
	s := newScene(random)
	s.frame(logBetween(random, 200, 500))
	s.share = s.between(0.35, 0.8)
	return s.photograph(digit)
}

// encoded returns what an encoder writes.
func encoded(encode encoder, img image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := encode(&b, img)
	return b.Bytes(), err
}

// photo encodes a plain photograph.
func photo(encode encoder) render {
	return func(digit []byte, random *rand.Rand) ([]byte, error) {
		return encoded(encode, plain(digit, random).image())
	}
}

// deep encodes a plain photograph with 16 bits.
func deep(convert func(*frame) image.Image) render {
	return func(digit []byte, random *rand.Rand) ([]byte, error) {
		return encoded(png.Encode, convert(plain(digit, random)))
	}
}

// huge is a photograph of 3,000 pixels.
func huge(digit []byte, random *rand.Rand) ([]byte, error) {
	s := newScene(random)
	s.frame(3000)
	return encodeJPEG(s.photograph(digit).image(), s.quality)
}

// oriented is a photograph whose pixels are turned as a camera's sensor has
// them, with the orientation that brings them upright.
func oriented(orientation int) render {
	return func(digit []byte, random *rand.Rand) ([]byte, error) {
		data, err := encodeJPEG(turned(plain(digit, random).image(), orientation), 90)
		return withOrientation(data, orientation, random.IntN(2) == 0), err
	}
}

func encodeOrdinaryJPEG(w io.Writer, img image.Image) error {
	return jpeg.Encode(w, img, &jpeg.Options{Quality: 85})
}

func encodeGreyJPEG(w io.Writer, img image.Image) error {
	return jpeg.Encode(w, greyOf(img), &jpeg.Options{Quality: 85})
}

func encodeGIF(w io.Writer, img image.Image) error {
	return gif.Encode(w, img, nil) // keeps the palette of a paletted picture
}

func encodeTIFF(compression tiff.CompressionType) encoder {
	return func(w io.Writer, img image.Image) error {
		return tiff.Encode(w, img, &tiff.Options{Compression: compression})
	}
}

// greyOf returns the luminance of a picture.
func greyOf(img image.Image) *image.Gray {
	g := image.NewGray(img.Bounds())
	for y := g.Rect.Min.Y; y < g.Rect.Max.Y; y++ {
		for x := g.Rect.Min.X; x < g.Rect.Max.X; x++ {
			g.Set(x, y, img.At(x, y))
		}
	}
	return g
}
