package imageprep

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"io"
)

const magicPNG = "\x89PNG\r\n\x1a\n"

// maxChunks is far above the hundreds of a usual PNG. The decoder allocates 4
// KiB for each that it does not know, and they can be as short as twelve bytes.
const maxChunks = 10_000

// configPNG counts the chunks before it lets the decoder go over them.
func configPNG(r io.Reader) (image.Config, error) {
	data := r.(*bytes.Reader)
	head := make([]byte, 8) // the length and the name
	at := int64(len(magicPNG))
	for chunks := 0; ; chunks++ {
		if _, err := data.ReadAt(head, at); err != nil || string(head[4:]) == "IEND" {
			return png.DecodeConfig(r)
		}
		if chunks == maxChunks {
			return image.Config{}, fmt.Errorf("%w: the PNG has more than %d chunks; save the image anew", ErrTooManyPieces, maxChunks)
		}
		at += 12 + int64(binary.BigEndian.Uint32(head))
	}
}
