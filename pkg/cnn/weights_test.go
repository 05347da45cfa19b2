package cnn

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func encoded(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSaveLoadRoundTrip(t *testing.T) {
	m := newTestModel(t, goldenWindows, 1).WithMetadata("training", `{"seed":1}`)
	file := encoded(t, m)
	back, err := Load(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(back.parameters, m.parameters) || !reflect.DeepEqual(back.Spec(), m.Spec()) ||
		!reflect.DeepEqual(back.Metadata(), map[string]string{"training": `{"seed":1}`}) {
		t.Error("the model changed on the way")
	}
	if !bytes.Equal(encoded(t, back), file) {
		t.Error("saved again, the file has other bytes")
	}
	sum := sha256.Sum256(file)
	if want := hex.EncodeToString(sum[:]); back.Digest() != want || m.Digest() != want {
		t.Errorf("digests %s and %s; want that of the file, %s", m.Digest(), back.Digest(), want)
	}
}

// TestFileLayout reads the file by the definition of safetensors alone.
func TestFileLayout(t *testing.T) {
	m := newTestModel(t, goldenSimple, 1)
	file := encoded(t, m)
	length := binary.LittleEndian.Uint64(file)
	if length%8 != 0 {
		t.Errorf("the header has %d bytes; want a multiple of 8", length)
	}
	header := string(file[8 : 8+length])
	for _, want := range []string{
		`{"__metadata__":{"format":"digits.cnn/1","sha256":"`,
		`"conv1.weight":{"dtype":"F32","shape":[3,1,3,3],"data_offsets":[0,108]},"conv1.bias":{"dtype":"F32","shape":[3],"data_offsets":[108,120]}`,
	} {
		if !strings.Contains(header, want) {
			t.Errorf("the header lacks %s:\n%s", want, header)
		}
	}
	if want := 8 + int(length) + 4*m.Parameters(); len(file) != want {
		t.Errorf("the file has %d bytes; want %d", len(file), want)
	}
}

func TestEveryFlippedBitIsFound(t *testing.T) {
	file := encoded(t, newTestModel(t, Spec{Shape{1, 2, 2}, []Layer{Affine{2}}}, 1))
	for i := range file {
		for bit := range 8 {
			bad := bytes.Clone(file)
			bad[i] ^= 1 << bit
			if _, err := Load(bytes.NewReader(bad)); !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrForeign) {
				t.Fatalf("bit %d of byte %d flipped: Load returned %v", bit, i, err)
			}
		}
	}
}

func TestEveryTruncationIsFound(t *testing.T) {
	file := encoded(t, newTestModel(t, goldenSimple, 1))
	for n := range file {
		if _, err := Load(bytes.NewReader(file[:n])); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%d of %d bytes: Load returned %v; want ErrCorrupt", n, len(file), err)
		}
	}
	if _, err := Load(bytes.NewReader(append(bytes.Clone(file), 0))); !errors.Is(err, ErrCorrupt) {
		t.Errorf("one byte too many: Load returned %v; want ErrCorrupt", err)
	}
}

// withHeader returns a file with this header and data.
func withHeader(header string, data int) []byte {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(file, header...), make([]byte, data)...)
}

func TestHostileHeaders(t *testing.T) {
	meta := `"__metadata__":{"format":"digits.cnn/1","sha256":"` + noDigest + `","spec":"{}"}`
	large, err := networkOf(map[string]string{formatKey: fileFormat, specKey: `{"input":[1,16384,1],"layers":[{"type":"affine","outputs":16383}]}`})
	if err != nil {
		t.Fatal(err)
	}
	metadata, err := large.metadata(nil)
	if err != nil {
		t.Fatal(err)
	}
	empty, err := encodeTensors(nil, metadata)
	if err != nil {
		t.Fatal(err)
	}
	huge := binary.LittleEndian.AppendUint64(nil, 1<<62)
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"empty":                     {nil, ErrCorrupt},
		"a header of exabytes":      {append(huge, "{}"...), ErrForeign},
		"not JSON":                  {withHeader("hello, world", 0), ErrForeign},
		"no metadata":               {withHeader(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4), ErrForeign},
		"a tensor of terabytes":     {withHeader(`{`+meta+`,"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4000000000000]}}`, 4), ErrCorrupt},
		"a shape that overflows":    {withHeader(`{`+meta+`,"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0), ErrCorrupt},
		"a gigabyte that is absent": {withHeader(`{`+meta+`,"a":{"dtype":"F32","shape":[250000000],"data_offsets":[0,1000000000]}}`, 4), ErrCorrupt},
		"a network of a gigabyte without its tensors": {empty, ErrCorrupt},
		"a negative offset":                           {withHeader(`{`+meta+`,"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, 4), ErrCorrupt},
		"overlapping tensors":                         {withHeader(`{`+meta+`,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4), ErrCorrupt},
		"another dtype":                               {withHeader(`{`+meta+`,"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, 4), ErrCorrupt},
		"a wrong checksum":                            {withHeader(`{`+meta+`}`, 0), ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Load(bytes.NewReader(c.file))
			runtime.ReadMemStats(&after)
			if !errors.Is(err, c.want) {
				t.Errorf("Load returned %v; want %v", err, c.want)
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 1<<20 {
				t.Errorf("refusing it allocated %d bytes", allocated)
			}
		})
	}
}

// TestFilesThatContradictThemselves have a right checksum.
func TestFilesThatContradictThemselves(t *testing.T) {
	m := newTestModel(t, goldenSimple, 1)
	metadata, err := m.net.metadata(nil)
	if err != nil {
		t.Fatal(err)
	}
	with := func(key, value string) map[string]string {
		changed := map[string]string{}
		for k, v := range metadata {
			changed[k] = v
		}
		changed[key] = value
		return changed
	}
	tensors := m.Tensors()
	renamed := slices.Clone(tensors)
	renamed[0].Name = "conv2.weight"
	for name, c := range map[string]struct {
		tensors  []Tensor
		metadata map[string]string
		want     error
	}{
		"a tensor is missing":    {tensors[1:], metadata, ErrCorrupt},
		"a tensor is renamed":    {renamed, metadata, ErrCorrupt},
		"another version":        {tensors, with(formatKey, "digits.cnn/9"), ErrForeign},
		"an unknown layer":       {tensors, with(specKey, `{"input":[1,8,8],"layers":[{"type":"attention"}]}`), ErrForeign},
		"an impossible network":  {tensors, with(specKey, `{"input":[1,8,8],"layers":[{"type":"affine","outputs":-1}]}`), ErrSpec},
		"a network of terabytes": {tensors, with(specKey, `{"input":[1000,1000,100],"layers":[{"type":"affine","outputs":60000}]}`), ErrSpec},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := encodeTensors(c.tensors, c.metadata)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Load(bytes.NewReader(file)); !errors.Is(err, c.want) {
				t.Errorf("Load returned %v; want %v", err, c.want)
			}
		})
	}
}

func TestNoFileHoldsNumbersThatAreNotFinite(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		m := newTestModel(t, Spec{Shape{1, 2, 2}, []Layer{Affine{2}}}, 1)
		file := encoded(t, m)
		m.parameters[3] = float32(v)
		if err := m.Save(io.Discard); !errors.Is(err, ErrNotFinite) {
			t.Errorf("saving %v: %v; want ErrNotFinite", v, err)
		}
		tensors := []Tensor{{Name: "t", Shape: []int{1}}}
		data := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(v)))
		if err := fillTensors(tensors, data); !errors.Is(err, ErrCorrupt) {
			t.Errorf("loading %v: %v; want ErrCorrupt", v, err)
		}
		if len(file) == 0 {
			t.Error("the model could not be saved before either")
		}
	}
}

func TestSaveFileKeepsTheOldFileOnFailure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "weights")
	if err := newTestModel(t, goldenSimple, 1).SaveFile(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("SaveFile into a missing directory returned %v", err)
	}
	path = filepath.Join(t.TempDir(), "weights")
	m := newTestModel(t, goldenSimple, 1)
	if err := m.SaveFile(path); err != nil {
		t.Fatal(err)
	}
	back, err := LoadFile(path)
	if err != nil || !slices.Equal(back.parameters, m.parameters) {
		t.Errorf("LoadFile: %v, or other parameters", err)
	}
	if _, err := LoadFile(path + "x"); err == nil || !strings.Contains(err.Error(), path+"x") {
		t.Errorf("the error %v does not name the file", err)
	}
}

func TestCheckpointAndModelAreNotConfused(t *testing.T) {
	trainer := NewTrainer(newTestModel(t, goldenSimple, 1), TrainConfig{})
	defer trainer.Close()
	path := filepath.Join(t.TempDir(), "c")
	if err := trainer.Checkpoint().SaveFile(path); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadFile(path); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a checkpoint loaded as a model: %v", err)
	}
	if _, err := LoadCheckpoint(bytes.NewReader(encoded(t, trainer.Snapshot()))); !errors.Is(err, ErrForeign) {
		t.Errorf("a model loaded as a checkpoint: %v", err)
	}
}

// FuzzLoad: no input makes Load panic, and what it accepts can be saved and
// loaded again.
func FuzzLoad(f *testing.F) {
	f.Add(encoded(f, newTestModel(f, Spec{Shape{1, 2, 2}, []Layer{Affine{2}}}, 1)))
	f.Add(encoded(f, newTestModel(f, Spec{Shape{2, 2, 1}, []Layer{BatchNorm{}, GlobalAvgPool{}, Affine{2}}}, 1)))
	f.Add(withHeader(`{"__metadata__":{"sha256":"x"}}`, 0))
	f.Fuzz(func(t *testing.T, file []byte) {
		m, err := Load(bytes.NewReader(file))
		if err != nil {
			return
		}
		if err := m.Save(io.Discard); err != nil {
			t.Errorf("a loaded model cannot be saved: %v", err)
		}
	})
}
