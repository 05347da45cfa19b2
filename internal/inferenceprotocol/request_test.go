package inferenceprotocol

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"digits/pkg/imageprep"
)

var limits = Limits{Tensors: 8, Images: 3}

// pixelsOf returns n tensors of random numbers that a byte can hold.
func pixelsOf(n int) []float32 {
	random := rand.New(rand.NewPCG(1, 2))
	tensors := make([]float32, n*imageprep.Pixels)
	for i := range tensors {
		tensors[i] = float32(random.IntN(256)) / 255
	}
	return tensors
}

// nested cuts numbers into lists of a shape.
func nested(numbers []float32, shape []int) any {
	if len(shape) == 1 {
		return numbers
	}
	lists := make([]any, shape[0])
	for i := range lists {
		part := len(numbers) / shape[0]
		lists[i] = nested(numbers[i*part:(i+1)*part], shape[1:])
	}
	return lists
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// inferJSON returns a request with one input.
func inferJSON(t testing.TB, name, datatype string, shape []int, data any) []byte {
	return asJSON(t, map[string]any{"inputs": []any{map[string]any{"name": name, "datatype": datatype, "shape": shape, "data": data}}})
}

// inferBinary returns a request whose input is behind its JSON, and the length
// of that.
func inferBinary(t testing.TB, name, datatype string, shape []int, data []byte) ([]byte, int) {
	header := asJSON(t, map[string]any{"inputs": []any{map[string]any{"name": name, "datatype": datatype, "shape": shape,
		"parameters": map[string]any{"binary_data_size": len(data)}}}})
	return append(header, data...), len(header)
}

// The same numbers are the same tensors in every shape and datatype, nested,
// flat and binary, bit for bit.
func TestTensorsInEveryForm(t *testing.T) {
	const n = 3
	for name, shape := range map[string][]int{
		"one": {28, 28}, "one with channel": {1, 28, 28}, "flat": {784}, "rows and columns": {n, 28, 28},
		"channels first": {n, 1, 28, 28}, "channels last": {n, 28, 28, 1}, "pixels": {n, 784},
	} {
		count := 1
		if shape[0] == n {
			count = n
		}
		want := pixelsOf(count)
		levels, wide := make([]int, len(want)), make([]float64, len(want))
		var bytes8, bytes32, bytes64 []byte
		for i, v := range want {
			levels[i], wide[i] = int(math.Round(float64(v)*255)), float64(v)
			bytes8 = append(bytes8, byte(levels[i]))
			bytes32 = binary.LittleEndian.AppendUint32(bytes32, math.Float32bits(v))
			bytes64 = binary.LittleEndian.AppendUint64(bytes64, math.Float64bits(wide[i]))
		}
		check := func(form string, body []byte, headerLength int) {
			t.Helper()
			r, err := ReadRequest(body, headerLength, limits)
			if err != nil {
				t.Errorf("%s, %s: %v", name, form, err)
				return
			}
			if !slices.Equal(r.Batch.Tensors, want) || r.Batch.Len() != count || r.Batch.Images != nil {
				t.Errorf("%s, %s: other numbers, or %d inputs", name, form, r.Batch.Len())
			}
		}
		check("FP32 nested", inferJSON(t, TensorInput, "FP32", shape, nested(want, shape)), NoHeader)
		check("FP32 flat", inferJSON(t, TensorInput, "FP32", shape, want), NoHeader)
		check("FP64 flat", inferJSON(t, TensorInput, "FP64", shape, wide), NoHeader)
		check("UINT8 flat", inferJSON(t, TensorInput, "UINT8", shape, levels), NoHeader)
		for datatype, data := range map[string][]byte{"FP32": bytes32, "FP64": bytes64, "UINT8": bytes8} {
			body, length := inferBinary(t, TensorInput, datatype, shape, data)
			check(datatype+" binary", body, length)
		}
	}
}

func TestImagesInEveryForm(t *testing.T) {
	files := [][]byte{[]byte("first"), {}, []byte("\x00\xff third")}
	var encoded []string
	var lists [][]string
	var tail []byte
	for _, file := range files {
		text := base64.StdEncoding.EncodeToString(file)
		encoded, lists = append(encoded, text), append(lists, []string{text})
		tail = append(binary.LittleEndian.AppendUint32(tail, uint32(len(file))), file...)
	}
	withTail, length := inferBinary(t, ImageInput, "BYTES", []int{3}, tail)
	for name, test := range map[string]struct {
		body   []byte
		length int
		want   [][]byte
	}{
		"a list":    {inferJSON(t, ImageInput, "BYTES", []int{3}, encoded), NoHeader, files},
		"a column":  {inferJSON(t, ImageInput, "BYTES", []int{3, 1}, lists), NoHeader, files},
		"binary":    {withTail, length, files},
		"body only": {[]byte("an image"), 0, [][]byte{[]byte("an image")}},
	} {
		r, err := ReadRequest(test.body, test.length, limits)
		if err != nil || !slices.EqualFunc(r.Batch.Images, test.want, bytes.Equal) || r.Batch.Tensors != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is not understood and does no harm is passed over.
func TestUnknownFieldsAreIgnored(t *testing.T) {
	body := string(inferJSON(t, TensorInput, "FP32", []int{784}, pixelsOf(1)))
	for _, field := range []string{`"timeout":1`, `"parameters":{"sequence_id":7,"priority":1}`, ` "x" : {"a":[1,{"b":"]}\""}]} `, `"outputs":[]`} {
		if _, err := ReadRequest([]byte("\n{"+field+","+body[1:]+" "), NoHeader, limits); err != nil {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// Serializers write null for what is absent: every member that may be absent may
// be null.
func TestNullIsAbsent(t *testing.T) {
	input := string(inferJSON(t, TensorInput, "FP32", []int{784}, pixelsOf(1)))
	for _, body := range []string{
		`{"id":null,"parameters":null,"outputs":null,` + input[1:],
		`{"parameters":{"binary_data_output":null},"outputs":[{"name":"digit","parameters":null}],` + input[1:],
		`{"outputs":[{"name":"probabilities","parameters":{"binary_data":null,"classification":null}}],` + input[1:],
		strings.Replace(input, `"name"`, `"parameters":null,"name"`, 1),
		strings.Replace(input, `"name"`, `"parameters":{"binary_data_size":null},"name"`, 1),
	} {
		r, err := ReadRequest([]byte(body), NoHeader, limits)
		if err != nil {
			t.Errorf("%.100s: %v", body, err)
			continue
		}
		reply := r.Reply("m", "v", someAnswers())
		if reply.HeaderLength != NoHeader || bytes.Contains(reply.Body, []byte(`"id"`)) {
			t.Errorf("%.100s: %s", body, reply.Body)
		}
	}
}

// A whole number may have a point, as the numbers of JavaScript's serializers and
// others may have.
func TestWholeNumbersMayHaveAPoint(t *testing.T) {
	body := `{"inputs":[{"name":"input-0","datatype":"UINT8","shape":[1.0,7.84e2],"data":[255.0,1.0,2e1` + strings.Repeat(",0.0", 781) + `]}]}`
	r, err := ReadRequest([]byte(body), NoHeader, limits)
	if err != nil || !slices.Equal(r.Batch.Tensors[:4], []float32{1, 1. / 255, 20. / 255, 0}) {
		t.Errorf("%v", err)
	}
}

// Every request that is refused, with its error, from bodies that a client may
// send by mistake or to do harm.
func TestRefusedRequests(t *testing.T) {
	flat := strings.Repeat("0,", 783) + "0"
	numbers := func(shape, data string) string {
		return `{"inputs":[{"name":"input-0","datatype":"FP32","shape":` + shape + `,"data":` + data + `}]}`
	}
	tensor := numbers("[784]", "["+flat+"]")
	first := func(number string) string { return numbers("[784]", "["+number+flat[1:]+"]") }
	image := func(shape, data string) string {
		return `{"inputs":[{"name":"image","datatype":"BYTES","shape":` + shape + `,"data":` + data + `}]}`
	}
	extended := func(field string) string { return `{` + field + `,` + tensor[1:] }
	for _, test := range []struct {
		name, body string
		want       error
	}{
		{"nothing", ``, ErrMalformed},
		{"null", `null`, ErrMalformed},
		{"a list", `[]`, ErrMalformed},
		{"no inputs", `{}`, ErrInput},
		{"an empty list", `{"inputs":[]}`, ErrInput},
		{"two inputs", `{"inputs":[` + tensor[11:len(tensor)-2] + `,` + tensor[11:len(tensor)-2] + `]}`, ErrInput},
		{"another input", strings.Replace(tensor, "input-0", "input-1", 1), ErrInput},
		{"a name that is a number", strings.Replace(tensor, `"input-0"`, "0", 1), ErrMalformed},
		{"no name", strings.Replace(tensor, `"name":"input-0",`, "", 1), ErrInput},
		{"no datatype", strings.Replace(tensor, `"datatype":"FP32",`, "", 1), ErrDatatype},
		{"a datatype for images", strings.Replace(tensor, `FP32`, "BYTES", 1), ErrDatatype},
		{"a datatype for tensors", strings.Replace(image("[1]", `[""]`), `BYTES`, "UINT8", 1), ErrDatatype},
		{"no data", strings.Replace(tensor, `"data"`, `"date"`, 1), ErrMalformed},
		{"data that are null", numbers("[784]", "null"), ErrMalformed},
		{"inputs that are null", `{"inputs":null}`, ErrInput},
		{"an input that is null", `{"inputs":[null]}`, ErrMalformed},
		{"an output that is null", extended(`"outputs":[null]`), ErrMalformed},
		{"a shape that is null", numbers("null", "["+flat+"]"), ErrShape},
		{"a size that is null", numbers("[null]", "["+flat+"]"), ErrShape},
		{"null and not null", extended(`"id":null,"id":"a"`), ErrMalformed},
		{"half of it", tensor[:len(tensor)/2], ErrMalformed},
		{"no end", tensor[:len(tensor)-1], ErrMalformed},
		{"more behind it", tensor + "{}", ErrMalformed},
		{"a comma too many", strings.Replace(tensor, `]}`, `],}`, 1), ErrMalformed},
		{"a comma too many among the numbers", numbers("[784]", "["+flat+",]"), ErrShape},
		{"other brackets", numbers("[784]", "["+flat+"}"), ErrMalformed},
		{"the same field twice", extended(`"id":"a","id":"b"`), ErrMalformed},
		{"the same field in another spelling", extended(`"id":"a","\u0069d":"b"`), ErrMalformed},
		{"inputs twice", extended(`"inputs":[]`), ErrMalformed},
		{"a long id", extended(`"id":"` + strings.Repeat("x", 1025) + `"`), ErrMalformed},
		{"an id that is a number", extended(`"id":7`), ErrMalformed},
		{"100 fields", extended(`"x0":0` + manyFields(100)), ErrMalformed},
		{"an unknown field that is no JSON", extended(`"x":[1,}]`), ErrMalformed},
		{"a deep unknown field", extended(`"x":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000)), ErrMalformed},
		{"deep data", numbers("[784]", strings.Repeat("[", 100000)+strings.Repeat("]", 100000)), ErrShape},
		{"deep shape", numbers(strings.Repeat("[", 100000)+strings.Repeat("]", 100000), "["+flat+"]"), ErrShape},
		{"one number less", numbers("[784]", "["+flat[2:]+"]"), ErrShape},
		{"one number more", numbers("[784]", "["+flat+",0]"), ErrShape},
		{"nested otherwise", numbers("[28,28]", "["+strings.Repeat("["+flat[:27]+"],", 55)+"["+flat[:27]+"]]"), ErrShape},
		{"partly nested", numbers("[2,28,28]", "[["+flat+"],["+flat+"]]"), ErrShape},
		{"no shape", strings.Replace(tensor, `"shape":[784],`, "", 1), ErrShape},
		{"an empty shape", numbers("[]", "["+flat+"]"), ErrShape},
		{"a shape of five", numbers("[1,1,1,28,28]", "["+flat+"]"), ErrShape},
		{"nothing of it", numbers("[0,784]", "[]"), ErrShape},
		{"a negative shape", numbers("[-1,784]", "["+flat+"]"), ErrShape},
		{"two negative sizes", numbers("[-28,-28]", "["+flat+"]"), ErrShape},
		{"a fraction", numbers("[1.5,784]", "["+flat+"]"), ErrShape},
		{"a shape of text", numbers(`["784"]`, "["+flat+"]"), ErrShape},
		{"a shape that overflows", numbers("[23528071213530081,784]", "["+flat+"]"), ErrShape},
		{"a shape beyond 64 bits", numbers("[18446744073709551617,784]", "["+flat+"]"), ErrShape},
		{"columns and rows of another picture", numbers("[14,56]", "["+flat+"]"), ErrShape},
		{"two channels", numbers("[1,2,28,14]", "["+flat+"]"), ErrShape},
		{"too many tensors", numbers("[9,784]", "[]"), ErrTooMany},
		{"more than there is", numbers("[8,784]", "["+flat+"]"), ErrShape},
		{"a level", first("255"), ErrRange},
		{"a little more than 1", first("1.0000001"), ErrRange},
		{"a negative number", first("-0.5"), ErrRange},
		{"infinite", first("1e999"), ErrRange},
		{"NaN", first("NaN"), ErrMalformed},
		{"a word", first("null"), ErrMalformed},
		{"text", first(`"0"`), ErrMalformed},
		{"hexadecimal", first("0x1"), ErrMalformed},
		{"a leading zero", first("01"), ErrMalformed},
		{"a plus", first("+1"), ErrMalformed},
		{"no digit after the point", first("0."), ErrMalformed},
		{"no digit before the point", first(".5"), ErrMalformed},
		{"no exponent", first("1e"), ErrMalformed},
		{"an underscore", first("1_0"), ErrMalformed},
		{"a UINT8 of 256", strings.Replace(first("256"), "FP32", "UINT8", 1), ErrRange},
		{"a UINT8 of -1", strings.Replace(first("-1"), "FP32", "UINT8", 1), ErrRange},
		{"a UINT8 a little above 255", strings.Replace(first("255.0000000001"), "FP32", "UINT8", 1), ErrRange},
		{"a UINT8 of a half", strings.Replace(first("0.5"), "FP32", "UINT8", 1), ErrRange},
		{"an FP64 of 255", strings.Replace(first("255"), "FP32", "FP64", 1), ErrRange},
		{"too many images", image("[4]", `["","","",""]`), ErrTooMany},
		{"fewer images", image("[2]", `[""]`), ErrShape},
		{"more images", image("[1]", `["",""]`), ErrShape},
		{"many lists", image("[1]", `[`+strings.Repeat(`[],`, 1000)+`[]]`), ErrShape},
		{"an image that is a number", image("[1]", `[5]`), ErrMalformed},
		{"an image that is null", image("[1]", `[null]`), ErrMalformed},
		{"broken base64", image("[1]", `["a"]`), ErrBase64},
		{"images in a square", image("[2,2]", `["","","",""]`), ErrShape},
		{"another output", extended(`"outputs":[{"name":"logits"}]`), ErrOutput},
		{"an output without a name", extended(`"outputs":[{}]`), ErrOutput},
		{"an output twice", extended(`"outputs":[{"name":"digit"},{"name":"digit"}]`), ErrOutput},
		{"a classification into none", extended(`"outputs":[{"name":"probabilities","parameters":{"classification":0}}]`), ErrOutput},
		{"a classification of a digit", extended(`"outputs":[{"name":"digit","parameters":{"classification":1}}]`), ErrOutput},
		{"outputs that are text", extended(`"outputs":["digit"]`), ErrMalformed},
		{"parameters that are a list", extended(`"parameters":[]`), ErrMalformed},
		{"a parameter of another type", extended(`"parameters":{"binary_data_output":1}`), ErrMalformed},
		{"binary data in JSON only", strings.Replace(tensor, `"data":[`+flat+`]`, `"parameters":{"binary_data_size":3136}`, 1), ErrBinarySize},
		{"data and binary data", strings.Replace(tensor, `"data"`, `"parameters":{"binary_data_size":0},"data"`, 1), ErrMalformed},
		{"shared memory", strings.Replace(tensor, `"data":[`+flat+`]`, `"parameters":{"shared_memory_region":"x"}`, 1), ErrMalformed},
	} {
		if _, err := ReadRequest([]byte(test.body), NoHeader, limits); !errors.Is(err, test.want) {
			t.Errorf("%s: error %v; want %v", test.name, err, test.want)
		}
	}
}

func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"f%d":0`, i)
	}
	return b.String()
}
