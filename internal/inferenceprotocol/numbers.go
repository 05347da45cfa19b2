package inferenceprotocol

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// The datatypes of tensors and images.
const (
	typeFP32  = "FP32"
	typeFP64  = "FP64"
	typeUINT8 = "UINT8"
	typeBYTES = "BYTES"
)

// numbers reads nested or flat lists of numbers.
type numbers struct {
	text     []byte
	datatype string
	dst      []float32 // what was read
}

// readNumbers reads a list with so many numbers in all, nested as the shape
// says or flat.
func readNumbers(text []byte, datatype string, shape []int, total int) ([]float32, error) {
	if len(text) < 2*total { // "0," each: no room is made for what cannot be there
		return nil, fmt.Errorf("%w: there are too few data", ErrShape)
	}
	n := numbers{text: skipSpace(text), datatype: datatype, dst: make([]float32, 0, total)}
	if inner := skipSpace(n.text[min(1, len(n.text)):]); len(inner) > 0 && inner[0] != '[' {
		shape = []int{total}
	}
	if err := n.list(shape); err != nil {
		return nil, err
	}
	return n.dst, end(n.text)
}

// list reads a list of the shape. It goes only as deep as that.
func (n *numbers) list(shape []int) error {
	if !n.next('[') {
		if numberLength(n.text) > 0 {
			return errOtherLengths
		}
		return n.unexpected()
	}
	for i := range shape[0] {
		if i > 0 && !n.next(',') {
			return n.unexpected()
		}
		var err error
		if len(shape) > 1 {
			err = n.list(shape[1:])
		} else {
			err = n.number()
		}
		if err != nil {
			return err
		}
	}
	if !n.next(']') {
		return n.unexpected()
	}
	return nil
}

// next takes the delimiter, and the white space around it, if it is there.
func (n *numbers) next(delimiter byte) bool {
	n.text = skipSpace(n.text)
	if len(n.text) == 0 || n.text[0] != delimiter {
		return false
	}
	n.text = skipSpace(n.text[1:])
	return true
}

var errOtherLengths = fmt.Errorf("%w: the lists have other lengths than the shape", ErrShape)

// unexpected is the error about another delimiter than the shape wants.
func (n *numbers) unexpected() error {
	if len(n.text) > 0 && (n.text[0] == ',' || n.text[0] == ']' || n.text[0] == '[') {
		return errOtherLengths
	}
	return fmt.Errorf("%w: the data are not lists of numbers", ErrMalformed)
}

// number reads one number.
func (n *numbers) number() error {
	length := numberLength(n.text)
	if length == 0 {
		return n.unexpected()
	}
	var v float32
	text := string(n.text[:length])
	switch n.datatype {
	case typeUINT8:
		level, err := strconv.ParseFloat(text, 64) // 255.0 is a whole number too
		if err != nil || level != math.Trunc(level) || level < 0 || level > math.MaxUint8 {
			return fmt.Errorf("%w: a UINT8 is not a whole number from 0 to 255", ErrRange)
		}
		v = float32(level) / math.MaxUint8
	case typeFP64:
		wide, err := strconv.ParseFloat(text, 64)
		if v = float32(wide); err != nil || !inRange(v) {
			return errOutside
		}
	default:
		narrow, err := strconv.ParseFloat(text, 32)
		if v = float32(narrow); err != nil || !inRange(v) {
			return errOutside
		}
	}
	n.dst, n.text = append(n.dst, v), n.text[length:]
	return nil
}

var errOutside = fmt.Errorf("%w: it is not from 0 to 1", ErrRange)

// inRange reports whether a number can be a pixel. NaN cannot.
func inRange(v float32) bool { return v >= 0 && v <= 1 }

// numberLength returns the length of the number, in JSON's grammar, that the
// text begins with, or 0.
func numberLength(text []byte) int {
	at := skipOne(text, 0, '-', '-')
	end := skipOne(text, at, '0', '0')
	if end == at {
		end = skipDigits(text, at)
	}
	if end == at {
		return 0
	}
	if at = skipOne(text, end, '.', '.'); at > end {
		if end = skipDigits(text, at); end == at {
			return 0
		}
	}
	if at = skipOne(text, end, 'e', 'E'); at > end {
		at = skipOne(text, at, '+', '-')
		if end = skipDigits(text, at); end == at {
			return 0
		}
	}
	return end
}

// skipOne returns the place after one of two characters, or the same place.
func skipOne(text []byte, at int, a, b byte) int {
	if at < len(text) && (text[at] == a || text[at] == b) {
		return at + 1
	}
	return at
}

// skipDigits returns the place after all digits.
func skipDigits(text []byte, at int) int {
	for at < len(text) && '0' <= text[at] && text[at] <= '9' {
		at++
	}
	return at
}

// sizeOf returns the bytes of a number in binary data.
func sizeOf(datatype string) int {
	switch datatype {
	case typeFP64:
		return 8
	case typeFP32:
		return 4
	}
	return 1
}

// decodeNumbers reads little-endian numbers.
func decodeNumbers(data []byte, datatype string, total int) ([]float32, error) {
	if len(data) != total*sizeOf(datatype) {
		return nil, fmt.Errorf("%w: the binary data have another size than the shape", ErrShape)
	}
	dst := make([]float32, total)
	for i := range dst {
		switch datatype {
		case typeFP32:
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		case typeFP64:
			dst[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:])))
		default:
			dst[i] = float32(data[i]) / 255
		}
		if !inRange(dst[i]) {
			return nil, errOutside
		}
	}
	return dst, nil
}
