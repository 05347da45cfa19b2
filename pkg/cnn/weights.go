package cnn

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"digits/internal/atomicfile"
)

const (
	formatKey  = "format"
	specKey    = "spec"
	fileFormat = "digits.cnn/1"
)

func reserved(key string) bool { return key == formatKey || key == specKey || key == digestKey }

// Save writes the model as a safetensors file, which Load and any other reader
// of that format opens. The same model gives the same bytes.
func (m *Model) Save(w io.Writer) error {
	file, err := m.encode()
	if err != nil {
		return err
	}
	_, err = w.Write(file)
	return err
}

func (m *Model) encode() ([]byte, error) {
	metadata, err := m.net.metadata(m.metadata)
	if err != nil {
		return nil, err
	}
	return encodeTensors(m.net.tensors(m.parameters), metadata)
}

// metadata adds the format's own entries to a free-form record.
func (n *network) metadata(record map[string]string) (map[string]string, error) {
	spec, err := json.Marshal(n.spec)
	if err != nil {
		return nil, err
	}
	all := map[string]string{formatKey: fileFormat, specKey: string(spec)}
	for k, v := range record {
		all[k] = v
	}
	return all, nil
}

// SaveFile saves the model under a path, which then holds the whole new file or
// what it held before.
func (m *Model) SaveFile(path string) error { return atomicfile.Write(path, m.Save) }

// Digest returns the SHA-256, in hexadecimal, of the file that the model was
// loaded from or would be saved as.
func (m *Model) Digest() string {
	if m.digest != "" {
		return m.digest
	}
	file, err := m.encode()
	if err != nil {
		return "" // Save reports it
	}
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// Load reads a model from a weights file. It checks everything before it
// believes it: errors wrap ErrCorrupt, ErrForeign or ErrSpec, or are the
// reader's own.
func Load(r io.Reader) (*Model, error) {
	tensors, metadata, digest, err := decodeTensors(r)
	if err != nil {
		return nil, err
	}
	net, err := networkOf(metadata)
	if err != nil {
		return nil, err
	}
	want := net.blankTensors()
	if len(tensors) != len(want) {
		return nil, fmt.Errorf("%w: it holds %d tensors, its network has %d", ErrCorrupt, len(tensors), len(want))
	}
	for j, w := range want {
		i := slices.IndexFunc(tensors, func(t Tensor) bool { return t.Name == w.Name })
		if i < 0 || !slices.Equal(tensors[i].Shape, w.Shape) {
			return nil, fmt.Errorf("%w: its network needs the tensor %s of shape %v, which it does not hold", ErrCorrupt, w.Name, w.Shape)
		}
		want[j] = tensors[i]
	}
	// Only now is it certain that the file has as many numbers as its network.
	m := &Model{net: net, parameters: make([]float32, net.size()), metadata: record(metadata), digest: digest}
	net.setTensors(m.parameters, want)
	if err := net.checkStatistics(m.parameters); err != nil {
		return nil, err
	}
	return m, nil
}

// LoadFile is Load from a path. Its errors name the file.
func LoadFile(path string) (*Model, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	m, err := Load(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// networkOf builds the network that the metadata describe.
func networkOf(metadata map[string]string) (*network, error) {
	if metadata[formatKey] != fileFormat {
		return nil, fmt.Errorf("%w: its format is %.40q, this version reads %q", ErrForeign, metadata[formatKey], fileFormat)
	}
	var spec Spec
	if err := json.Unmarshal([]byte(metadata[specKey]), &spec); err != nil {
		return nil, fmt.Errorf("%w: its network cannot be read: %w", ErrForeign, err)
	}
	return newNetwork(spec)
}

// record returns the free-form part of the metadata.
func record(metadata map[string]string) map[string]string {
	delete(metadata, formatKey)
	delete(metadata, specKey)
	return metadata
}
