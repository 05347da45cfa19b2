package imageprep_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"digits/internal/hostile"
	"digits/pkg/imageprep"
)

// encodedInEveryWay returns a drawing of some size in all kinds of pixels and
// formats that there are encoders for.
func encodedInEveryWay(t *testing.T, side int) map[string][]byte {
	all := map[string][]byte{
		"progressive JPEG, colour": hostile.JPEG{Width: side, Height: side, Components: 3, Progressive: true, Scans: 3}.Bytes(),
		"progressive JPEG, CMYK":   hostile.JPEG{Width: side, Height: side, Components: 4, Progressive: true, Scans: 4}.Bytes(),
		"progressive JPEG, grey":   hostile.JPEG{Width: side, Height: side, Components: 1, Progressive: true, Scans: 1}.Bytes(),
		"JPEG, CMYK":               hostile.JPEG{Width: side, Height: side, Components: 4, Scans: 1}.Bytes(),
	}
	size := image.Rect(0, 0, side, side)
	for kind, img := range map[string]draw.Image{
		"grey": image.NewGray(size), "colour": image.NewNRGBA(size), "deep grey": image.NewGray16(size), "deep colour": image.NewNRGBA64(size),
		"a palette": image.NewPaletted(size, color.Palette{color.White, color.Black}), "transparent": image.NewNRGBA(size),
	} {
		if kind != "transparent" {
			draw.Draw(img, size, image.White, image.Point{}, draw.Src)
		}
		draw.Draw(img, image.Rect(side/3, side/5, side/2, side*4/5), image.Black, image.Point{}, draw.Src)
		for format, encode := range map[string]func(io.Writer) error{
			"PNG":  func(w io.Writer) error { return png.Encode(w, img) },
			"JPEG": func(w io.Writer) error { return jpeg.Encode(w, img, nil) },
			"GIF":  func(w io.Writer) error { return gif.Encode(w, img, nil) },
			"BMP":  func(w io.Writer) error { return bmp.Encode(w, img) },
			"TIFF": func(w io.Writer) error { return tiff.Encode(w, img, &tiff.Options{Compression: tiff.Deflate}) },
		} {
			var b bytes.Buffer
			if err := encode(&b); err != nil {
				t.Fatal(err)
			}
			all[format+", "+kind] = b.Bytes()
		}
	}
	return all
}

// A file takes no more memory than it is said to before it is decoded, and not
// less than a fifth.
func TestMemoryIsKnownBefore(t *testing.T) {
	const side = 600
	for name, data := range encodedInEveryWay(t, side) {
		file, err := imageprep.Open(data, imageprep.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		img, info, err := file.Decode(t.Context())
		if err == nil {
			_ = imageprep.Tensor(make([]float32, imageprep.Pixels), img, &info, imageprep.Options{}) // some are blank
		}
		runtime.ReadMemStats(&after)
		const spare = 320 << 10 // however large the picture is
		most := file.Memory
		if underRace {
			most += most / 2
		}
		if took := int64(after.TotalAlloc - before.TotalAlloc); err != nil || took > most+spare || took+spare < file.Memory/5 {
			t.Errorf("%s: it takes %.1f bytes a pixel and is said to take %.1f; %v", name, float64(took)/side/side, float64(file.Memory)/side/side, err)
		}
	}
}

// A progressive JPEG may have fewer pixels than an ordinary one, in CMYK still
// fewer.
func TestProgressiveJPEGsAreSmaller(t *testing.T) {
	const width, height = 2000, imageprep.MaxProgressivePixels / 2000
	for _, test := range []struct {
		file hostile.JPEG
		fits bool
	}{
		{hostile.JPEG{Width: width, Height: height, Components: 3, Progressive: true}, true},
		{hostile.JPEG{Width: width, Height: height + 1, Components: 3, Progressive: true}, false},
		{hostile.JPEG{Width: width, Height: height + 1, Components: 1, Progressive: true}, false},
		{hostile.JPEG{Width: width, Height: height * 3 / 4, Components: 4, Progressive: true}, true},
		{hostile.JPEG{Width: width, Height: height*3/4 + 1, Components: 4, Progressive: true}, false},
		{hostile.JPEG{Width: width, Height: height + 1, Components: 3}, true},
	} {
		test.file.Scans = 1
		_, err := imageprep.Open(test.file.Bytes(), imageprep.Options{})
		if errors.Is(err, imageprep.ErrTooManyPixels) == test.fits || (err == nil) != test.fits {
			t.Errorf("%+v: %v", test.file, err)
		}
	}
}

// A progressive JPEG is as much work as its scans make it, and other files are as
// much as they have pixels.
func TestWorkIsKnownBefore(t *testing.T) {
	const width, height = 800, 600
	for _, test := range []struct {
		name string
		file []byte
		want int64 // times the pixels
	}{
		{"JPEG", hostile.JPEG{Width: width, Height: height, Components: 3, Scans: 3}.Bytes(), 1},
		{"progressive JPEG of 8 scans", hostile.JPEG{Width: width, Height: height, Components: 3, Progressive: true, Scans: 8}.Bytes(), 2},
		{"progressive JPEG of 32 scans", hostile.JPEG{Width: width, Height: height, Components: 3, Progressive: true, Scans: 32}.Bytes(), 5},
		{"PNG", encodePNG(t, image.NewGray(image.Rect(0, 0, width, height))), 1},
	} {
		if file, err := imageprep.Open(test.file, imageprep.Options{}); err != nil || file.Work != test.want*width*height {
			t.Errorf("%s: %d, %v; want %d", test.name, file.Work, err, test.want*width*height)
		}
	}
}

// A lossless WebP of 28 bytes can stand for any number of pixels.
func TestLosslessWebPsAreSmaller(t *testing.T) {
	for _, test := range []struct {
		size   string
		chunks string
		fits   bool
	}{
		{"2000x2000", "VP8L\x08\x00\x00\x00\x2f\xcf\xc7\xf3\x01\x88\x88\x08", true},
		{"4000x3000", "VP8L\x08\x00\x00\x00\x2f\x9f\xcf\xed\x02\x88\x88\x08", false},
		{"4000x3000, lossy", "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00\x9f\x0f\x00\xb7\x0b\x00", true},
		{"4000x3000, lossy, with transparency", "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00\x9f\x0f\x00\xb7\x0b\x00ALPH\x01\x00\x00\x00\x00\x00", true},
		{"4000x3000, lossy, with compressed transparency", "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00\x9f\x0f\x00\xb7\x0b\x00ALPH\x01\x00\x00\x00\x01\x00", false},
	} {
		file := slices.Concat(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(test.chunks)+4)), []byte("WEBP"+test.chunks))
		_, err := imageprep.Open(file, imageprep.Options{})
		if errors.Is(err, imageprep.ErrTooManyPixels) == test.fits || (err == nil) != test.fits {
			t.Errorf("%s: %v", test.size, err)
		}
	}
}

// An image that takes much memory for each pixel may have fewer.
func TestMemoryIsLimited(t *testing.T) {
	deep := encodeTIFF(t, image.NewNRGBA64(image.Rect(0, 0, 40, 40)))
	gray := encodeTIFF(t, image.NewGray(image.Rect(0, 0, 40, 40)))
	for _, test := range []struct {
		name string
		file []byte
		side uint32
		fits bool
	}{
		{"16 bits", deep, 2500, true}, {"16 bits", deep, 3000, false}, {"8 bits", gray, 3500, true}, {"8 bits", gray, 4000, false},
	} {
		file, err := imageprep.Open(declaringTIFF(declaringTIFF(test.file, 256, test.side), 257, test.side), imageprep.Options{})
		if errors.Is(err, imageprep.ErrTooManyPixels) == test.fits || (err == nil) != test.fits || test.fits && file.Memory > imageprep.MaxMemory {
			t.Errorf("%s, %d pixels to a side: %d bytes, %v", test.name, test.side, file.Memory, err)
		}
	}
}

// Chunks after the end of a PNG do not count.
func TestChunksOfPNGAreCounted(t *testing.T) {
	seven := testdata(t, "seven.png")
	chunks := bytes.Repeat([]byte("\x00\x00\x00\x00aaAa\x8a\x93\x42\x52"), 20_000)
	if _, err := imageprep.Open(slices.Concat(seven[:33], chunks, seven[33:]), imageprep.Options{}); !errors.Is(err, imageprep.ErrTooManyPieces) {
		t.Errorf("before the end: %v", err)
	}
	if _, err := imageprep.Open(slices.Concat(seven, chunks), imageprep.Options{}); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

// endsAfter is a context that ends when it has been asked so often.
type endsAfter struct {
	context.Context
	asked, times int
}

func (c *endsAfter) Err() error {
	if c.asked++; c.asked > c.times {
		return context.DeadlineExceeded
	}
	return nil
}

// A decoder stops when the context ends, however much of the file is left.
func TestDecodersStop(t *testing.T) {
	for name, data := range encodedInEveryWay(t, 600) {
		file, err := imageprep.Open(data, imageprep.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, times := range []int{0, 2} {
			if len(data) <= 256*(times+1) {
				continue // has been read by then
			}
			ctx := &endsAfter{Context: t.Context(), times: times}
			if img, _, err := file.Decode(ctx); !errors.Is(err, context.DeadlineExceeded) || img != nil {
				t.Errorf("%s, a context that ends after %d reads: %v", name, times, err)
			}
			if ctx.asked > times+50 {
				t.Errorf("%s: it went on for %d reads", name, ctx.asked-times)
			}
		}
	}
}
