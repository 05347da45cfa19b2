package weights

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"digits/pkg/cnn"
)

// TestFilesAgreeWithPyTorch compares the logits of the weights with those of
// testdata/pytorch.py, which reads the same files.
func TestFilesAgreeWithPyTorch(t *testing.T) {
	images, err := os.ReadFile("testdata/digits.u8")
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, len(images))
	for i, v := range images {
		x[i] = float32(v) / 255
	}
	for _, name := range []string{"digits", "simple"} {
		t.Run(name, func(t *testing.T) {
			m, err := cnn.LoadFile(name + ".safetensors")
			if err != nil {
				t.Fatal(err)
			}
			golden, err := os.ReadFile("testdata/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var want [10][]float64
			if err := json.Unmarshal(golden, &want); err != nil {
				t.Fatal(err)
			}
			outputs := m.OutputShape().Size()
			logits := m.Logits(m.NewWorkspace(10), x)
			for digit := range 10 {
				row := logits[digit*outputs:][:outputs]
				if got := cnn.ArgMax(row); got != digit {
					t.Errorf("the %d is read as %d", digit, got)
				}
				for j, v := range row {
					if math.Abs(float64(v)-want[digit][j]) > 1e-4 {
						t.Errorf("logit %d of the %d is %v; PyTorch has %v", j, digit, v, want[digit][j])
					}
				}
			}
		})
	}
}

// The embedded file is the one beside this test, and within its limits: at most
// 1 MB of weights and 11 MFLOP.
func TestDefaultIsTheDigitsFile(t *testing.T) {
	file, err := os.ReadFile("digits.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(Default(), file) || len(file) > 1_000_000 {
		t.Errorf("%d bytes are embedded, the file has %d; at most 1,000,000 are wanted", len(Default()), len(file))
	}
	if n := operations(t, embedded(t)); n < 1_000_000 || n > 11_000_000 {
		t.Errorf("an image takes %d operations; at most 11,000,000 are wanted", n)
	}
}

// operations returns the multiplications and additions of convolutions and
// affine layers for one image.
func operations(t *testing.T, m *cnn.Model) int {
	shape, n := m.Spec().Input, 0
	for _, layer := range m.Spec().Layers {
		switch l := layer.(type) {
		case cnn.Conv2D:
			taps := shape.C * l.Window.Height * l.Window.Width
			shape = cnn.Shape{C: l.Filters, H: shape.H + 2*l.Window.Padding - l.Window.Height + 1, W: shape.W + 2*l.Window.Padding - l.Window.Width + 1}
			n += 2 * taps * shape.Size()
		case cnn.MaxPool:
			shape.H, shape.W = shape.H/2, shape.W/2
		case cnn.Affine:
			n += 2 * shape.Size() * l.Outputs
			shape = cnn.Shape{C: l.Outputs, H: 1, W: 1}
		}
	}
	if shape != m.OutputShape() {
		t.Fatalf("the layers are counted to end with %v, not %v", shape, m.OutputShape())
	}
	return n
}

// The documents are about the file that is embedded: the model card has its
// digest and its tensors', and every reply in the README its version.
func TestDocumentsAreOfTheFile(t *testing.T) {
	digest := embedded(t).Digest()
	file := Default()
	tensors := sha256.Sum256(file[8+binary.LittleEndian.Uint64(file):]) // behind safetensors' header and its length
	card, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{digest, hex.EncodeToString(tensors[:])} {
		if !strings.Contains(string(card), want) {
			t.Errorf("the model card lacks %s", want)
		}
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	versions := regexp.MustCompile(`(?:version":"|versions/)([0-9a-f]{12})\b`).FindAllStringSubmatch(string(readme), -1)
	if len(versions) < 6 {
		t.Fatalf("the README has %d versions", len(versions))
	}
	for _, v := range versions {
		if v[1] != digest[:12] {
			t.Errorf("the README has version %s; the file's is %s", v[1], digest[:12])
		}
	}
}

func embedded(t *testing.T) *cnn.Model {
	t.Helper()
	m, err := cnn.LoadFile("digits.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	return m
}
