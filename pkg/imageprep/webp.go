package imageprep

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
)

// MaxLosslessPixels is how many pixels a lossless WebP may have, or a lossy one
// whose transparency is lossless. They can be coded in no bits at all, so that
// the length of the file says nothing about the work, and the decoder cannot be
// stopped: as many as this take an eighth of a second.
const MaxLosslessPixels = 4_000_000

// checkWebP sees that the file is as long as it says, because the decoder
// allocates by what chunks within that length declare, and finds animations,
// which it does not know.
func checkWebP(data []byte, config image.Config) error {
	if declared := int64(binary.LittleEndian.Uint32(data[4:])); declared > int64(len(data))-8 {
		return fmt.Errorf("%w: the WebP ends too early, it declares %d bytes and has %d; send the whole file", ErrMalformed, declared+8, len(data))
	}
	const animated = 2
	if string(data[12:16]) == "VP8X" && data[20]&animated != 0 {
		return fmt.Errorf("%w: animated WebP is not read here; save one frame as PNG", ErrUnsupportedFormat)
	}
	if config.Width*config.Height > MaxLosslessPixels && hasLossless(data) {
		return fmt.Errorf("%w: the lossless WebP has %dx%d; save it as PNG, or with at most %d", ErrTooManyPixels, config.Width, config.Height, MaxLosslessPixels)
	}
	return nil
}

// hasLossless reports whether there is a chunk of lossless pixels or compressed
// transparency.
func hasLossless(data []byte) bool {
	const compression = 3 // the bits that tell
	transparency := chunkOfWebP(data, "ALPH")
	return chunkOfWebP(data, "VP8L") != nil || len(transparency) > 0 && transparency[0]&compression != 0
}

// memoryOfWebP counts, for lossless ones, the decoder's tables of codes: it makes
// up to 2,600 sets of them, of 64 KiB, and up to one for each 4x4 pixels. Few
// bytes of a file can ask for that.
func memoryOfWebP(data []byte, config image.Config) int64 {
	const perPixel, set, mostSets = 8, 64 << 10, 2600
	if !hasLossless(data) {
		return perPixel
	}
	pixels := max(int64(config.Width)*int64(config.Height), 1)
	return perPixel + min(set/16, set*mostSets/pixels)
}

// exifOfWebP is the content of the chunk with Exif, if there is one, without
// what begins it in a JPEG and, by some programs, here. (The parser's own
// reader of WebP takes neither that nor chunks of odd length before.)
func exifOfWebP(data []byte) []byte {
	return bytes.TrimPrefix(chunkOfWebP(data, "EXIF"), []byte("Exif\x00\x00"))
}

// chunkOfWebP is the content of the first chunk with a name, or nil.
func chunkOfWebP(data []byte, name string) []byte {
	for rest := data[12:]; len(rest) >= 8; {
		size := int64(binary.LittleEndian.Uint32(rest[4:]))
		if size > int64(len(rest))-8 {
			return nil
		}
		if string(rest[:4]) == name {
			return rest[8 : 8+size]
		}
		rest = rest[min(int64(len(rest)), 8+size+size%2):]
	}
	return nil
}
