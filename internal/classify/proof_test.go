package classify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"image"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"digits/internal/calibration"
	"digits/internal/proof"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
)

// proven returns the model with a proof of ten test digits.
func proven(t testing.TB, m *cnn.Model) *cnn.Model {
	t.Helper()
	images, err := os.ReadFile("../../weights/testdata/digits.u8")
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var p proof.Proof
	for label := range Classes {
		d, suits, err := c.Prove(t.Context(), images[label*imageprep.Pixels:][:imageprep.Pixels], label)
		if err != nil {
			t.Fatal(err)
		}
		if suits {
			p.Digits = append(p.Digits, d)
		}
	}
	if len(p.Digits) < 8 {
		t.Fatalf("only %d of ten digits make a proof", len(p.Digits))
	}
	text, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return m.WithMetadata(proof.Key, text)
}

// changed returns the model with the bits of one number of its file flipped.
func changed(t testing.TB, m *cnn.Model, number int, bits uint32) *cnn.Model {
	t.Helper()
	var saved bytes.Buffer
	if err := m.Save(&saved); err != nil {
		t.Fatal(err)
	}
	file := saved.Bytes()
	at := 8 + int(binary.LittleEndian.Uint64(file)) + 4*number
	binary.LittleEndian.PutUint32(file[at:], binary.LittleEndian.Uint32(file[at:])^bits)
	digest := regexp.MustCompile(`"sha256":"[0-9a-f]{64}"`).FindIndex(file)
	declared := file[digest[1]-65 : digest[1]-1]
	copy(declared, bytes.Repeat([]byte("0"), 64))
	sum := sha256.Sum256(file)
	hex.Encode(declared, sum[:])
	spoiled, err := cnn.Load(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return spoiled
}

func selfTest(t testing.TB, m *cnn.Model) error {
	t.Helper()
	c, err := New(m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c.SelfTest(t.Context())
}

func TestProvenWeightsPass(t *testing.T) {
	for _, file := range []string{"digits", "simple"} {
		m, err := cnn.LoadFile("../../weights/" + file + ".safetensors")
		if err != nil {
			t.Fatal(err)
		}
		if err := selfTest(t, proven(t, m)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// A file whose weights are not those that the proof was made with, though whole,
// is found out: by one weight with another sign or of twice the size.
func TestTheProofFindsAChangedWeight(t *testing.T) {
	m := proven(t, newModel(t))
	numbers := 0
	for _, tensor := range m.Tensors() {
		numbers += len(tensor.Data)
	}
	random := rand.New(rand.NewPCG(7, 8))
	const tries = 20
	for name, bits := range map[string]uint32{"sign": 1 << 31, "exponent": 1 << 23} {
		found := 0
		for range tries {
			err := selfTest(t, changed(t, m, random.IntN(numbers), bits))
			if errors.Is(err, ErrSelfTest) {
				found++
			}
		}
		t.Logf("%s: %d of %d changed weights were found", name, found, tries)
		if found < tries*9/10 {
			t.Errorf("%s: only %d of %d changed weights were found", name, found, tries)
		}
	}
	if err := selfTest(t, changed(t, m, 0, 0)); err != nil {
		t.Errorf("nothing changed: %v", err)
	}
}

// A calibration that rejects what it accepted in the proof is found out: nothing
// would be answered.
func TestTheProofFindsAChangedRejection(t *testing.T) {
	m := proven(t, newModel(t))
	c, err := calibration.Of(m.Metadata())
	if err != nil {
		t.Fatal(err)
	}
	c.Rejection = 1e-300
	text, err := c.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if err := selfTest(t, m.WithMetadata(calibration.Key, text)); !errors.Is(err, ErrSelfTest) || !strings.Contains(err.Error(), "not accepted") {
		t.Errorf("error %v", err)
	}
}

// What the stages do differently from the trainer's is found out, and how much
// of it there is.
func TestTheProofFindsChangedStages(t *testing.T) {
	c, err := New(proven(t, newModel(t)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	decode, prepare := c.stages.decode, c.stages.prepare
	for name, change := range map[string]func(){
		"a pixel of another shade": func() {
			c.stages.prepare = func(x []float32, img image.Image, info *imageprep.Info, o imageprep.Options) error {
				err := prepare(x, img, info, o)
				x[14*imageprep.Side+14] += 0.1
				return err
			}
		},
		"a decoder that fails": func() {
			c.stages.decode = func(*imageprep.File, context.Context) (image.Image, imageprep.Info, error) {
				return nil, imageprep.Info{}, imageprep.ErrMalformed
			}
		},
		"a step that panics": func() {
			c.stages.prepare = func([]float32, image.Image, *imageprep.Info, imageprep.Options) error { panic("a bug") }
		},
	} {
		c.stages.decode, c.stages.prepare = decode, prepare
		change()
		var failure *SelfTestError
		if err := c.SelfTest(t.Context()); !errors.As(err, &failure) || failure.Checks != len(c.checks) ||
			failure.Failed < failure.Checks/4 || !strings.Contains(err.Error(), "of the proof") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The self-test has a slot of its own: no load can fail it.
func TestSelfTestNeedsNoSlot(t *testing.T) {
	c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 1, Waiting: 1})})
	held := hold(t, c)
	defer c.queue.release(held, true)
	if err := c.SelfTest(t.Context()); err != nil {
		t.Error(err)
	}
}

// The picture on paper is one that the preparation has to work on.
func TestPicturesOfTheProofGoThroughThePreparation(t *testing.T) {
	m := proven(t, newModel(t))
	p, err := proof.Of(m.Metadata(), m.OutputShape().Size())
	if err != nil {
		t.Fatal(err)
	}
	c := newClassifier(t, Options{Image: imageprep.Options{MaxPixels: SelfTestPixels}})
	for _, d := range p.Digits {
		plain, err := c.Classify(t.Context(), asPNG(asItIs(d.Image)))
		if err != nil || len(plain.Image.Steps) != 0 {
			t.Errorf("the %d as it is: %v, %v", d.Label, plain.Image.Steps, err)
		}
		paper, err := c.Classify(t.Context(), asPNG(onPaper(d.Image)))
		if err != nil || paper.Digit != d.Label {
			t.Errorf("the %d on paper is a %d, %v", d.Label, paper.Digit, err)
		}
		for _, step := range []string{"invert", "crop", "resize", "center"} {
			if !slices.Contains(paper.Image.Steps, step) {
				t.Errorf("the %d on paper: no %s in %v", d.Label, step, paper.Image.Steps)
			}
		}
	}
}

func TestUnusableProofsAreRefused(t *testing.T) {
	if _, err := New(newModel(t).WithMetadata(proof.Key, `{"digits":[]}`), Options{}); !errors.Is(err, proof.ErrInvalid) {
		t.Errorf("error %v", err)
	}
}
