package imageprep

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

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
	check       func(data []byte) error // limits that the decoder does not have, or nil
}

var formats = [...]format{
	{"png", "PNG", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode, nil},
	{"jpeg", "JPEG", "\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode, checkJPEG},
	{"gif", "GIF", "GIF8?a", gif.DecodeConfig, gif.Decode, nil}, // of several frames the first
	{"bmp", "BMP", "BM????\x00\x00\x00\x00", bmp.DecodeConfig, bmp.Decode, nil},
	{"tiff", "TIFF", "II*\x00", tiff.DecodeConfig, decodeTIFF, checkTIFF},
	{"tiff", "TIFF", "MM\x00*", tiff.DecodeConfig, decodeTIFF, checkTIFF},
	{"webp", "WebP", "RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode, checkWebP},
}

// Decode reads a PNG, JPEG, GIF (its first frame), BMP, TIFF or WebP file,
// going by its first bytes and not by any name. The size that it declares is
// checked before anything is decoded. Info has what was found out by the time
// of an error, which wraps ErrEmpty, ErrUnsupportedFormat, ErrMalformed,
// ErrTooManyPixels or ErrTooSmall.
func Decode(data []byte, opts Options) (image.Image, Info, error) {
	limit := opts.maxPixels()
	if len(data) == 0 {
		return nil, Info{}, fmt.Errorf("%w: there are 0 bytes; send the image file as it is", ErrEmpty)
	}
	f := sniff(data)
	if f == nil {
		return nil, Info{}, fmt.Errorf("%w: the first bytes are not those of a PNG, JPEG, GIF, BMP, TIFF or WebP file; convert the image to one of these", ErrUnsupportedFormat)
	}
	info := Info{Format: f.name}
	config, err := guarded(f, func() (image.Config, error) { return f.config(bytes.NewReader(data)) })
	if err != nil {
		return nil, info, err
	}
	info.Width, info.Height = config.Width, config.Height
	if config.Width < minWidth || config.Height < minHeight {
		return nil, info, tooSmall(config.Width, config.Height)
	}
	if int64(config.Width)*int64(config.Height) > limit {
		return nil, info, fmt.Errorf("%w: the %s declares %dx%d; make it smaller, at most %d pixels are read",
			ErrTooManyPixels, f.title, config.Width, config.Height, limit)
	}
	if f.check != nil {
		if err := f.check(data); err != nil {
			return nil, info, err
		}
	}
	img, err := guarded(f, func() (image.Image, error) { return f.decode(bytes.NewReader(data)) })
	if err == nil {
		info.Orientation, err = guarded(f, func() (int, error) { return orientation(data, f.name), nil })
	}
	return img, info, err
}

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
			err = fmt.Errorf("%w: the %s decoder failed on it (%v); save the image anew", ErrMalformed, f.title, fault)
		}
	}()
	result, err = decode()
	var (
		noJPEG jpeg.UnsupportedError
		noPNG  png.UnsupportedError
		noTIFF tiff.UnsupportedError
	)
	switch {
	case err == nil || errors.Is(err, ErrTooManyPixels):
		return result, err
	case errors.As(err, &noPNG) && noPNG == "dimension overflow":
		return result, fmt.Errorf("%w: the PNG declares more than can be counted; make it smaller", ErrTooManyPixels)
	case errors.As(err, &noJPEG), errors.As(err, &noPNG), errors.As(err, &noTIFF), errors.Is(err, bmp.ErrUnsupported):
		return result, fmt.Errorf("%w: this variant of %s is not read here (%v); save the image as an ordinary PNG", ErrUnsupportedFormat, f.title, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return result, fmt.Errorf("%w: the %s ends too early (%v); send the whole file", ErrMalformed, f.title, err)
	}
	return result, fmt.Errorf("%w: the %s is damaged (%v); save the image anew", ErrMalformed, f.title, err)
}

// maxScans is far above the ten or so of a usual progressive JPEG.
const maxScans = 32

// checkJPEG counts the scans, each of which goes over all pixels again and can
// be as short as twelve bytes: a 64 KiB file could keep the decoder busy for
// seconds. It goes from marker to marker as image/jpeg does.
func checkJPEG(data []byte) error {
	scans := 0
	for rest := data[2:]; ; {
		at := bytes.IndexByte(rest, 0xff)
		if at < 0 || at+4 > len(rest) {
			return nil
		}
		marker := rest[at+1]
		switch {
		case marker == 0xff: // a fill byte
			rest = rest[at+1:]
			continue
		case marker == 0 || marker >= 0xd0 && marker <= 0xd7: // within a scan
			rest = rest[at+2:]
			continue
		case marker == 0xd9: // the end of the image
			return nil
		case marker == 0xda:
			scans++
		}
		if scans > maxScans {
			return fmt.Errorf("%w: the JPEG draws them in more than %d scans; save the image anew", ErrTooManyPixels, maxScans)
		}
		rest = rest[min(len(rest), at+2+max(2, int(binary.BigEndian.Uint16(rest[at+2:])))):]
	}
}

// checkWebP sees that the file is as long as it says, because the decoder
// allocates by what chunks within that length declare, and finds animations,
// which it does not know.
func checkWebP(data []byte) error {
	if declared := int64(binary.LittleEndian.Uint32(data[4:])); declared > int64(len(data))-8 {
		return fmt.Errorf("%w: the WebP ends too early, it declares %d bytes and has %d; send the whole file", ErrMalformed, declared+8, len(data))
	}
	const animated = 2
	if string(data[12:16]) == "VP8X" && data[20]&animated != 0 {
		return fmt.Errorf("%w: animated WebP is not read here; save one frame as PNG", ErrUnsupportedFormat)
	}
	return nil
}
