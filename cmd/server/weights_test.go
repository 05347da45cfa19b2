package main

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"digits/pkg/cnn"
	"digits/weights"
)

// A weights file that cannot be used ends the start with one clear line.
func TestBadWeightsFiles(t *testing.T) {
	whole := weights.Default()
	flipped := slices.Clone(whole)
	flipped[len(flipped)/2] ^= 0x10
	terabytes := slices.Clone(whole)
	binary.LittleEndian.PutUint64(terabytes, 5<<40)
	spec := cnn.Spec{Input: cnn.Shape{C: 3, H: 32, W: 32}, Layers: []cnn.Layer{cnn.Affine{Outputs: 10}}}
	other, err := cnn.New(spec, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	var foreign bytes.Buffer
	if err := other.Save(&foreign); err != nil {
		t.Fatal(err)
	}
	m, err := cnn.Load(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	var miscalibrated bytes.Buffer
	if err := m.WithMetadata("calibration", `{"temperature":-1,"coverage":0.995,"candidates":0.1,"rejection":1}`).Save(&miscalibrated); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		file []byte
		says string
	}{
		"impossible calibration":    {miscalibrated.Bytes(), "the calibration in the weights file is unusable: temperature is -1; it must be from 0.01 to 100"},
		"truncated":                 {whole[:len(whole)/2], "damaged"},
		"bit-flipped":               {flipped, "damaged"},
		"header of terabytes":       {terabytes, "header"},
		"another architecture":      {foreign.Bytes(), "3x32x32"},
		"empty":                     {nil, "weights"},
		"not a weights file at all": {bytes.Repeat([]byte("text "), 100), "weights file"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "w.safetensors")
			if err := os.WriteFile(path, test.file, 0o600); err != nil {
				t.Fatal(err)
			}
			code, stdout, stderr := command("--addr", "127.0.0.1:0", "--weights", path)
			if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, test.says) || !strings.Contains(stderr, path) {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
			}
		})
	}
	if code, _, stderr := command("--weights", "/nonexistent/w"); code != 1 || !strings.Contains(stderr, "/nonexistent/w") {
		t.Errorf("no file: exit code %d, stderr %q", code, stderr)
	}
}

func TestModelVersion(t *testing.T) {
	m, err := cnn.Load(bytes.NewReader(weights.Default()))
	if err != nil {
		t.Fatal(err)
	}
	if got := modelVersion(m.WithMetadata("version", "2.1")); got != "2.1" {
		t.Errorf("version %q", got)
	}
	if got := modelVersion(m.WithMetadata("version", "")); len(got) != 12 || strings.Trim(got, "0123456789abcdef") != "" {
		t.Errorf("version %q, want the start of the digest", got)
	}
}
