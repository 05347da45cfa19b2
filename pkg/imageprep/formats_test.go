package imageprep_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"digits/pkg/imageprep"
)

// prepared runs both halves, as a server does.
func prepared(t testing.TB, data []byte) ([]float32, imageprep.Info) {
	t.Helper()
	img, info, err := imageprep.Decode(data, imageprep.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tensor := make([]float32, imageprep.Pixels)
	if err := imageprep.Tensor(tensor, img, &info, imageprep.Options{}); err != nil {
		t.Fatal(err)
	}
	return tensor, info
}

func TestFilesOfEveryFormat(t *testing.T) {
	bilevel := quantized(seven(), 2)
	tests := []struct {
		file, format string
		want         *image.Gray
		bound        float64 // of the mean difference of a pixel
		steps        []string
	}{
		{"seven.png", "png", seven(), 0, []string{"invert"}},
		{"interlaced.png", "png", seven(), 0, []string{"invert"}},
		{"interlaced-bilevel.png", "png", bilevel, 0, []string{"invert"}},
		{"ink-in-alpha.png", "png", seven(), 0, []string{"alpha", "invert"}},
		{"progressive.jpg", "jpeg", seven(), 0.01, []string{"invert", "stretch"}},
		{"progressive-blue.jpg", "jpeg", seven(), 0.03, []string{"gray", "invert", "stretch"}},
		{"cmyk.jpg", "jpeg", seven(), 0.01, []string{"gray", "invert", "stretch"}},
		{"two-frames.gif", "gif", seven(), 0, []string{"gray", "invert"}},
		{"lzw.tiff", "tiff", seven(), 0, []string{"invert"}},
		{"fax.tiff", "tiff", bilevel, 0, []string{"invert"}},
		{"packbits-msb.tiff", "tiff", seven(), 0, []string{"invert"}},
		{"lossless.webp", "webp", seven(), 0, []string{"gray", "invert"}},
		{"lossy.webp", "webp", seven(), 0.02, []string{"gray", "invert", "stretch"}},
		{"ink-in-alpha.webp", "webp", seven(), 0.01, []string{"alpha", "invert"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			tensor, info := prepared(t, data)
			if info.Format != tt.format || info.Width != 28 || info.Height != 28 {
				t.Errorf("it is a %s of %dx%d; want a %s of 28x28", info.Format, info.Width, info.Height, tt.format)
			}
			if !slices.Equal(info.Steps, tt.steps) {
				t.Errorf("steps %v; want %v", info.Steps, tt.steps)
			}
			if len(info.Flags) != 0 {
				t.Errorf("flags %v; want none", info.Flags)
			}
			if difference := meanDifference(tensor, tt.want); difference > tt.bound {
				t.Errorf("the mean difference is %.5f; want at most %v", difference, tt.bound)
			}
		})
	}
}

// Every image type that a decoder returns, and both polarities, give the same.
func TestEncodings(t *testing.T) {
	type encoder struct {
		name   string
		encode func(io.Writer, image.Image) error
	}
	png := encoder{"png", func(w io.Writer, img image.Image) error { _, err := w.Write(encodePNG(t, img)); return err }}
	bmp := encoder{"bmp", bmp.Encode}
	gif := encoder{"gif", func(w io.Writer, img image.Image) error { return gif.Encode(w, img, nil) }}
	jpeg := encoder{"jpeg", func(w io.Writer, img image.Image) error {
		return jpeg.Encode(w, img, &jpeg.Options{Quality: 98})
	}}
	plainTIFF := encoder{"tiff", func(w io.Writer, img image.Image) error { return tiff.Encode(w, img, nil) }}
	deflatedTIFF := encoder{"tiff", func(w io.Writer, img image.Image) error {
		return tiff.Encode(w, img, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
	}}
	gray := func(g *image.Gray) image.Image { return g }
	tests := []struct {
		name     string
		levels   int // the grey levels of the test's picture
		convert  func(*image.Gray) image.Image
		encoders []encoder
	}{
		{"8 bits", 256, gray, []encoder{png, bmp, plainTIFF, deflatedTIFF, jpeg}},
		{"16 bits", 256, convert[*image.Gray16], []encoder{png, plainTIFF, deflatedTIFF}},
		{"8 of 16 bits", 256, deep(8), []encoder{png, plainTIFF}},
		{"10 of 16 bits", 256, deep(10), []encoder{png, plainTIFF}},
		{"12 of 16 bits", 256, deep(12), []encoder{png, plainTIFF, deflatedTIFF}},
		{"14 of 16 bits", 256, deep(14), []encoder{png, plainTIFF}},
		{"RGBA", 256, convert[*image.RGBA], []encoder{png, bmp, plainTIFF, deflatedTIFF, jpeg}},
		{"NRGBA", 256, convert[*image.NRGBA], []encoder{png, bmp, plainTIFF, deflatedTIFF}},
		{"RGBA64", 256, convert[*image.RGBA64], []encoder{png, plainTIFF, deflatedTIFF}},
		{"NRGBA64", 256, convert[*image.NRGBA64], []encoder{png, plainTIFF, deflatedTIFF}},
		{"1-bit palette", 2, palette(2), []encoder{png, bmp, gif, plainTIFF}},
		{"2-bit palette", 4, palette(4), []encoder{png, bmp, gif}},
		{"4-bit palette", 16, palette(16), []encoder{png, bmp, gif}},
		{"8-bit palette", 256, palette(256), []encoder{png, bmp, gif, deflatedTIFF}},
		{"ink in alpha", 256, inkInAlpha(color.NRGBA{0, 0, 0, 255}), []encoder{png}},
		{"blue ink in alpha", 256, inkInAlpha(color.NRGBA{30, 60, 200, 255}), []encoder{png, plainTIFF}},
		{"white ink in alpha", 256, inkInAlpha(color.NRGBA{255, 255, 255, 255}), []encoder{png, deflatedTIFF}},
		{"white ink in alpha, mixed with black", 256, func(g *image.Gray) image.Image {
			out := image.NewNRGBA(g.Rect)
			for i, v := range g.Pix {
				out.SetNRGBA(i%g.Stride, i/g.Stride, color.NRGBA{v, v, v, v})
			}
			return out
		}, []encoder{png}},
		{"16-bit ink in alpha", 256, func(g *image.Gray) image.Image { return to[*image.NRGBA64](inkInAlpha(color.NRGBA{A: 255})(g)) }, []encoder{png, plainTIFF}},
		{"palette with transparent paper", 16, func(g *image.Gray) image.Image {
			m := palette(16)(g).(*image.Paletted)
			for i := range m.Palette {
				m.Palette[i] = color.NRGBA{0, 0, 0, m.Palette[i].(color.Gray).Y}
			}
			return m
		}, []encoder{png}},
	}
	for _, tt := range tests {
		picture := quantized(seven(), tt.levels)
		for _, encoder := range tt.encoders {
			for polarity, source := range map[string]*image.Gray{"light": picture, "dark": negative(picture)} {
				t.Run(tt.name+"/"+encoder.name+"/"+polarity, func(t *testing.T) {
					var b bytes.Buffer
					if err := encoder.encode(&b, tt.convert(source)); err != nil {
						t.Fatal(err)
					}
					tensor, info := prepared(t, b.Bytes())
					if info.Format != encoder.name {
						t.Errorf("it is a %s", info.Format)
					}
					bound := 0.0
					if encoder.name == "jpeg" {
						bound = 0.01
					}
					if difference := meanDifference(tensor, picture); difference > bound {
						t.Errorf("the mean difference is %.5f; want at most %v; steps %v", difference, bound, info.Steps)
					}
				})
			}
		}
	}
}

// deep has grey of so many bits in 16: white is far below 65535.
func deep(bits int) func(*image.Gray) image.Image {
	return func(g *image.Gray) image.Image {
		out := image.NewGray16(g.Rect)
		for i, v := range g.Pix {
			out.SetGray16(i%g.Stride, i/g.Stride, color.Gray16{uint16(v) * 257 >> (16 - bits)})
		}
		return out
	}
}

// A picture of 16 bits that is dark, but of more than a quarter of white, is
// the same as one of 8.
func TestDarkPicturesOf16Bits(t *testing.T) {
	for _, brightest := range []uint8{64, 100, 255} {
		g := negative(seven())
		for i, v := range g.Pix {
			g.Pix[i] = uint8(int(v) * int(brightest) / 255)
		}
		want, _ := tensorOf(t, g, imageprep.Options{})
		if tensor, info := tensorOf(t, convert[*image.Gray16](g), imageprep.Options{}); !slices.Equal(tensor, want) {
			t.Errorf("the brightest pixel is %d of 255: another picture; steps %v", brightest, info.Steps)
		}
	}
}

// turned is Exif's orientation 6.
const turned = "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"

// Exif in a JPEG is found behind other segments, and behind fill bytes.
func TestOrientationOfJPEG(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, seven(), nil); err != nil {
		t.Fatal(err)
	}
	segment := func(marker byte, content string) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2)), content...)
	}
	exif := segment(0xe1, "Exif\x00\x00"+turned)
	for name, before := range map[string][]byte{
		"nothing": nil, "JFIF": segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"), "XMP": segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"), "fill bytes": {0xff, 0xff},
	} {
		_, info, err := imageprep.Decode(slices.Concat(b.Bytes()[:2], before, exif, b.Bytes()[2:]), imageprep.Options{})
		if err != nil || info.Orientation != 6 {
			t.Errorf("behind %s: orientation %d and %v", name, info.Orientation, err)
		}
	}
}

// Exif in a WebP is found behind pixels of an odd length, and with the bytes that
// begin it in a JPEG.
func TestOrientationOfWebP(t *testing.T) {
	pixels := testdata(t, "lossless.webp")[20:]
	chunk := func(id string, content []byte) []byte {
		return slices.Concat([]byte(id), binary.LittleEndian.AppendUint32(nil, uint32(len(content))), content, make([]byte, len(content)%2))
	}
	for _, behind := range [][]byte{pixels, append(slices.Clone(pixels), 0)} {
		for _, before := range []string{"", "Exif\x00\x00"} {
			chunks := slices.Concat([]byte("WEBP"), chunk("VP8X", []byte{8, 0, 0, 0, 27, 0, 0, 27, 0, 0}), chunk("VP8L", behind), chunk("EXIF", []byte(before+turned)))
			_, info, err := imageprep.Decode(chunk("RIFF", chunks), imageprep.Options{})
			if err != nil || info.Orientation != 6 {
				t.Errorf("behind %d bytes, with %q before it: orientation %d and %v", len(behind), before, info.Orientation, err)
			}
		}
	}
}

// quantized rounds a picture to so many evenly spaced grey levels.
func quantized(g *image.Gray, levels int) *image.Gray {
	out := image.NewGray(g.Rect)
	step := 255 / (levels - 1)
	for i, v := range g.Pix {
		out.Pix[i] = uint8((int(v) + step/2) / step * step)
	}
	return out
}

type drawable interface {
	image.Image
	Set(x, y int, c color.Color)
}

// convert copies a grey picture to another image type.
func convert[T drawable](g *image.Gray) image.Image { return to[T](g) }

func to[T drawable](source image.Image) image.Image {
	var out drawable
	var zero T
	switch any(zero).(type) {
	case *image.Gray16:
		out = image.NewGray16(source.Bounds())
	case *image.RGBA:
		out = image.NewRGBA(source.Bounds())
	case *image.NRGBA:
		out = image.NewNRGBA(source.Bounds())
	case *image.RGBA64:
		out = image.NewRGBA64(source.Bounds())
	case *image.NRGBA64:
		out = image.NewNRGBA64(source.Bounds())
	case *image.CMYK:
		out = image.NewCMYK(source.Bounds())
	}
	for y := range source.Bounds().Dy() {
		for x := range source.Bounds().Dx() {
			out.Set(x, y, source.At(x, y))
		}
	}
	return out
}

func palette(levels int) func(*image.Gray) image.Image {
	return func(g *image.Gray) image.Image {
		out := image.NewPaletted(g.Rect, nil)
		for i := range levels {
			out.Palette = append(out.Palette, color.Gray{uint8(i * 255 / (levels - 1))})
		}
		for i, v := range g.Pix {
			out.Pix[i] = uint8(int(v) * (levels - 1) / 255)
		}
		return out
	}
}

// inkInAlpha is a transparent picture, painted with one colour.
func inkInAlpha(pen color.NRGBA) func(*image.Gray) image.Image {
	return func(g *image.Gray) image.Image {
		out := image.NewNRGBA(g.Rect)
		for i, v := range g.Pix {
			out.SetNRGBA(i%g.Stride, i/g.Stride, color.NRGBA{pen.R, pen.G, pen.B, v})
		}
		return out
	}
}
