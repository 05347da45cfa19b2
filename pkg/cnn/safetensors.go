package cnn

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// A weights file is a safetensors file: the length of a JSON header as eight
// little-endian bytes, the header (dtype, shape and byte range of each tensor,
// and a string map "__metadata__"), then the tensors as little-endian float32.
// The entry "sha256" of the metadata is the SHA-256 of the whole file in which
// that entry's 64 digits are zeros.
//
// https://github.com/huggingface/safetensors describes the format.

// ErrCorrupt is wrapped by every error about a file that is truncated, damaged
// or contradicts itself.
var ErrCorrupt = errors.New("the weights file is damaged")

// ErrForeign is wrapped by every error about a file that was not written by
// this program, or by a version of it that this one cannot read.
var ErrForeign = errors.New("this is not a weights file of digits")

// ErrNotFinite is wrapped by the error about saving NaN or infinity, which no
// reader would accept, and by NotFiniteError.
var ErrNotFinite = errors.New("a number is not finite")

const (
	maxHeaderBytes = 1 << 20
	metadataKey    = "__metadata__"
	digestKey      = "sha256"
	noDigest       = "0000000000000000000000000000000000000000000000000000000000000000"
)

type headerEntry struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// encodeTensors returns a whole file.
func encodeTensors(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	header, err := encodeHeader(tensors, metadata)
	if err != nil {
		return nil, err
	}
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	file = append(file, header...)
	for _, t := range tensors {
		for _, v := range t.Data {
			if !finite(v) {
				return nil, fmt.Errorf("%w: the parameters %s hold %v", ErrNotFinite, t.Name, v)
			}
			file = binary.LittleEndian.AppendUint32(file, math.Float32bits(v))
		}
	}
	sum := sha256.Sum256(file)
	at := bytes.Index(file[:8+len(header)], []byte(noDigest))
	hex.Encode(file[at:], sum[:])
	return file, nil
}

func encodeHeader(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	record := map[string]string{}
	for k, v := range metadata {
		if strings.Contains(v, noDigest) {
			return nil, errors.New("cnn: a metadata value holds the checksum's place holder")
		}
		record[k] = v
	}
	record[digestKey] = noDigest
	encoded, err := json.Marshal(record)
	if err != nil {
		return nil, err
	}
	header := fmt.Appendf(nil, "{%q:%s", metadataKey, encoded)
	offset := 0
	for _, t := range tensors {
		entry, err := json.Marshal(headerEntry{"F32", t.Shape, [2]int{offset, offset + 4*len(t.Data)}})
		if err != nil {
			return nil, err
		}
		header = fmt.Appendf(header, ",%q:%s", t.Name, entry)
		offset += 4 * len(t.Data)
	}
	header = append(header, '}')
	for len(header)%8 != 0 { // keeps the tensors aligned
		header = append(header, ' ')
	}
	if len(header) > maxHeaderBytes {
		return nil, fmt.Errorf("cnn: the header has %d bytes; at most %d can be read again", len(header), maxHeaderBytes)
	}
	return header, nil
}

// decodeTensors reads a whole file. Memory grows with what is really there,
// never with what the header declares. digest is the SHA-256 of the file's bytes.
func decodeTensors(r io.Reader) (tensors []Tensor, metadata map[string]string, digest string, err error) {
	var prefix [8]byte
	if _, err = io.ReadFull(r, prefix[:]); err != nil {
		return nil, nil, "", cutShort("its first 8 bytes", err)
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	if length > maxHeaderBytes {
		return nil, nil, "", fmt.Errorf("%w: it declares a header of %d bytes; at most %d are read", ErrForeign, length, maxHeaderBytes)
	}
	header := make([]byte, length)
	if _, err = io.ReadFull(r, header); err != nil {
		return nil, nil, "", cutShort("its header", err)
	}
	tensors, size, metadata, err := decodeHeader(header)
	if err != nil {
		return nil, nil, "", err
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(size)+1))
	if err != nil {
		return nil, nil, "", fmt.Errorf("reading the weights: %w", err)
	}
	if len(data) != size {
		return nil, nil, "", fmt.Errorf("%w: its header declares %d bytes of tensors, %s; copy it again",
			ErrCorrupt, size, found(len(data), size))
	}
	if digest, err = verify(prefix[:], header, data, metadata[digestKey]); err != nil {
		return nil, nil, "", err
	}
	delete(metadata, digestKey)
	return tensors, metadata, digest, fillTensors(tensors, data)
}

// cutShort is the error of a read that did not get all that it needed.
func cutShort(where string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends within %s (%w); copy it again", ErrCorrupt, where, err)
	}
	return fmt.Errorf("reading the weights: %w", err)
}

func found(have, want int) string {
	if have > want {
		return "but more follow"
	}
	return fmt.Sprintf("but only %d follow", have)
}

// decodeHeader returns the tensors without data, and the size of that in bytes.
func decodeHeader(header []byte) (tensors []Tensor, size int, metadata map[string]string, err error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(header, &raw); err != nil {
		return nil, 0, nil, fmt.Errorf("%w: its header is not JSON: %w", ErrForeign, err)
	}
	if err := json.Unmarshal(raw[metadataKey], &metadata); err != nil || metadata[digestKey] == "" {
		return nil, 0, nil, fmt.Errorf("%w: its header has no metadata with a checksum; make the file with this project's trainer", ErrForeign)
	}
	delete(raw, metadataKey)
	entries := make(map[string]headerEntry, len(raw))
	for name, value := range raw {
		var e headerEntry
		if err := strictly(value, &e); err != nil {
			return nil, 0, nil, fmt.Errorf("%w: its header describes the tensor %.60q badly: %w", ErrCorrupt, name, err)
		}
		if slices.ContainsFunc(e.Shape, func(d int) bool { return d < 1 || d > maxNumbers }) || e.DType != "F32" ||
			product(e.Shape) > maxNumbers || e.Offsets[0] < 0 || e.Offsets[1]-e.Offsets[0] != 4*product(e.Shape) {
			return nil, 0, nil, fmt.Errorf("%w: the tensor %.60q has the dtype %.20q, the shape %v and the bytes %v, which is not possible here",
				ErrCorrupt, name, e.DType, e.Shape, e.Offsets)
		}
		entries[name] = e
		tensors = append(tensors, Tensor{Name: name, Shape: e.Shape})
	}
	slices.SortFunc(tensors, func(a, b Tensor) int { return entries[a.Name].Offsets[0] - entries[b.Name].Offsets[0] })
	for _, t := range tensors {
		if entries[t.Name].Offsets[0] != size {
			return nil, 0, nil, fmt.Errorf("%w: the tensors of its header overlap or leave gaps at %.60q", ErrCorrupt, t.Name)
		}
		if size = entries[t.Name].Offsets[1]; size > 8*maxNumbers {
			return nil, 0, nil, fmt.Errorf("%w: its header declares more than %d bytes of tensors", ErrCorrupt, 8*maxNumbers)
		}
	}
	return tensors, size, metadata, nil
}

// verify checks the checksum and returns the SHA-256 of the file as it stands.
func verify(prefix, header, data []byte, declared string) (string, error) {
	blank := bytes.Replace(header, []byte(declared), []byte(noDigest), 1)
	sum := sha256.New()
	sum.Write(prefix)
	sum.Write(blank)
	sum.Write(data)
	if hex.EncodeToString(sum.Sum(nil)) != declared {
		return "", fmt.Errorf("%w: its checksum does not match its content; copy it again or train anew", ErrCorrupt)
	}
	sum.Reset()
	sum.Write(prefix)
	sum.Write(header)
	sum.Write(data)
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func fillTensors(tensors []Tensor, data []byte) error {
	for i := range tensors {
		t := &tensors[i]
		t.Data = make([]float32, product(t.Shape))
		for j := range t.Data {
			v := math.Float32frombits(binary.LittleEndian.Uint32(data[4*j:]))
			if !finite(v) {
				return fmt.Errorf("%w: the tensor %.60q holds NaN or infinity; train anew", ErrCorrupt, t.Name)
			}
			t.Data[j] = v
		}
		data = data[4*len(t.Data):]
	}
	return nil
}

func finite(v float32) bool { return v-v == 0 }
