package imageprep_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"digits/pkg/imageprep"
)

var sentinels = []error{imageprep.ErrEmpty, imageprep.ErrUnsupportedFormat, imageprep.ErrMalformed,
	imageprep.ErrTooManyPixels, imageprep.ErrTooManyPieces, imageprep.ErrTooSmall, imageprep.ErrNoInk}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func encodeBMP(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := bmp.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encodeTIFF(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tiff.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// patched overwrites bytes of a copy.
func patched(data []byte, at int, with ...byte) []byte {
	data = slices.Clone(data)
	copy(data[at:], with)
	return data
}

// declaringPNG gives a PNG another size in its header.
func declaringPNG(data []byte, width, height uint32) []byte {
	data = slices.Clone(data)
	binary.BigEndian.PutUint32(data[16:], width)
	binary.BigEndian.PutUint32(data[20:], height)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

// declaringTIFF gives a little-endian TIFF another value in one tag.
func declaringTIFF(data []byte, tag uint16, value uint32) []byte {
	data = slices.Clone(data)
	directory := data[binary.LittleEndian.Uint32(data[4:]):]
	for i := range int(binary.LittleEndian.Uint16(directory)) {
		if entry := directory[2+12*i:]; binary.LittleEndian.Uint16(entry) == tag {
			binary.LittleEndian.PutUint16(entry[2:], 4) // a long
			binary.LittleEndian.PutUint32(entry[8:], value)
		}
	}
	return data
}

func TestUnreadableFiles(t *testing.T) {
	seven := seven()
	png, bmp, tiff, jpeg := encodePNG(t, seven), encodeBMP(t, seven), encodeTIFF(t, seven), testdata(t, "cmyk.jpg")
	startOfFrame := bytes.Index(jpeg, []byte{0xff, 0xc0})
	gif, webp, lossy := testdata(t, "two-frames.gif"), testdata(t, "ink-in-alpha.webp"), testdata(t, "lossy.webp")
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"nil", nil, imageprep.ErrEmpty},
		{"no bytes", []byte{}, imageprep.ErrEmpty},
		{"text", []byte("a digit, please"), imageprep.ErrUnsupportedFormat},
		{"text that starts like a bitmap", []byte("BMI: 23.5, and going down"), imageprep.ErrUnsupportedFormat},
		{"SVG", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), imageprep.ErrUnsupportedFormat},
		{"a single byte", []byte{0x89}, imageprep.ErrUnsupportedFormat},
		{"compressed bitmap", patched(bmp, 30, 1), imageprep.ErrUnsupportedFormat},
		{"12-bit JPEG", patched(jpeg, startOfFrame+4, 12), imageprep.ErrUnsupportedFormat},
		{"32-bit TIFF", declaringTIFF(tiff, 258, 32), imageprep.ErrUnsupportedFormat},
		{"animated WebP", testdata(t, "animated.webp"), imageprep.ErrUnsupportedFormat},
		{"PNG signature only", png[:8], imageprep.ErrMalformed},
		{"PNG with a flipped bit", patched(png, len(png)-20, png[len(png)-20]^1), imageprep.ErrMalformed},
		{"WebP that declares more than there is", patched(lossy, 4, 0, 0, 0, 0x7f), imageprep.ErrMalformed},
		{"PNG of 50000x50000", declaringPNG(png, 50000, 50000), imageprep.ErrTooManyPixels},
		{"PNG of 2^31-1 squared", declaringPNG(png, 1<<31-1, 1<<31-1), imageprep.ErrTooManyPixels},
		{"JPEG of 65535x65535", patched(jpeg, startOfFrame+5, 255, 255, 255, 255), imageprep.ErrTooManyPixels},
		{"GIF of 65535x65535", patched(gif, 6, 255, 255, 255, 255), imageprep.ErrTooManyPixels},
		{"BMP of 50000x50000", patched(bmp, 18, 0x50, 0xc3, 0, 0, 0x50, 0xc3, 0, 0), imageprep.ErrTooManyPixels},
		{"TIFF of 50000x50000", declaringTIFF(declaringTIFF(tiff, 256, 50000), 257, 50000), imageprep.ErrTooManyPixels},
		{"WebP of 16384x16384", patched(webp, 24, 255, 63, 0, 255, 63, 0), imageprep.ErrTooManyPixels},
		{"PNG of 1x1", encodePNG(t, image.NewGray(image.Rect(0, 0, 1, 1))), imageprep.ErrTooSmall},
		{"PNG of 1x65535", encodePNG(t, image.NewGray(image.Rect(0, 0, 1, 65535))), imageprep.ErrTooSmall},
		{"GIF of 0x0", patched(gif, 6, 0, 0, 0, 0), imageprep.ErrTooSmall},
	}
	for _, file := range []string{"seven.png", "interlaced.png", "progressive.jpg", "cmyk.jpg", "lzw.tiff", "packbits-msb.tiff", "lossless.webp", "lossy.webp", "ink-in-alpha.webp"} {
		data := testdata(t, file)
		for _, share := range []int{3, 6, 8} {
			tests = append(tests, struct {
				name string
				data []byte
				want error
			}{"truncated " + file, data[:min(len(data)*share/10, len(data)-15)], imageprep.ErrMalformed})
		}
	}
	tests = append(tests, struct {
		name string
		data []byte
		want error
	}{"truncated BMP", bmp[:len(bmp)-1], imageprep.ErrMalformed}, struct {
		name string
		data []byte
		want error
	}{"GIF that ends within its first frame", gif[:60], imageprep.ErrMalformed})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _, err := imageprep.Decode(tt.data, imageprep.Options{})
			runtime.ReadMemStats(&after)
			wantOnly(t, err, tt.want)
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 1<<20 {
				t.Errorf("refusing it allocated %d bytes", allocated)
			}
		})
	}
}

// wantOnly checks that the error is of one kind, and says more than the kind.
func wantOnly(t *testing.T, err, want error) {
	t.Helper()
	for _, sentinel := range sentinels {
		if is := errors.Is(err, sentinel); is != (sentinel == want) {
			t.Fatalf("the error is %v; want one that wraps only %q", err, want)
		}
	}
	if !strings.Contains(err.Error(), "; ") {
		t.Errorf("%q does not say what to do", err)
	}
}

func TestMaxPixels(t *testing.T) {
	data := encodePNG(t, seven())
	if _, _, err := imageprep.Decode(data, imageprep.Options{MaxPixels: 784}); err != nil {
		t.Errorf("784 pixels within a limit of 784: %v", err)
	}
	_, info, err := imageprep.Decode(data, imageprep.Options{MaxPixels: 783})
	wantOnly(t, err, imageprep.ErrTooManyPixels)
	if info.Format != "png" || info.Width != 28 || info.Height != 28 {
		t.Errorf("a refused image is described as %+v; want its format and size", info)
	}
}

// A scan of a few bytes makes the JPEG decoder go over all pixels.
func TestManyScans(t *testing.T) {
	data := testdata(t, "progressive.jpg")
	lastScan := data[bytes.LastIndex(data, []byte{0xff, 0xda}) : len(data)-2]
	head, end := data[:len(data)-2], data[len(data)-2:]
	_, _, err := imageprep.Decode(slices.Concat(head, bytes.Repeat(lastScan, 100), end), imageprep.Options{})
	wantOnly(t, err, imageprep.ErrTooManyPieces)

	// What looks like scans in metadata, or after the end, is not counted.
	lookalikes := bytes.Repeat([]byte{0xff, 0xda}, 100)
	metadata := slices.Concat([]byte{0xff, 0xe1, 0, 202}, lookalikes)
	if _, _, err := imageprep.Decode(slices.Concat(data[:2], metadata, data[2:], lookalikes), imageprep.Options{}); err != nil {
		t.Errorf("with metadata: %v", err)
	}
}

func TestPicturesWithoutADigit(t *testing.T) {
	filled := func(c color.Color) image.Image {
		m := image.NewNRGBA(image.Rect(0, 0, 40, 50))
		for i := range 40 * 50 {
			m.Set(i%40, i/40, c)
		}
		return m
	}
	tests := []struct {
		name string
		img  image.Image
		want error
	}{
		{"white", filled(color.White), imageprep.ErrNoInk},
		{"black", filled(color.Black), imageprep.ErrNoInk},
		{"transparent", filled(color.Transparent), imageprep.ErrNoInk},
		{"half transparent red", filled(color.NRGBA{255, 0, 0, 128}), imageprep.ErrNoInk},
		{"almost no contrast", recolor(seven(), 250, 240), imageprep.ErrNoInk},
		{"one level of 65,536", oneLevel(), imageprep.ErrNoInk},
		{"a single pixel", image.NewGray(image.Rect(0, 0, 1, 1)), imageprep.ErrTooSmall},
		{"a line of pixels", image.NewGray(image.Rect(0, 0, 65535, 1)), imageprep.ErrTooSmall},
		{"nothing", image.NewGray(image.Rectangle{}), imageprep.ErrTooSmall},
	}
	for _, polarity := range []imageprep.Polarity{imageprep.PolarityAuto, imageprep.PolarityDarkInk, imageprep.PolarityLightInk} {
		for _, tt := range tests {
			dst := make([]float32, imageprep.Pixels)
			dst[5] = 42
			info := imageprep.Info{Format: "png"}
			wantOnly(t, imageprep.Tensor(dst, tt.img, &info, imageprep.Options{Polarity: polarity}), tt.want)
			if dst[5] != 42 {
				t.Errorf("%s: the tensor was overwritten", tt.name)
			}
		}
	}
}

func TestMisusePanics(t *testing.T) {
	for name, misuse := range map[string]func(){
		"short tensor":   func() { imageprep.Tensor(make([]float32, 783), seven(), nil, imageprep.Options{}) },
		"negative limit": func() { imageprep.Decode([]byte("x"), imageprep.Options{MaxPixels: -1}) },
		"unknown step": func() {
			imageprep.Tensor(make([]float32, imageprep.Pixels), seven(), nil, imageprep.Options{Skip: []string{"blur"}})
		},
		"step without a way around": func() {
			imageprep.Tensor(make([]float32, imageprep.Pixels), seven(), nil, imageprep.Options{Skip: []string{"crop"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if message, ok := recover().(string); !ok || !strings.HasPrefix(message, "imageprep: ") {
					t.Errorf("it did not panic as it should")
				}
			}()
			misuse()
		})
	}
}

// oneLevel is a seven of 16 bits that differs from its paper by the least.
func oneLevel() image.Image {
	g, out := seven(), image.NewGray16(image.Rect(0, 0, imageprep.Side, imageprep.Side))
	for i, v := range g.Pix {
		out.SetGray16(i%g.Stride, i/g.Stride, color.Gray16{Y: 0x7fff + uint16(v>>7)})
	}
	return out
}
