package photos

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"io"
)

// encodeInterlaced writes an opaque picture as a PNG of 8 bits a colour, in the
// seven passes of Adam7, which image/png reads and does not write.
func encodeInterlaced(w io.Writer, img image.Image) error {
	size := img.Bounds().Size()
	var pixels bytes.Buffer
	z := zlib.NewWriter(&pixels)
	for _, pass := range [7]struct{ x, y, stepX, stepY int }{
		{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2},
	} {
		for y := pass.y; y < size.Y && pass.x < size.X; y += pass.stepY {
			row := []byte{0} // no filter
			for x := pass.x; x < size.X; x += pass.stepX {
				c := color.NRGBAModel.Convert(img.At(img.Bounds().Min.X+x, img.Bounds().Min.Y+y)).(color.NRGBA)
				row = append(row, c.R, c.G, c.B)
			}
			z.Write(row) // to a buffer: no error
		}
	}
	z.Close()
	header := binary.BigEndian.AppendUint32(nil, uint32(size.X))
	header = binary.BigEndian.AppendUint32(header, uint32(size.Y))
	header = append(header, 8, 2, 0, 0, 1) // bits, red-green-blue, deflate, filters, Adam7
	file := []byte("\x89PNG\r\n\x1a\n")
	file = appendChunk(file, "IHDR", header)
	file = appendChunk(file, "IDAT", pixels.Bytes())
	file = appendChunk(file, "IEND", nil)
	_, err := w.Write(file)
	return err
}

func appendChunk(file []byte, name string, data []byte) []byte {
	file = binary.BigEndian.AppendUint32(file, uint32(len(data)))
	start := len(file)
	file = append(append(file, name...), data...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(file[start:]))
}
