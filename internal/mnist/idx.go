package mnist

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// FormatError says which part of a file breaks the IDX format, or what MNIST
// asks of it.
type FormatError struct {
	File  string // path, address or name
	What  string // the part, for example "magic number"
	Found string
	Want  string
	Err   error // the reader's error, if there is one: io.ErrUnexpectedEOF, gzip.ErrChecksum …
}

// Error returns the file, the part, what was found and what was expected.
func (e *FormatError) Error() string {
	return fmt.Sprintf("%s: %s is %s; want %s", e.File, e.What, e.Found, e.Want)
}

// Unwrap returns the reader's error.
func (e *FormatError) Unwrap() error { return e.Err }

const (
	unsignedByte = 0x08    // IDX's code of the element type
	maxSamples   = 1 << 17 // a file that declares more is refused before anything is allocated
	maxLabel     = Classes - 1
)

// parseImages returns the pixels, n × 784, of an IDX file of 28x28 images. The
// content may be compressed by gzip; its first bytes tell. Every error is a
// *FormatError with the file's name.
func parseImages(file string, content []byte) ([]byte, error) {
	return parseIDX(file, content, Side, Side)
}

// parseLabels is parseImages for labels from 0 to 9.
func parseLabels(file string, content []byte) ([]uint8, error) {
	labels, err := parseIDX(file, content)
	if err != nil {
		return nil, err
	}
	for i, label := range labels {
		if label > maxLabel {
			return nil, &FormatError{File: file, What: fmt.Sprintf("label %d", i), Found: fmt.Sprint(label), Want: "0 to 9"}
		}
	}
	return labels, nil
}

// join makes a set of images and labels from two files.
func join(imagesFile, labelsFile string, images []byte, labels []uint8) (Set, error) {
	if n := len(images) / Pixels; n != len(labels) {
		return Set{}, &FormatError{File: labelsFile, What: "number of labels", Found: fmt.Sprint(len(labels)),
			Want: fmt.Sprintf("%d, one for each image of %s", n, imagesFile)}
	}
	return Set{images, labels}, nil
}

// parseIDX reads an IDX file of samples of the given shape, and nothing after
// it.
func parseIDX(file string, content []byte, shape ...int) ([]byte, error) {
	rest := bytes.NewReader(content)
	if !bytes.HasPrefix(content, []byte{0x1f, 0x8b}) {
		return readIDX(file, rest, shape)
	}
	z, err := gzip.NewReader(rest)
	if err != nil {
		return nil, readError(file, "the gzip header", "a whole one", err)
	}
	z.Multistream(false) // a second stream is trailing bytes
	samples, err := readIDX(file, z, shape)
	if err == nil && rest.Len() != 0 {
		err = &FormatError{File: file, What: "the part after the gzip stream", Found: fmt.Sprintf("%d bytes long", rest.Len()), Want: "the end of the file"}
	}
	if err != nil {
		return nil, err
	}
	return samples, nil
}

// readIDX reads the header, the declared samples, and the end of the stream.
func readIDX(file string, r io.Reader, shape []int) ([]byte, error) {
	n, err := readHeader(file, r, shape)
	if err != nil {
		return nil, err
	}
	size := n
	for _, side := range shape {
		size *= side
	}
	// What is read grows with what is there, not with what is declared.
	samples, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if err == nil && len(samples) < size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, readError(file, fmt.Sprintf("the content after %d bytes of samples", len(samples)), fmt.Sprintf("%d bytes of samples", size), err)
	}
	// At the end, gzip compares its checksum.
	switch _, err := io.ReadFull(r, make([]byte, 1)); err {
	case io.EOF:
		return samples, nil
	case nil:
		return nil, &FormatError{File: file, What: fmt.Sprintf("the part after %d bytes of samples", size), Found: "not empty", Want: "the end of the file"}
	default:
		return nil, readError(file, "the end of the gzip stream", "a whole one", err)
	}
}

// readHeader reads two zero bytes, the element type, the number of dimensions
// and the big-endian sizes. It returns the number of samples.
func readHeader(file string, r io.Reader, shape []int) (n int, err error) {
	var magic [4]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return 0, readError(file, "the magic number", "4 bytes", err)
	}
	wrong := func(what string, found, want any) (int, error) {
		return 0, &FormatError{File: file, What: what, Found: fmt.Sprint(found), Want: fmt.Sprint(want)}
	}
	if magic[0] != 0 || magic[1] != 0 {
		return wrong("magic number", fmt.Sprintf("%#x", magic), fmt.Sprintf("0x0000%02x%02x", unsignedByte, 1+len(shape)))
	}
	if magic[2] != unsignedByte {
		return wrong("element type", fmt.Sprintf("%#02x", magic[2]), fmt.Sprintf("%#02x, unsigned byte", unsignedByte))
	}
	if int(magic[3]) != 1+len(shape) {
		return wrong("number of dimensions", magic[3], 1+len(shape))
	}
	sizes := make([]uint32, 1+len(shape))
	if err := binary.Read(r, binary.BigEndian, sizes); err != nil {
		return 0, readError(file, "the list of dimensions", fmt.Sprintf("%d sizes of 4 bytes", len(sizes)), err)
	}
	if sizes[0] < 1 || sizes[0] > maxSamples {
		return wrong("number of samples", sizes[0], fmt.Sprintf("1 to %d", maxSamples))
	}
	for i, side := range shape {
		if sizes[1+i] != uint32(side) {
			return wrong([]string{"image height", "image width"}[i], sizes[1+i], side)
		}
	}
	return int(sizes[0]), nil
}

// readError describes an early end, or damage that gzip found.
func readError(file, what, want string, err error) error {
	found := "damaged (" + err.Error() + ")"
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		found, err = "cut off", io.ErrUnexpectedEOF
	}
	return &FormatError{File: file, What: what, Found: found, Want: want, Err: err}
}
