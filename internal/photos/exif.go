package photos

import (
	"encoding/binary"
	"image"
)

// turned returns the pixels as they are stored under an EXIF orientation: a
// viewer that obeys it shows the picture again.
func turned(img *image.RGBA, orientation int) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	storedWide, storedHigh := w, h
	if orientation > 4 {
		storedWide, storedHigh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, storedWide, storedHigh))
	for y := range h {
		for x := range w {
			right, down := w-1-x, h-1-y
			at := [...][2]int{{x, y}, {right, y}, {right, down}, {x, down}, {y, x}, {y, right}, {down, right}, {down, x}}[orientation-1]
			out.SetRGBA(at[0], at[1], img.RGBAAt(x, y))
		}
	}
	return out
}

// withOrientation puts an EXIF segment that says nothing else into a JPEG,
// right behind its first marker.
func withOrientation(data []byte, orientation int, bigEndian bool) []byte {
	var order binary.AppendByteOrder = binary.LittleEndian
	mark := "II"
	if bigEndian {
		order, mark = binary.BigEndian, "MM"
	}
	const tag, short = 0x0112, 3
	body := []byte("Exif\x00\x00" + mark)
	body = order.AppendUint16(body, 42)
	body = order.AppendUint32(body, 8) // where the directory begins
	body = order.AppendUint16(body, 1) // entries
	body = order.AppendUint16(body, tag)
	body = order.AppendUint16(body, short)
	body = order.AppendUint32(body, 1) // values
	body = order.AppendUint16(body, uint16(orientation))
	body = order.AppendUint16(body, 0) // fills the entry's four bytes
	body = order.AppendUint32(body, 0) // no further directory
	out := append([]byte{}, data[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(append(out, body...), data[2:]...)
}
