package inferenceprotocol

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"

	"digits/pkg/imageprep"
)

// check fails unless a batch keeps the limits and has only numbers in [0,1].
func check(t *testing.T, b *Batch) {
	if len(b.Tensors)%imageprep.Pixels != 0 || len(b.Tensors) > limits.Tensors*imageprep.Pixels || len(b.Images) > limits.Images ||
		(len(b.Tensors) == 0) == (len(b.Images) == 0) {
		t.Fatalf("%d numbers, %d images", len(b.Tensors), len(b.Images))
	}
	for _, v := range b.Tensors {
		if !(v >= 0 && v <= 1) {
			t.Fatalf("a number is %v", v)
		}
	}
}

// FuzzReadRequest reads anything: what is accepted is JSON, keeps the limits
// and can be answered in JSON.
func FuzzReadRequest(f *testing.F) {
	f.Add(inferJSON(f, TensorInput, "FP32", []int{2, 784}, pixelsOf(2)), NoHeader)
	f.Add(inferJSON(f, TensorInput, "UINT8", []int{28, 28}, nested(make([]float32, 784), []int{28, 28})), NoHeader)
	f.Add(inferJSON(f, ImageInput, "BYTES", []int{2}, []string{"eA==", ""}), NoHeader)
	body, length := inferBinary(f, TensorInput, "FP32", []int{784}, make([]byte, 3136))
	f.Add(append([]byte(`{"id":"\u0041","outputs":[{"name":"digit","parameters":{"binary_data":true}}],`), body[1:]...), length+76)
	body, length = inferBinary(f, ImageInput, "BYTES", []int{1}, []byte{1, 0, 0, 0, 'x'})
	f.Add(body, length)
	f.Add([]byte("x"), 0)
	f.Fuzz(func(t *testing.T, body []byte, headerLength int) {
		r, err := ReadRequest(body, headerLength, limits)
		if err != nil {
			return
		}
		check(t, &r.Batch)
		if headerLength != 0 {
			header := body
			if headerLength > 0 {
				header = body[:headerLength]
			}
			if !json.Valid(header) {
				t.Fatalf("accepted, and no JSON: %q", header)
			}
		}
		reply := r.Reply("m", "v", someAnswers())
		header := reply.Body
		if reply.HeaderLength != NoHeader {
			header = reply.Body[:reply.HeaderLength]
		}
		if !json.Valid(header) {
			t.Fatalf("the reply is no JSON: %q", header)
		}
	})
}

func FuzzReadPredict(f *testing.F) {
	f.Add(asJSON(f, map[string]any{"instances": []any{nested(pixelsOf(1), []int{28, 28, 1}), pixelsOf(1)}}))
	f.Add(asJSON(f, map[string]any{"inputs": map[string]any{TensorInput: nested(pixelsOf(2), []int{2, 784})}}))
	f.Add([]byte(`{"inputs":{"image":[{"b64":"eA=="}]}}`))
	f.Add([]byte(`{"signature_name":"","instances":[{"b64":"eA=="},{"image":{"b64":""}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := ReadPredict(body, limits)
		if err != nil {
			return
		}
		check(t, &r.Batch)
		if !json.Valid(body) {
			t.Fatalf("accepted, and no JSON: %q", body)
		}
	})
}

// FuzzNumbers holds the grammar of numbers to encoding/json's.
func FuzzNumbers(f *testing.F) {
	for _, text := range []string{"0", "-0", "0.5", "1e-7", "1E+0", "01", "1.", ".5", "+1", "0x1", "1e", "-", "Infinity", "1_0"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want float64
		isNumber := len(text) > 0 && (text[0] == '-' || '0' <= text[0] && text[0] <= '9') && json.Valid([]byte(text)) && !isSpace(text[len(text)-1])
		if got := numberLength([]byte(text)) == len(text) && len(text) > 0; got != isNumber {
			t.Fatalf("%q is a number: %v, by encoding/json: %v", text, got, isNumber)
		}
		if !isNumber || json.Unmarshal([]byte(text), &want) != nil {
			return
		}
		got, err := readNumbers([]byte("["+text+"]"), typeFP64, []int{1}, 1)
		if inRange(float32(want)) != (err == nil) || err == nil && got[0] != float32(want) {
			t.Fatalf("%q is %v, %v; want %v", text, got, err, want)
		}
	})
}

// FuzzDecodeNumbers: what is accepted is in [0,1], whatever the bits.
func FuzzDecodeNumbers(f *testing.F) {
	f.Add(binary.LittleEndian.AppendUint64(nil, math.Float64bits(0.5)))
	f.Add(binary.LittleEndian.AppendUint64(nil, math.Float64bits(math.NaN())))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, datatype := range []string{typeFP32, typeFP64, typeUINT8} {
			numbers, err := decodeNumbers(data, datatype, len(data)/sizeOf(datatype))
			for _, v := range numbers {
				if err == nil && !(v >= 0 && v <= 1) {
					t.Fatalf("%s: %v", datatype, v)
				}
			}
		}
	})
}
