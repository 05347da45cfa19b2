package imageprep

import (
	"bytes"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"reflect"
	"testing"
)

// FuzzSmallPNG holds the quick way to the long one: what it decodes, image/png
// decodes to the same, and it decodes nothing that image/png does not.
func FuzzSmallPNG(f *testing.F) {
	for _, compression := range []png.CompressionLevel{png.DefaultCompression, png.NoCompression, png.BestSpeed} {
		f.Add(encoded(f, noisy(image.NewGray(image.Rect(0, 0, 9, 7))), compression))
		f.Add(encoded(f, noisy(image.NewNRGBA(image.Rect(0, 0, 5, 6))), compression))
	}
	f.Add(encoded(f, image.NewRGBA64(image.Rect(0, 0, 4, 5)), png.DefaultCompression))
	f.Add(encoded(f, image.NewPaletted(image.Rect(0, 0, 4, 5), color.Palette{color.Black, color.Transparent}), png.DefaultCompression))
	f.Fuzz(func(t *testing.T, data []byte) {
		if quick := decodeSmallPNG(data); quick != nil {
			long, err := png.Decode(bytes.NewReader(data))
			if err != nil || !reflect.DeepEqual(quick, long) {
				t.Errorf("decoded, but image/png gives %v, %v", long, err)
			}
		}
	})
}

func TestSmallPNGIsDecodedQuickly(t *testing.T) {
	for name, img := range map[string]image.Image{
		"gray":   noisy(image.NewGray(image.Rect(0, 0, 61, 47))),
		"smooth": smooth(image.NewGray(image.Rect(0, 0, 200, 99))), // which makes the encoder choose all filters
		"alpha":  noisy(image.NewNRGBA(image.Rect(0, 0, 20, 31))),
		"canvas": smooth(image.NewNRGBA(image.Rect(0, 0, 280, 280))),
	} {
		if got := decodeSmallPNG(encoded(t, img, png.DefaultCompression)); !reflect.DeepEqual(got, img) {
			t.Errorf("%s: another picture", name)
		}
	}
}

// Whatever byte is wrong, the long way finds the words for it.
func TestDamagedSmallPNGIsLeftToTheDecoder(t *testing.T) {
	data := encoded(t, noisy(image.NewGray(image.Rect(0, 0, 6, 6))), png.DefaultCompression)
	for i := range data {
		for _, name := range []string{"cut", "flipped"} {
			damaged := bytes.Clone(data)
			if damaged[i] ^= 0x5a; name == "cut" {
				damaged = data[:i:i]
			}
			if decodeSmallPNG(damaged) != nil {
				t.Errorf("decoded, although %s at byte %d", name, i)
			}
		}
	}
	if tooMuch := withPixels(data, []byte{0x78, 0x9c, 1, 0, 0, 0xff, 0xff, 0, 0, 0, 1}); decodeSmallPNG(tooMuch) != nil {
		t.Error("decoded without pixels")
	}
}

// withPixels is a PNG with another chunk of pixels, whose checksum is right.
func withPixels(data, packed []byte) []byte {
	at := bytes.Index(data, []byte("IDAT"))
	chunk := append([]byte("IDAT"), packed...)
	sum := crc32.ChecksumIEEE(chunk)
	out := append(bytes.Clone(data[:at-4]), 0, 0, 0, byte(len(packed)))
	out = append(append(out, chunk...), byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
	return append(out, data[bytes.Index(data, []byte("IEND"))-4:]...)
}

func encoded(t testing.TB, img image.Image, compression png.CompressionLevel) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: compression}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noisy and smooth fill an image's pixels, and never with an alpha of 255
// throughout, which the encoder would leave out.
func noisy(img draw.Image) draw.Image {
	random := rand.New(rand.NewPCG(1, 2))
	return filled(img, func(int, int) color.Color {
		return color.NRGBA{uint8(random.Uint32()), uint8(random.Uint32()), uint8(random.Uint32()), uint8(random.Uint32())}
	})
}

func smooth(img draw.Image) draw.Image {
	return filled(img, func(x, y int) color.Color {
		return color.NRGBA{uint8(x + y*y/9), uint8(x * y / 5), uint8(y), uint8(200 + x/9)}
	})
}

func filled(img draw.Image, colour func(x, y int) color.Color) draw.Image {
	for b, i := img.Bounds(), 0; i < b.Dx()*b.Dy(); i++ {
		img.Set(i%b.Dx(), i/b.Dx(), colour(i%b.Dx(), i/b.Dx()))
	}
	return img
}
