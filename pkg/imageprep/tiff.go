package imageprep

import (
	"encoding/binary"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/tiff"
)

// maxPieces bounds the strips and tiles of a TIFF, each of which costs a
// decompressor. The page of a scanner has some thousands at most.
const maxPieces = 1 << 12

func decodeTIFF(r io.Reader) (image.Image, error) {
	return tiff.Decode(&countedReader{ReaderAt: r.(io.ReaderAt)})
}

// countedReader refuses to be read in very many pieces.
type countedReader struct {
	io.ReaderAt
	pieces int
}

func (c *countedReader) ReadAt(p []byte, offset int64) (int, error) {
	if c.pieces++; c.pieces > maxPieces {
		return 0, fmt.Errorf("%w: the TIFF has more than %d; save the image anew as PNG", ErrTooManyPieces, maxPieces)
	}
	return c.ReaderAt.ReadAt(p, offset)
}

// Read is never called: the TIFF decoder reads at offsets when it can.
func (c *countedReader) Read([]byte) (int, error) { return 0, io.EOF }

// The tags of a TIFF that say how large it is and how large its tiles are.
const (
	tagWidth      = 256
	tagHeight     = 257
	tagTileWidth  = 322
	tagTileHeight = 323
)

// checkTIFF finds tiles that hold far more pixels than the image shows: each
// is decompressed whole, and a narrow, high image of wide tiles that are all
// the same few bytes is a bomb.
func checkTIFF(data []byte, _ image.Config) error {
	width, height := tiffTag(data, tagWidth), tiffTag(data, tagHeight)
	tileWidth, tileHeight := tiffTag(data, tagTileWidth), tiffTag(data, tagTileHeight)
	if tileWidth == 0 || tileHeight == 0 { // strips, which are never padded
		return nil
	}
	roundUp := func(n, multiple float64) float64 { return multiple * float64(int64((n+multiple-1)/multiple)) }
	const padding, spare = 4, 1 << 22 // an image that is smaller than its only tile is in order
	if stored := roundUp(width, tileWidth) * roundUp(height, tileHeight); stored > padding*width*height+spare {
		return fmt.Errorf("%w: the TIFF shows %.0fx%.0f and stores %.0f in its tiles; save the image anew as PNG", ErrTooManyPixels, width, height, stored)
	}
	return nil
}

// tiffTag returns the first value of a tag of the first image, or 0 when there
// is none. Like the decoder it takes the last of equal tags.
func tiffTag(data []byte, tag uint16) (value float64) {
	var order binary.ByteOrder = binary.LittleEndian
	if data[0] == 'M' {
		order = binary.BigEndian
	}
	from := func(offset uint32) []byte { return data[min(int64(offset), int64(len(data))):] }
	directory := from(order.Uint32(data[4:]))
	if len(directory) < 2 {
		return 0
	}
	entries := directory[2:]
	for range order.Uint16(directory) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == tag {
			value = tiffValue(entries, order, from)
		}
		entries = entries[12:]
	}
	return value
}

// tiffValue returns the first value of an entry, which stands in its last four
// bytes unless all values together need more.
func tiffValue(entry []byte, order binary.ByteOrder, from func(offset uint32) []byte) float64 {
	kind, count, raw := order.Uint16(entry[2:]), order.Uint32(entry[4:]), entry[8:12]
	size := map[uint16]int{1: 1, 3: 2, 4: 4}[kind]
	if uint64(size)*uint64(count) > 4 {
		raw = from(order.Uint32(raw))
	}
	switch {
	case len(raw) < size:
		return 0
	case size == 1:
		return float64(raw[0])
	case size == 2:
		return float64(order.Uint16(raw))
	case size == 4:
		return float64(order.Uint32(raw))
	}
	return 0
}
