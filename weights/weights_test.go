package weights

import (
	"encoding/json"
	"math"
	"os"
	"slices"
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
// 1 MB of weights.
func TestDefaultIsTheDigitsFile(t *testing.T) {
	file, err := os.ReadFile("digits.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(Default(), file) || len(file) > 1_000_000 {
		t.Errorf("%d bytes are embedded, the file has %d; at most 1,000,000 are wanted", len(Default()), len(file))
	}
}
