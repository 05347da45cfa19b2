package inferenceprotocol

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strconv"
)

// Reply is the body that answers a request.
type Reply struct {
	Body         []byte
	HeaderLength int // of its JSON, before binary data; NoHeader when it is all JSON
}

type replyHeader struct {
	ModelName    string        `json:"model_name"`
	ModelVersion string        `json:"model_version"`
	ID           *string       `json:"id,omitempty"`
	Outputs      []replyOutput `json:"outputs"`
}

type replyOutput struct {
	Name       string           `json:"name"`
	Datatype   string           `json:"datatype"`
	Shape      []int            `json:"shape"`
	Parameters *replyParameters `json:"parameters,omitempty"`
	Data       any              `json:"data,omitempty"`
}

type replyParameters struct {
	BinaryDataSize int `json:"binary_data_size"`
}

// Reply answers the request with the outputs that it asked for. All their
// numbers are finite; it panics on others.
func (r *Request) Reply(model, version string, answers *Answers) Reply {
	outputs := r.outputs
	if len(outputs) == 0 {
		for _, name := range outputNames {
			outputs = append(outputs, output{name: name})
		}
	}
	header := replyHeader{ModelName: model, ModelVersion: version, ID: r.id}
	var tail []byte
	isBinary := false
	for _, o := range outputs {
		reply := answers.output(o)
		if o.binary != nil && *o.binary || o.binary == nil && r.binary {
			from := len(tail)
			tail = appendBinary(tail, reply.Data)
			reply.Data, reply.Parameters = nil, &replyParameters{len(tail) - from}
			isBinary = true
		}
		header.Outputs = append(header.Outputs, reply)
	}
	body := encode(header)
	if !isBinary {
		return Reply{body, NoHeader}
	}
	return Reply{append(body, tail...), len(body)}
}

// encode returns JSON in which <, > and & stay as they are.
func encode(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("inferenceprotocol: a reply cannot be encoded")
	}
	return b.Bytes()
}

// output is one of the outputs as it is wanted, with its numbers.
func (a *Answers) output(o output) replyOutput {
	n := a.Len()
	switch {
	case o.name == Digit:
		return replyOutput{Name: o.name, Datatype: "INT64", Shape: []int{n}, Data: a.Digit}
	case o.name == Confidence:
		return replyOutput{Name: o.name, Datatype: typeFP32, Shape: []int{n}, Data: a.Confidence}
	case o.name == Accepted:
		return replyOutput{Name: o.name, Datatype: "BOOL", Shape: []int{n}, Data: a.Accepted}
	case o.classes > 0:
		return replyOutput{Name: o.name, Datatype: typeBYTES, Shape: []int{n, o.classes}, Data: a.classification(o.classes)}
	}
	return replyOutput{Name: o.name, Datatype: typeFP32, Shape: []int{n, Classes}, Data: a.Probabilities}
}

// classification returns the k highest probabilities of each input with their
// digits, as "0.9994267:7".
func (a *Answers) classification(k int) []string {
	var texts []string
	for i := range a.Len() {
		row := a.Probabilities[i*Classes:][:Classes]
		order := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
		slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(row[y], row[x]) })
		for _, digit := range order[:k] {
			texts = append(texts, strconv.FormatFloat(float64(row[digit]), 'f', -1, 32)+":"+strconv.Itoa(digit))
		}
	}
	return texts
}

// appendBinary adds an output's data, little-endian: a byte for a BOOL, and
// BYTES with their length before them.
func appendBinary(dst []byte, data any) []byte {
	texts, ok := data.([]string)
	if !ok {
		dst, _ = binary.Append(dst, binary.LittleEndian, data) // of a fixed size
		return dst
	}
	for _, text := range texts {
		dst = append(binary.LittleEndian.AppendUint32(dst, uint32(len(text))), text...)
	}
	return dst
}
