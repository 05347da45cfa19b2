package mnist

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"
)

// pinned compares pictures, to the last bit, with what they were when the digest
// was taken. Where the compiler rounds a product and a sum once, as it does for
// arm64 and GOAMD64=v3, the last bits are others, and nothing is compared.
func pinned(t *testing.T, pictures int, digest string, draw func(x []float32, i int)) {
	t.Helper()
	if sum(1+0x1p-30, 1+0x1p-30, -(1+0x1p-29)) != 0 { // the square's last bit
		t.Skip("this compiler rounds otherwise")
	}
	h, x := sha256.New(), make([]float32, Pixels)
	for i := range pictures {
		draw(x, i)
		for _, v := range x {
			h.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
		}
	}
	if got := hex.EncodeToString(h.Sum(nil)[:8]); got != digest {
		t.Errorf("the pictures' digest is %s; want %s", got, digest)
	}
}

//go:noinline
func sum(a, b, c float64) float64 { return a*b + c }

// The recipes that were there before the other effects draw what they drew.
func TestMotionAloneIsWhatItWas(t *testing.T) {
	a := Augmenter{Limits: Augmentation{Rotation: 12, Scale: 0.12, Shift: 1.5}, Strength: 1}
	pinned(t, 20, "37a95ddba2ad8957", func(x []float32, i int) { a.Apply(x, blob(), 0, 3, 4, i) })
}

// Weights files are made anew from a seed: the pictures that a recipe learns
// from stay what they are, those of the preset digits, in its last epochs too,
// and those with all effects, of which that recipe draws few.
func TestTrainingPicturesAreWhatTheyWere(t *testing.T) {
	digits := Augmentation{Rotation: 10, Scale: 0.12, Shear: 0.15, Shift: 2, Far: Effect{0.05, 2}, Elastic: 0.5, Stroke: 0.4,
		Wear: Worn(0.1), Restyle: 0.2, Stretch: 0.06}
	set := handmade()
	for name, c := range map[string]struct {
		limits   Augmentation
		strength float64
		digest   string
	}{
		"the preset":      {digits, 1, "73724f6b72681ec7"},
		"its last epochs": {digits, 1.0 / 3, "ed893b9ecdf77406"},
		"all effects":     {everything, 1, "069f53a7150a034a"},
	} {
		t.Run(name, func(t *testing.T) {
			a, n := Augmenter{Limits: c.limits, Strength: c.strength}, Negatives{Digits: set, Limits: c.limits, Strength: c.strength}
			pinned(t, 400, c.digest, func(x []float32, i int) {
				if i < 200 {
					a.Apply(x, set.Image(i%set.Len()), set.Labels[i%set.Len()], 1, 2, i)
				} else {
					n.Apply(x, 1, 2, i)
				}
			})
		})
	}
}
