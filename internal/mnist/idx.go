package mnist

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// FormatError says why a file is not what MNIST's format or this data set
// asks for.
type FormatError struct {
	File   string // the path or name
	Reason string // what was found, and what was expected
}

// Error returns the file and the reason.
func (e *FormatError) Error() string { return e.File + ": " + e.Reason }

const (
	magicLabels = 0x0801 // unsigned bytes, one dimension
	magicImages = 0x0803 // unsigned bytes, three dimensions

	// The declared size is believed up to this many bytes.
	maxIDXBytes = 1 << 28
)

// ReadImages reads an IDX file of 28x28 images, compressed by gzip or not, and
// returns their pixels, n × 784. Every error about the content is a
// *FormatError that names the file.
func ReadImages(file string, r io.Reader) ([]byte, error) {
	dimensions, data, err := readIDX(file, r, magicImages)
	if err != nil {
		return nil, err
	}
	if dimensions[1] != Side || dimensions[2] != Side {
		return nil, &FormatError{file, fmt.Sprintf("its images are %dx%d; want %dx%d", dimensions[1], dimensions[2], Side, Side)}
	}
	return data, nil
}

// ReadLabels reads an IDX file of labels from 0 to 9, compressed by gzip or
// not. Every error about the content is a *FormatError that names the file.
func ReadLabels(file string, r io.Reader) ([]uint8, error) {
	_, data, err := readIDX(file, r, magicLabels)
	if err != nil {
		return nil, err
	}
	for i, label := range data {
		if label > 9 {
			return nil, &FormatError{file, fmt.Sprintf("label %d is %d; labels are 0 to 9", i, label)}
		}
	}
	return data, nil
}

// readIDX reads a header of big-endian words (magic, then the dimensions that
// the magic's last byte counts), the data, and nothing more.
func readIDX(file string, r io.Reader, magic uint32) (dimensions []int, data []byte, err error) {
	r, err = decompressed(file, r)
	if err != nil {
		return nil, nil, err
	}
	header := make([]byte, 4+4*(magic&0xff))
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, nil, truncated(file, "within its header", err)
	}
	if got := binary.BigEndian.Uint32(header); got != magic {
		return nil, nil, &FormatError{file, fmt.Sprintf("its magic number is %#08x; want %#08x", got, magic)}
	}
	size := int64(1)
	for i := 4; i < len(header); i += 4 {
		d := int64(binary.BigEndian.Uint32(header[i:]))
		dimensions = append(dimensions, int(d))
		if d == 0 || d > maxIDXBytes/size {
			return nil, nil, &FormatError{file, fmt.Sprintf("it declares a dimension of %d; that is none or too many", d)}
		}
		size *= d
	}
	// The buffer grows with what is there, not with what is declared.
	var body bytes.Buffer
	n, err := io.Copy(&body, io.LimitReader(r, size))
	if n < size {
		return nil, nil, truncated(file, fmt.Sprintf("after %d of %d declared bytes", n, size), err)
	}
	if err == nil {
		_, err = io.ReadFull(r, make([]byte, 1))
	}
	switch {
	case err == nil:
		return nil, nil, &FormatError{file, fmt.Sprintf("it goes on after the declared %d bytes", size)}
	case err != io.EOF:
		return nil, nil, truncated(file, "within its compressed trailer", err)
	}
	return dimensions, body.Bytes(), nil
}

// decompressed undoes gzip where the first bytes tell of it.
func decompressed(file string, r io.Reader) (io.Reader, error) {
	head := make([]byte, 2)
	n, err := io.ReadFull(r, head)
	whole := io.MultiReader(bytes.NewReader(head[:n]), r)
	if err != nil || head[0] != 0x1f || head[1] != 0x8b {
		return whole, nil
	}
	z, err := gzip.NewReader(whole)
	if err != nil {
		return nil, truncated(file, "within its gzip header", err)
	}
	return z, nil
}

// truncated describes an early end, or damage that gzip found.
func truncated(file, where string, err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &FormatError{file, "it ends " + where}
	}
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		return &FormatError{file, "it is damaged " + where + ": " + err.Error()}
	}
	return fmt.Errorf("%s: reading %s: %w", file, where, err)
}
