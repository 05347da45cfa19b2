package inferenceprotocol

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"digits/pkg/imageprep"
)

// Sizes that do not agree, and numbers that are none, are refused; nothing is
// read beyond the body.
func TestRefusedBinaryData(t *testing.T) {
	full := make([]byte, 4*imageprep.Pixels)
	number := func(v float32) []byte {
		return append(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)), full[4:]...)
	}
	for name, test := range map[string]struct {
		input, datatype string
		shape           []int
		data            []byte
		header, cut     int // added to the header's length, taken from the body
		want            error
	}{
		"a byte less":                {TensorInput, "FP32", []int{28, 28}, full[1:], 0, 0, ErrShape},
		"a tensor more":              {TensorInput, "FP32", []int{1, 784}, append(full, full...), 0, 0, ErrShape},
		"bytes for numbers":          {TensorInput, "FP64", []int{784}, full, 0, 0, ErrShape},
		"cut off":                    {TensorInput, "FP32", []int{784}, full, 0, 1, ErrBinarySize},
		"a longer header":            {TensorInput, "FP32", []int{784}, full, 4 * imageprep.Pixels, 0, ErrBinarySize},
		"a header beyond the body":   {TensorInput, "FP32", []int{784}, full, 1 << 20, 0, ErrBinarySize},
		"a negative header":          {TensorInput, "FP32", []int{784}, full, -1 << 20, 0, ErrBinarySize},
		"a header too short":         {TensorInput, "FP32", []int{784}, full, -1, 0, ErrMalformed},
		"NaN":                        {TensorInput, "FP32", []int{784}, number(float32(math.NaN())), 0, 0, ErrRange},
		"infinite":                   {TensorInput, "FP32", []int{784}, number(float32(math.Inf(1))), 0, 0, ErrRange},
		"infinite below":             {TensorInput, "FP32", []int{784}, number(float32(math.Inf(-1))), 0, 0, ErrRange},
		"a level":                    {TensorInput, "FP32", []int{784}, number(255), 0, 0, ErrRange},
		"an image longer than all":   {ImageInput, "BYTES", []int{1}, []byte{5, 0, 0, 0, 'x'}, 0, 0, ErrBinarySize},
		"an image of 4 GiB":          {ImageInput, "BYTES", []int{1}, []byte{255, 255, 255, 255, 'x'}, 0, 0, ErrBinarySize},
		"an image without a length":  {ImageInput, "BYTES", []int{1}, []byte{0, 0, 0}, 0, 0, ErrBinarySize},
		"more behind the last image": {ImageInput, "BYTES", []int{1}, []byte{1, 0, 0, 0, 'x', 'y'}, 0, 0, ErrBinarySize},
	} {
		body, length := inferBinary(t, test.input, test.datatype, test.shape, test.data)
		if _, err := ReadRequest(body[:len(body)-test.cut], length+test.header, limits); !errors.Is(err, test.want) {
			t.Errorf("%s: error %v; want %v", name, err, test.want)
		}
	}
	body, length := inferBinary(t, TensorInput, "FP32", []int{784}, full)
	if _, err := ReadRequest(append(body, 0), length, limits); !errors.Is(err, ErrBinarySize) {
		t.Errorf("a byte that belongs to nothing: %v", err)
	}
	for _, size := range []string{"-1", "9e18", "1.5", "18446744073709551616", `"784"`} {
		header := []byte(`{"inputs":[{"name":"input-0","shape":[784],"datatype":"UINT8","parameters":{"binary_data_size":` + size + `}}]}`)
		if _, err := ReadRequest(append(header, full...), len(header), limits); !errors.Is(err, ErrBinarySize) && !errors.Is(err, ErrMalformed) {
			t.Errorf("a size of %s: %v", size, err)
		}
	}
	if _, err := ReadRequest(nil, 0, limits); !errors.Is(err, ErrMalformed) {
		t.Errorf("nothing at all: %v", err)
	}
}

// someAnswers returns the outputs for two inputs.
func someAnswers() *Answers {
	a := NewAnswers(2)
	a.Append(&[Classes]float64{7: 0.75, 1: 0.25}, 7, 0.75, true)
	a.Append(&[Classes]float64{0: 0.5, 9: 0.375, 4: 0.125}, 0, 0.5, false)
	return &a
}

// replyTo answers a request that has these fields beside its input.
func replyTo(t *testing.T, fields string) Reply {
	t.Helper()
	body := inferJSON(t, TensorInput, "FP32", []int{2, 784}, pixelsOf(2))
	r, err := ReadRequest(append([]byte("{"+fields), body[1:]...), NoHeader, limits)
	if err != nil {
		t.Fatal(err)
	}
	return r.Reply("m", "v", someAnswers())
}

func TestReplies(t *testing.T) {
	all := `{"name":"probabilities","datatype":"FP32","shape":[2,10],"data":[0,0.25,0,0,0,0,0,0.75,0,0,0.5,0,0,0,0.125,0,0,0,0,0.375]},` +
		`{"name":"digit","datatype":"INT64","shape":[2],"data":[7,0]},` +
		`{"name":"confidence","datatype":"FP32","shape":[2],"data":[0.75,0.5]},` +
		`{"name":"accepted","datatype":"BOOL","shape":[2],"data":[true,false]}`
	for name, test := range map[string]struct{ fields, want string }{
		"all":      {``, `{"model_name":"m","model_version":"v","outputs":[` + all + `]}`},
		"with id":  {`"id":"a<é\"",`, `{"model_name":"m","model_version":"v","id":"a<é\"","outputs":[` + all + `]}`},
		"empty id": {`"id":"",`, `{"model_name":"m","model_version":"v","id":"","outputs":[` + all + `]}`},
		"only those asked for, in that order": {`"outputs":[{"name":"accepted"},{"name":"digit"}],`,
			`{"model_name":"m","model_version":"v","outputs":[{"name":"accepted","datatype":"BOOL","shape":[2],"data":[true,false]},{"name":"digit","datatype":"INT64","shape":[2],"data":[7,0]}]}`},
		"classification": {`"outputs":[{"name":"probabilities","parameters":{"classification":2}}],`,
			`{"model_name":"m","model_version":"v","outputs":[{"name":"probabilities","datatype":"BYTES","shape":[2,2],"data":["0.75:7","0.25:1","0.5:0","0.375:9"]}]}`},
	} {
		got := replyTo(t, test.fields)
		if string(got.Body) != test.want+"\n" || got.HeaderLength != NoHeader {
			t.Errorf("%s: %s\nwant %s", name, got.Body, test.want)
		}
	}
	deep := replyTo(t, `"outputs":[{"name":"probabilities","parameters":{"classification":1000000}}],`)
	if !bytes.Contains(deep.Body, []byte(`"shape":[2,10]`)) {
		t.Errorf("a classification into more than there are: %s", deep.Body)
	}
}

func TestBinaryReplies(t *testing.T) {
	a := someAnswers()
	probabilities, _ := binary.Append(nil, binary.LittleEndian, a.Probabilities)
	confidence := []byte{0, 0, 0x40, 0x3f, 0, 0, 0, 0x3f}
	digits := append([]byte{7}, make([]byte, 15)...)
	for name, test := range map[string]struct {
		fields string
		tail   []byte
		sizes  []int // -1 for JSON
	}{
		"all":            {`"parameters":{"binary_data_output":true},`, slices.Concat(probabilities, digits, confidence, []byte{1, 0}), []int{80, 16, 8, 2}},
		"one":            {`"outputs":[{"name":"accepted"},{"name":"digit","parameters":{"binary_data":true}}],`, digits, []int{-1, 16}},
		"all but one":    {`"parameters":{"binary_data_output":true},"outputs":[{"name":"accepted"},{"name":"digit","parameters":{"binary_data":false}}],`, []byte{1, 0}, []int{2, -1}},
		"texts":          {`"outputs":[{"name":"probabilities","parameters":{"classification":1,"binary_data":true}}],`, []byte("\x06\x00\x00\x000.75:7\x05\x00\x00\x000.5:0"), []int{19}},
		"false means no": {`"outputs":[{"name":"digit","parameters":{"binary_data":false}}],`, nil, []int{-1}},
	} {
		got := replyTo(t, test.fields)
		header, tail := got.Body, []byte(nil)
		if got.HeaderLength != NoHeader {
			header, tail = got.Body[:got.HeaderLength], got.Body[got.HeaderLength:]
		}
		var reply struct {
			Outputs []struct {
				Parameters *struct {
					Size int `json:"binary_data_size"`
				}
				Data json.RawMessage
			}
		}
		if err := json.Unmarshal(header, &reply); err != nil {
			t.Fatalf("%s: %v: %s", name, err, header)
		}
		var sizes []int
		for _, o := range reply.Outputs {
			if (o.Data == nil) != (o.Parameters != nil) {
				t.Errorf("%s: an output has both or neither of data and a size: %s", name, header)
			}
			if o.Parameters == nil {
				sizes = append(sizes, -1)
			} else {
				sizes = append(sizes, o.Parameters.Size)
			}
		}
		if !bytes.Equal(tail, test.tail) || !slices.Equal(sizes, test.sizes) {
			t.Errorf("%s: %v, %q; want %v, %q", name, sizes, tail, test.sizes, test.tail)
		}
	}
}
