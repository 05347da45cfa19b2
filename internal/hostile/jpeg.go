package hostile

import "encoding/binary"

// JPEG is a file with a frame and scans in which nothing is but zeros.
type JPEG struct {
	Width, Height, Components int
	Progressive               bool
	Scans                     int
}

// Bytes returns the file. Each scan of a progressive one takes some bytes and
// lets a decoder go over all pixels.
func (j JPEG) Bytes() []byte {
	b := []byte{0xff, 0xd8}
	b = segment(b, 0xdb, append([]byte{0}, make([]byte, 64)...))
	b = segment(b, 0xc4, huffman(0x00, 0))
	frame, code := byte(0xc0), byte(0) // the end of a block
	if j.Progressive {
		frame, code = 0xc2, 0xe0 // the end of 2 to the 14 blocks and more
	}
	b = segment(b, 0xc4, huffman(0x10, code))
	head := binary.BigEndian.AppendUint16([]byte{8}, uint16(j.Height))
	head = append(binary.BigEndian.AppendUint16(head, uint16(j.Width)), byte(j.Components))
	for k := range j.Components {
		head = append(head, byte(k+1), 0x11, 0)
	}
	b = segment(b, frame, head)
	if j.Components == 4 {
		b = segment(b, 0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"))
	}
	for scan := range j.Scans {
		b = j.scan(b, scan%j.Components)
	}
	return append(b, 0xff, 0xd9)
}

func (j JPEG) blocks() int { return (j.Width + 7) / 8 * ((j.Height + 7) / 8) }

// scan adds a component's scan: of everything, or a refinement of what is there.
func (j JPEG) scan(b []byte, component int) []byte {
	w := bits{out: b}
	if !j.Progressive {
		body := []byte{byte(j.Components)}
		for k := range j.Components {
			body = append(body, byte(k+1), 0)
		}
		w.out = segment(w.out, 0xda, append(body, 0, 63, 0))
		for range j.blocks() * j.Components {
			w.put(0, 2)
		}
		return w.end()
	}
	w.out = segment(w.out, 0xda, []byte{1, byte(component + 1), 0, 1, 63, 0x10})
	const most = 1<<15 - 1
	for left := j.blocks(); left > 0; left -= most {
		w.put(0, 1)
		w.put(1<<14-1, 14)
	}
	return w.end()
}

func segment(b []byte, marker byte, body []byte) []byte {
	b = binary.BigEndian.AppendUint16(append(b, 0xff, marker), uint16(len(body)+2))
	return append(b, body...)
}

// huffman is a table with one code, which is the bit 0.
func huffman(table, symbol byte) []byte {
	body := append(make([]byte, 17), symbol)
	body[0], body[1] = table, 1
	return body
}

type bits struct {
	out  []byte
	last uint32
	n    int
}

func (w *bits) put(value uint32, n int) {
	w.last, w.n = w.last<<n|value, w.n+n
	for ; w.n >= 8; w.n -= 8 {
		v := byte(w.last >> (w.n - 8))
		w.out = append(w.out, v)
		if v == 0xff {
			w.out = append(w.out, 0)
		}
	}
}

func (w *bits) end() []byte {
	if w.n > 0 {
		w.put(0x7f>>(w.n-1), 8-w.n)
	}
	return w.out
}
