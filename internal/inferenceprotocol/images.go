package inferenceprotocol

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// readImages reads n base64 strings, in one list or each in a list of its own.
func readImages(text []byte, n int) ([][]byte, error) {
	images := make([][]byte, 0, n)
	one := func(value []byte) error {
		if len(images) == n {
			return fmt.Errorf("%w: there are more than %d images", ErrShape, n)
		}
		image, err := readBase64(value)
		images = append(images, image)
		return err
	}
	err := elements(text, func(value []byte) error {
		if len(value) > 0 && value[0] == '[' {
			return elements(value, one)
		}
		return one(value)
	})
	if err == nil && len(images) != n {
		return nil, fmt.Errorf("%w: there are %d images", ErrShape, len(images))
	}
	return images, err
}

func readBase64(value []byte) ([]byte, error) {
	var text string
	if err := unmarshal(value, &text); err != nil {
		return nil, err
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBase64, err)
	}
	return data, nil
}

// decodeImages reads n images with their lengths, of 4 bytes, before them.
func decodeImages(data []byte, n int) ([][]byte, error) {
	images := make([][]byte, 0, n)
	for range n {
		if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
			return nil, fmt.Errorf("%w: an image is longer than the data", ErrBinarySize)
		}
		end := 4 + int(binary.LittleEndian.Uint32(data))
		images, data = append(images, data[4:end:end]), data[end:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%w: %d bytes follow the images", ErrBinarySize, len(data))
	}
	return images, nil
}
