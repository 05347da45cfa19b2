package imageprep_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"slices"
	"testing"

	"digits/pkg/imageprep"
)

// Each strip of a TIFF costs a decompressor.
func TestManyStrips(t *testing.T) {
	_, _, err := imageprep.Decode(stripedTIFF(100), imageprep.Options{})
	if err != nil {
		t.Errorf("100 strips: %v", err)
	}
	_, _, err = imageprep.Decode(stripedTIFF(100_000), imageprep.Options{})
	wantOnly(t, err, imageprep.ErrTooManyPieces)
}

// A few bytes that are given as the content of many large tiles are
// decompressed for each of them.
func TestPaddedTiles(t *testing.T) {
	const byteKind, short, long = 1, 3, 4
	tests := []struct {
		name          string
		width, height uint32
		tile          tag
		want          error
	}{
		{"an image smaller than its tile", 28, 28, tag{322, long, []uint32{256}}, nil},
		{"many tiles with little padding", 1000, 2000, tag{322, short, []uint32{256}}, nil},
		{"wide tiles of a narrow image", 8, 400_000, tag{322, long, []uint32{1024}}, imageprep.ErrTooManyPixels},
		{"the width elsewhere in the file", 8, 400_000, tag{322, long, []uint32{1024, 8}}, imageprep.ErrTooManyPixels},
		{"the width as a short", 8, 400_000, tag{322, short, []uint32{1024}}, imageprep.ErrTooManyPixels},
		{"the width as a byte", 8, 3_000_000, tag{322, byteKind, []uint32{255}}, imageprep.ErrTooManyPixels},
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				_, _, err := imageprep.Decode(tiledTIFF(order, tt.width, tt.height, tt.tile), imageprep.Options{})
				if tt.want != nil {
					wantOnly(t, err, tt.want)
				} else if err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// A TIFF says in a tag of its own how the camera was held; what cannot be is
// upright.
func TestOrientationOfTIFF(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for said, want := range map[uint32]int{1: 1, 3: 3, 6: 6, 8: 8, 9: 1, 0: 1} {
			file := tiffOf(order, 200, make([]byte, 64), tag{256, 4, []uint32{8}}, tag{257, 4, []uint32{8}}, tag{258, 3, []uint32{8}}, tag{262, 3, []uint32{1}},
				tag{273, 4, []uint32{200}}, tag{274, 3, []uint32{said}}, tag{278, 4, []uint32{8}}, tag{279, 4, []uint32{64}})
			if _, info, err := imageprep.Decode(file, imageprep.Options{}); err != nil || info.Orientation != want {
				t.Errorf("%v, %d: orientation %d and %v; want %d", order, said, info.Orientation, err, want)
			}
		}
	}
}

// tag is an entry of a TIFF's directory; kind 1 is a byte, 3 a short, 4 a long.
type tag struct {
	number, kind uint16
	values       []uint32
}

// tiffOf writes a TIFF of tags; content begins at the offset start, which the
// tags may point to.
func tiffOf(order binary.AppendByteOrder, start int, content []byte, tags ...tag) []byte {
	mark := "II"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM"
	}
	out := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	out = order.AppendUint16(out, uint16(len(tags)))
	far := uint32(start + len(content)) // where values go that need more than four bytes
	for _, tag := range tags {
		values := encodeValues(order, tag)
		out = order.AppendUint16(order.AppendUint16(out, tag.number), tag.kind)
		out = order.AppendUint32(out, uint32(len(tag.values)))
		if len(values) <= 4 {
			out = append(append(out, values...), make([]byte, 4-len(values))...)
			continue
		}
		out = order.AppendUint32(out, far)
		content = append(content, values...)
		far += uint32(len(values))
	}
	return append(append(out, make([]byte, start-len(out))...), content...)
}

func encodeValues(order binary.AppendByteOrder, tag tag) (out []byte) {
	for _, v := range tag.values {
		switch tag.kind {
		case 1:
			out = append(out, byte(v))
		case 3:
			out = order.AppendUint16(out, uint16(v))
		case 4:
			out = order.AppendUint32(out, v)
		}
	}
	return out
}

// stripedTIFF is 8 pixels wide and has as many strips as rows.
func stripedTIFF(rows uint32) []byte {
	each := func(v uint32) []uint32 { return slices.Repeat([]uint32{v}, int(rows)) }
	return tiffOf(binary.LittleEndian, 200, make([]byte, 8),
		tag{256, 4, []uint32{8}}, tag{257, 4, []uint32{rows}}, tag{258, 3, []uint32{8}}, tag{262, 3, []uint32{1}},
		tag{273, 4, each(200)}, tag{278, 4, []uint32{1}}, tag{279, 4, each(8)})
}

// tiledTIFF has tiles that are as high as wide and all the same bytes.
func tiledTIFF(order binary.AppendByteOrder, width, height uint32, tile tag) []byte {
	side := tile.values[0]
	var content bytes.Buffer
	w := zlib.NewWriter(&content)
	w.Write(make([]byte, side*side))
	w.Close()
	tiles := ((width + side - 1) / side) * ((height + side - 1) / side)
	each := func(v uint32) []uint32 { return slices.Repeat([]uint32{v}, int(tiles)) }
	return tiffOf(order, 200, content.Bytes(),
		tag{256, 4, []uint32{width}}, tag{257, 4, []uint32{height}}, tag{258, 3, []uint32{8}}, tag{259, 3, []uint32{8}}, tag{262, 3, []uint32{1}},
		tile, tag{323, 4, []uint32{side}}, tag{324, 4, each(200)}, tag{325, 4, each(uint32(content.Len()))})
}
