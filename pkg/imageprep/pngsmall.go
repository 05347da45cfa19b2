package imageprep

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"io"
	"sync"
)

// smallPNG is the most bytes of pixels that are decoded without a look at the
// context: less than a millisecond's work.
const smallPNG = 512 << 10

// decodeSmallPNG decodes a PNG that is whole and of the plainest kind: 8 bits
// gray, or colours with alpha, not interlaced, the pixels in one chunk. For all
// others, and for what is wrong in any way, it returns nil.
//
// image/png makes an inflater for each file, of 45 KB: for a digit of 28x28
// pixels that was more than half of the decoding, and most of what a busy
// server's garbage collector had to do. Here they are used again.
func decodeSmallPNG(data []byte) image.Image {
	header, packed := pngChunks(data)
	if !startsLike(data, magicPNG) || len(header) != 13 || packed == nil {
		return nil
	}
	width, height := int64(binary.BigEndian.Uint32(header)), int64(binary.BigEndian.Uint32(header[4:]))
	if width <= 0 || height <= 0 || width > smallPNG || height > smallPNG || 4*width*height > smallPNG {
		return nil
	}
	bounds := image.Rect(0, 0, int(width), int(height))
	switch kind := [5]byte(header[8:]); kind { // bits, colours, compression, filters, interlacing
	case [5]byte{8, 0}:
		img := image.NewGray(bounds)
		if inflateRows(img.Pix, img.Stride, 1, packed) {
			return img
		}
	case [5]byte{8, 6}:
		img := image.NewNRGBA(bounds)
		if inflateRows(img.Pix, img.Stride, 4, packed) {
			return img
		}
	}
	return nil
}

// pngChunks returns the data of the header and of the only chunk of pixels of
// a file that has nothing else that matters, and whose checksums are right.
func pngChunks(data []byte) (header, pixels []byte) {
	for at := len(magicPNG); len(data)-at >= 12; {
		length := int64(binary.BigEndian.Uint32(data[at:]))
		if length > int64(len(data)-at-12) {
			return nil, nil
		}
		end := at + 8 + int(length)
		name, content := string(data[at+4:at+8]), data[at+8:end]
		if crc32.ChecksumIEEE(data[at+4:end]) != binary.BigEndian.Uint32(data[end:]) {
			return nil, nil
		}
		switch {
		case name == "IEND" && length == 0:
			return header, pixels
		case name == "IHDR" && header == nil && pixels == nil:
			header = content
		case name == "IDAT" && header != nil && pixels == nil:
			pixels = content
		case name[0] < 'a' || name == "tRNS": // neither may be passed over
			return nil, nil
		}
		at = end + 4
	}
	return nil, nil
}

// inflater unpacks the rows of one picture at a time.
type inflater struct {
	packed bytes.Reader
	zlib   io.ReadCloser
	filter [1]byte
}

var inflaters sync.Pool // of *inflater

// inflateRows fills pix with the rows of the picture, whose pixels have so many
// bytes, and reports whether they were all there and nothing else was.
func inflateRows(pix []byte, stride, size int, packed []byte) bool {
	f, _ := inflaters.Get().(*inflater)
	if f == nil {
		f = new(inflater)
	}
	defer inflaters.Put(f)
	if !f.open(packed) {
		return false
	}
	above := make([]byte, stride)
	for ; len(pix) > 0; pix = pix[stride:] {
		row := pix[:stride]
		if _, err := io.ReadFull(f.zlib, f.filter[:]); err != nil {
			return false
		}
		if _, err := io.ReadFull(f.zlib, row); err != nil || !unfilter(f.filter[0], row, above, size) {
			return false
		}
		above = row
	}
	n, err := f.zlib.Read(f.filter[:])
	return n == 0 && err == io.EOF // after which its checksum has been found right
}

func (f *inflater) open(packed []byte) bool {
	f.packed.Reset(packed)
	if f.zlib != nil {
		return f.zlib.(zlib.Resetter).Reset(&f.packed, nil) == nil
	}
	reader, err := zlib.NewReader(&f.packed)
	if err != nil {
		return false
	}
	f.zlib = reader
	return true
}

// unfilter turns the differences in a row, from what the filter predicted by
// the row above and the pixel before, into bytes (PNG specification, section 9).
func unfilter(filter byte, row, above []byte, size int) bool {
	above = above[:len(row)]
	switch filter {
	case 0:
	case 1:
		for i := size; i < len(row); i++ {
			row[i] += row[i-size]
		}
	case 2:
		for i, up := range above {
			row[i] += up
		}
	case 3:
		for i, up := range above {
			row[i] += byte((before(row, i, size) + int(up)) / 2)
		}
	case 4:
		for i, up := range above {
			row[i] += paeth(before(row, i, size), int(up), before(above, i, size))
		}
	default:
		return false
	}
	return true
}

func before(row []byte, i, size int) int {
	if i < size {
		return 0
	}
	return int(row[i-size])
}

// paeth is the one of three neighbours that is nearest to left + up - corner.
func paeth(left, up, corner int) byte {
	toLeft, toUp := up-corner, left-corner
	toCorner := toLeft + toUp
	toLeft, toUp, toCorner = max(toLeft, -toLeft), max(toUp, -toUp), max(toCorner, -toCorner)
	switch {
	case toLeft <= toUp && toLeft <= toCorner:
		return byte(left)
	case toUp <= toCorner:
		return byte(up)
	}
	return byte(corner)
}
