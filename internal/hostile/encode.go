package hostile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
)

// sheet is white paper, with a stroke of ink if it is not blank.
func sheet(side int, blank bool) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := side / 5; y < side*4/5 && !blank; y++ {
		for x := side * 2 / 5; x < side/2; x++ {
			img.SetGray(x, y, color.Gray{})
		}
	}
	return img
}

// files are a digit in all formats that can be written here, by name.
func files(side int) map[string][]byte {
	img := sheet(side, false)
	var p, j, g bytes.Buffer
	must(png.Encode(&p, img))
	must(jpeg.Encode(&j, img, nil))
	must(gif.Encode(&g, img, nil))
	return map[string][]byte{"png": p.Bytes(), "jpeg": j.Bytes(), "gif": g.Bytes(), "bmp": bmpFile(img),
		"tiff": tiffFile(side, side, side, 1, img.Pix)}
}

func must(err error) {
	if err != nil {
		panic("hostile: a picture cannot be encoded")
	}
}

// chunk is one of a PNG.
func chunk(name string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, name...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

const pngMagic = "\x89PNG\r\n\x1a\n"

func pngHeader(width, height uint32, depth, kind, interlaced byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, width)
	b = binary.BigEndian.AppendUint32(b, height)
	return append([]byte(pngMagic), chunk("IHDR", append(b, depth, kind, 0, 0, interlaced))...)
}

// zeroPNG is a PNG of so many bytes of pixels that are all 0.
func zeroPNG(width, height uint32, depth, kind, interlaced byte, size int, extra ...byte) []byte {
	b := append(pngHeader(width, height, depth, kind, interlaced), extra...)
	return slices.Concat(b, chunk("IDAT", deflated(make([]byte, size))), chunk("IEND", nil))
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := w.Write(data)
	must(err)
	must(w.Close())
	return b.Bytes()
}

func bmpFile(img *image.Gray) []byte {
	b := img.Bounds()
	file := bmpHeader(int32(b.Dx()), int32(b.Dy()), 24)
	for y := b.Dy() - 1; y >= 0; y-- {
		for x := range (b.Dx() + 3) / 4 * 4 {
			v := img.GrayAt(min(x, b.Dx()-1), y).Y
			file = append(file, v, v, v)
		}
	}
	return file
}

func bmpHeader(width, height int32, bits uint16) []byte {
	file := []byte("BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00")
	file = binary.LittleEndian.AppendUint32(file, uint32(width))
	file = binary.LittleEndian.AppendUint32(file, uint32(height))
	file = binary.LittleEndian.AppendUint16(file, 1)
	file = binary.LittleEndian.AppendUint16(file, bits)
	return append(file, make([]byte, 24)...)
}

// tag is an entry of a TIFF's directory; values that do not fit it are behind.
type tag struct {
	id     uint16
	values []uint32
}

// tiffWith is a TIFF with its directory and the data behind it.
func tiffWith(tags []tag, data []byte) []byte {
	file := []byte("II*\x00\x08\x00\x00\x00")
	file = binary.LittleEndian.AppendUint16(file, uint16(len(tags)))
	far := uint32(8 + 2 + 12*len(tags) + 4 + len(data))
	var behind []byte
	for _, t := range tags {
		file = binary.LittleEndian.AppendUint16(file, t.id)
		file = binary.LittleEndian.AppendUint16(file, 4)
		file = binary.LittleEndian.AppendUint32(file, uint32(len(t.values)))
		if len(t.values) == 1 {
			file = binary.LittleEndian.AppendUint32(file, t.values[0])
			continue
		}
		file = binary.LittleEndian.AppendUint32(file, far+uint32(len(behind)))
		for _, v := range t.values {
			behind = binary.LittleEndian.AppendUint32(behind, v)
		}
	}
	return slices.Concat(file, make([]byte, 4), data, behind)
}

// tiffFile is a grey TIFF of one strip with a compression.
func tiffFile(width, height, rows int, compression uint32, data []byte) []byte {
	const offset = 8 + 2 + 12*9 + 4
	return tiffWith([]tag{{256, []uint32{uint32(width)}}, {257, []uint32{uint32(height)}}, {258, []uint32{8}}, {259, []uint32{compression}},
		{262, []uint32{1}}, {273, []uint32{offset}}, {277, []uint32{1}}, {278, []uint32{uint32(rows)}}, {279, []uint32{uint32(len(data))}}}, data)
}
