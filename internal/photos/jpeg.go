package photos

import (
	"encoding/binary"
	"image"
	"image/color"
	"io"
	"math"
	"math/bits"
)

// encodeProgressive writes a progressive JPEG in full resolution of colours,
// which image/jpeg reads and does not write: the blocks' means first, then
// their low frequencies, then the others.
func encodeProgressive(w io.Writer, img image.Image) error {
	j := newJPEG(img, 3, func(c color.RGBA) []byte {
		y, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
		return []byte{y, cb, cr}
	})
	j.header(0xc2)
	j.scan([]int{0, 1, 2}, 0, 0)
	for _, band := range [][2]int{{1, 5}, {6, 63}} {
		for k := range j.components {
			j.scan([]int{k}, band[0], band[1])
		}
	}
	return j.end(w)
}

// encodeCMYK writes a JPEG for print as Adobe's programs do, with inverted
// inks. Black takes over the grey that all inks share.
func encodeCMYK(w io.Writer, img image.Image) error {
	j := newJPEG(img, 4, func(c color.RGBA) []byte {
		cyan, magenta, yellow, black := color.RGBToCMYK(c.R, c.G, c.B)
		return []byte{255 - cyan, 255 - magenta, 255 - yellow, 255 - black}
	})
	j.segment(0xee, append([]byte("Adobe"), 0, 100, 0, 0, 0, 0, 0)) // the last: no transform
	j.header(0xc0)
	j.scan([]int{0, 1, 2, 3}, 0, 63)
	return j.end(w)
}

// jpegFile is a JPEG that is being written: blocks of 8×8 in components of the
// same size, and Huffman codes that are all equally long, which needs no tables
// of frequencies and costs some bytes.
type jpegFile struct {
	size       image.Point
	across     int // blocks in a row
	components [][][64]int
	out        []byte
	bits, n    uint32 // the last bits, not yet written, and how many
}

// newJPEG transforms a picture's blocks; components returns a pixel's.
func newJPEG(img image.Image, n int, components func(color.RGBA) []byte) *jpegFile {
	b := img.Bounds()
	j := &jpegFile{size: b.Size(), across: (b.Dx() + 7) / 8, components: make([][][64]int, n), out: []byte{0xff, 0xd8}}
	for top := 0; top < b.Dy(); top += 8 {
		for left := 0; left < b.Dx(); left += 8 {
			blocks := make([][64]float64, n)
			for i := range 64 {
				x, y := min(left+i%8, b.Dx()-1), min(top+i/8, b.Dy()-1)
				c := color.RGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA)
				for k, v := range components(c) {
					blocks[k][i] = float64(v) - 128
				}
			}
			for k := range blocks {
				j.components[k] = append(j.components[k], quantized(&blocks[k]))
			}
		}
	}
	return j
}

// zigzag is the order of frequencies in the file.
var zigzag = [64]int{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// divisor is a frequency's quantum: good quality.
func divisor(i int) int { return 3 + i%8 + i/8 }

// waves are the cosine transform's.
var waves = func() (w [8][8]float64) {
	for u := range w {
		for x := range w[u] {
			w[u][x] = math.Cos(float64((2*x+1)*u)*math.Pi/16) / 2
			if u == 0 {
				w[u][x] /= math.Sqrt2
			}
		}
	}
	return w
}()

// quantized returns a block's frequencies in the file's order.
func quantized(block *[64]float64) (q [64]int) {
	var half, full [64]float64
	for i := range 64 {
		for x := range 8 {
			half[i] += waves[i%8][x] * block[i/8*8+x]
		}
	}
	for i := range 64 {
		for y := range 8 {
			full[i] += waves[i/8][y] * half[y*8+i%8]
		}
	}
	for at, i := range zigzag {
		q[at] = int(math.RoundToEven(full[i] / float64(divisor(i))))
	}
	return q
}

func (j *jpegFile) segment(marker byte, body []byte) {
	j.out = append(j.out, 0xff, marker)
	j.out = binary.BigEndian.AppendUint16(j.out, uint16(len(body)+2))
	j.out = append(j.out, body...)
}

// header writes what stands before the scans: quanta, codes and the frame.
func (j *jpegFile) header(frame byte) {
	quanta := []byte{0}
	for _, i := range zigzag {
		quanta = append(quanta, byte(divisor(i)))
	}
	j.segment(0xdb, quanta)
	body := binary.BigEndian.AppendUint16([]byte{8}, uint16(j.size.Y))
	body = binary.BigEndian.AppendUint16(body, uint16(j.size.X))
	body = append(body, byte(len(j.components)))
	for k := range j.components {
		body = append(body, byte(k+1), 0x11, 0)
	}
	j.segment(frame, body)
	means := make([]byte, 17, 17+12) // 12 codes of 4 bits
	means[4] = 12
	for size := range 12 {
		means = append(means, byte(size))
	}
	j.segment(0xc4, means)
	others := make([]byte, 17, 17+176) // 176 codes of 8 bits: none is all ones
	others[0], others[8] = 0x10, 176
	for symbol := range 176 {
		others = append(others, acSymbol(symbol))
	}
	j.segment(0xc4, others)
}

// acSymbol returns the run and size that a code stands for.
func acSymbol(code int) byte { return byte(code/11<<4 | code%11) }

// scan writes some components' frequencies from first to last.
func (j *jpegFile) scan(components []int, first, last int) {
	body := []byte{byte(len(components))}
	for _, k := range components {
		body = append(body, byte(k+1), 0)
	}
	j.segment(0xda, append(body, byte(first), byte(last), 0))
	before := make([]int, len(j.components))
	for i := range j.components[0] {
		for _, k := range components {
			block := &j.components[k][i]
			if first == 0 {
				change := block[0] - before[k]
				before[k] = block[0]
				size := bits.Len(uint(max(change, -change)))
				j.put(uint32(size), 4)
				j.number(change, size)
			}
			if last > 0 {
				j.frequencies(block[max(first, 1) : last+1])
			}
		}
	}
	j.put(0x7f, (8-j.n%8)%8) // the last byte is filled with ones
}

// frequencies writes runs of zeros and the numbers that end them.
func (j *jpegFile) frequencies(values []int) {
	run := 0
	for _, v := range values {
		if v == 0 {
			run++
			continue
		}
		for ; run > 15; run -= 16 {
			j.put(15*11, 8)
		}
		size := bits.Len(uint(max(v, -v)))
		j.put(uint32(run*11+size), 8)
		j.number(v, size)
		run = 0
	}
	if run > 0 {
		j.put(0, 8) // the end of the block
	}
}

// number writes a number of so many bits: a negative one less 1.
func (j *jpegFile) number(v, size int) {
	if v < 0 {
		v--
	}
	j.put(uint32(v)&(1<<size-1), uint32(size))
}

// put writes bits; a byte of ones is followed by a zero.
func (j *jpegFile) put(value, n uint32) {
	j.bits, j.n = j.bits<<n|value&(1<<n-1), j.n+n
	for ; j.n >= 8; j.n -= 8 {
		b := byte(j.bits >> (j.n - 8))
		j.out = append(j.out, b)
		if b == 0xff {
			j.out = append(j.out, 0)
		}
	}
}

func (j *jpegFile) end(w io.Writer) error {
	_, err := w.Write(append(j.out, 0xff, 0xd9))
	return err
}
