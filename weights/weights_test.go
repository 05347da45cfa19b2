package weights

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"testing"

	"digits/pkg/cnn"
)

// TestDefaultAgreesWithPyTorch compares the logits of the embedded weights with
// those of testdata/pytorch.py, which reads the same file.
func TestDefaultAgreesWithPyTorch(t *testing.T) {
	m, err := cnn.Load(bytes.NewReader(Default()))
	if err != nil {
		t.Fatal(err)
	}
	images, err := os.ReadFile("testdata/digits.u8")
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("testdata/simple.json")
	if err != nil {
		t.Fatal(err)
	}
	var want [10][10]float64
	if err := json.Unmarshal(golden, &want); err != nil {
		t.Fatal(err)
	}
	x := make([]float32, len(images))
	for i, v := range images {
		x[i] = float32(v) / 255
	}
	logits := m.Logits(m.NewWorkspace(10), x)
	for digit := range 10 {
		row := logits[digit*10:][:10]
		if got := cnn.ArgMax(row); got != digit {
			t.Errorf("the %d is read as %d", digit, got)
		}
		for j, v := range row {
			if math.Abs(float64(v)-want[digit][j]) > 1e-4 {
				t.Errorf("logit %d of the %d is %v; PyTorch has %v", j, digit, v, want[digit][j])
			}
		}
	}
}
