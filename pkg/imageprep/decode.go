package imageprep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime/debug"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// format is one kind of file and its decoder. The decoders are called
// directly, and not through image.Decode, so that a program's other imports
// cannot add formats.
type format struct {
	name, title string
	magic       string // the first bytes; a question mark is any byte
	config      func(io.Reader) (image.Config, error)
	decode      func(io.Reader) (image.Image, error)
	check       func(data []byte, config image.Config) error // limits that the decoder does not have, or nil
	memory      func(data []byte, config image.Config) int64 // that decoding takes for each pixel, in bytes
	further     func(data []byte) float64                    // work beyond once for each pixel, as a share of that; or nil
	quick       func(data []byte) image.Image                // a shorter way for some files, and nil for the others; or nil
}

var formats = [...]format{
	{"png", "PNG", magicPNG, configPNG, png.Decode, nil, memoryOfPNG, nil, decodeSmallPNG},
	{"jpeg", "JPEG", "\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode, checkJPEG, memoryOfJPEG, scansOfJPEG, nil},
	{"gif", "GIF", "GIF8?a", gif.DecodeConfig, gif.Decode, nil, always(2), nil, nil}, // of several frames the first
	{"bmp", "BMP", "BM????\x00\x00\x00\x00", bmp.DecodeConfig, bmp.Decode, nil, always(4), nil, nil},
	{"tiff", "TIFF", "II*\x00", tiff.DecodeConfig, decodeTIFF, checkTIFF, memoryOfTIFF, nil, nil},
	{"tiff", "TIFF", "MM\x00*", tiff.DecodeConfig, decodeTIFF, checkTIFF, memoryOfTIFF, nil, nil},
	{"webp", "WebP", "RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode, checkWebP, memoryOfWebP, nil, nil},
}

// File is an encoded image within the limits, of which nothing is decoded.
type File struct {
	Info   Info
	Memory int64 // bytes that decoding it and making the tensor take, at most about
	Work   int64 // its pixels, and for what further scans cost more of them

	data   []byte
	format *format
}

// Open looks at a PNG, JPEG, GIF, BMP, TIFF or WebP file, going by its first
// bytes and not by any name, and refuses it if what it declares is too much. The
// file has what was found out by the time of an error, which wraps ErrEmpty,
// ErrUnsupportedFormat, ErrMalformed, ErrTooManyPixels, ErrTooManyPieces or
// ErrTooSmall. The data must stay as they are until the file is decoded.
func Open(data []byte, opts Options) (File, error) {
	file := File{data: data}
	limit := opts.maxPixels()
	if len(data) == 0 {
		return file, fmt.Errorf("%w: there are 0 bytes; send the image file as it is", ErrEmpty)
	}
	f := sniff(data)
	if f == nil {
		return file, fmt.Errorf("%w: the first bytes are not those of a PNG, JPEG, GIF, BMP, TIFF or WebP file; convert the image to one of these", ErrUnsupportedFormat)
	}
	file.format, file.Info.Format = f, f.name
	config, err := guarded(f, func() (image.Config, error) { return f.config(bytes.NewReader(data)) })
	if err != nil {
		return file, err
	}
	file.Info.Width, file.Info.Height = config.Width, config.Height
	if config.Width < minWidth || config.Height < minHeight {
		return file, tooSmall(config.Width, config.Height)
	}
	pixels := int64(config.Width) * int64(config.Height)
	if pixels > limit {
		return file, fmt.Errorf("%w: the %s declares %dx%d; make it smaller, at most %d pixels are read",
			ErrTooManyPixels, f.title, config.Width, config.Height, limit)
	}
	if f.check != nil {
		if err := f.check(data, config); err != nil {
			return file, err
		}
	}
	file.Memory = pixels * (f.memory(data, config) + preparation)
	file.Work = pixels
	if f.further != nil {
		file.Work += int64(f.further(data) * float64(pixels))
	}
	if file.Memory > MaxMemory {
		return file, fmt.Errorf("%w: the %s has %dx%d, for which %d MiB are needed and %d allowed; make it smaller, or save it as JPEG",
			ErrTooManyPixels, f.title, config.Width, config.Height, file.Memory>>20, MaxMemory>>20)
	}
	return file, nil
}

// Decode decodes the file. Its error wraps ErrUnsupportedFormat, ErrMalformed or
// ErrTooManyPieces, or is the context's: most decoders stop soon after its end,
// those of WebP and BMP when they are through.
func (f *File) Decode(ctx context.Context) (image.Image, Info, error) {
	info := f.Info
	img, err := guarded(f.format, func() (image.Image, error) {
		if f.format.quick != nil {
			if img := f.format.quick(f.data); img != nil {
				return img, nil
			}
		}
		return f.format.decode(&source{ctx, bytes.NewReader(f.data)})
	})
	if ctx.Err() != nil {
		return nil, info, ctx.Err() // decoders wrap it as they like
	}
	if err == nil {
		info.Orientation, err = guarded(f.format, func() (int, error) { return orientation(f.data, f.format.name), nil })
	}
	return img, info, err
}

// Decode is Open and File.Decode in one, without an end.
func Decode(data []byte, opts Options) (image.Image, Info, error) {
	file, err := Open(data, opts)
	if err != nil {
		return nil, file.Info, err
	}
	return file.Decode(context.Background())
}

// source is data that end with a context.
type source struct {
	ctx  context.Context
	data *bytes.Reader
}

// piece is how much a decoder gets at once: bytes of a JPEG can stand for many
// milliseconds of work.
const piece = 256

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.data.Read(p[:min(len(p), piece)])
}

func (s *source) ReadAt(p []byte, offset int64) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.data.ReadAt(p, offset)
}

// Recognizes reports whether the data begin like a file that Open may read.
func Recognizes(data []byte) bool { return sniff(data) != nil }

// sniff returns the format that the data starts like, or nil.
func sniff(data []byte) *format {
	for i := range formats {
		if startsLike(data, formats[i].magic) {
			return &formats[i]
		}
	}
	return nil
}

func startsLike(data []byte, magic string) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != data[i] && magic[i] != '?' {
			return false
		}
	}
	return true
}

// guarded calls a decoder and makes its errors, and its panics, those of this
// package.
func guarded[T any](f *format, decode func() (T, error)) (result T, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: the %s decoder failed on it; save the image anew; %w: %v\n%s", ErrMalformed, f.title, ErrPanic, fault, debug.Stack())
		}
	}()
	if result, err = decode(); err != nil {
		err = typed(f, err)
	}
	return result, err
}

// typed makes a decoder's error one of this package.
func typed(f *format, err error) error {
	var (
		noJPEG jpeg.UnsupportedError
		noPNG  png.UnsupportedError
		noTIFF tiff.UnsupportedError
	)
	switch {
	case errors.Is(err, ErrTooManyPixels), errors.Is(err, ErrTooManyPieces):
		return err
	case errors.As(err, &noPNG) && noPNG == "dimension overflow":
		return fmt.Errorf("%w: the PNG declares more than can be counted; make it smaller", ErrTooManyPixels)
	case errors.As(err, &noJPEG), errors.As(err, &noPNG), errors.As(err, &noTIFF), errors.Is(err, bmp.ErrUnsupported):
		return fmt.Errorf("%w: this variant of %s is not read here (%v); save the image as an ordinary PNG", ErrUnsupportedFormat, f.title, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: the %s ends too early (%v); send the whole file", ErrMalformed, f.title, err)
	}
	return fmt.Errorf("%w: the %s is damaged (%v); save the image anew", ErrMalformed, f.title, err)
}
