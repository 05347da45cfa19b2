package inferenceprotocol

import (
	"fmt"
	"slices"
)

// Request is a request for inference of the Open Inference Protocol.
type Request struct {
	Batch   Batch
	id      *string
	outputs []output // those that are asked for; none means all
	binary  bool     // for outputs that do not say
}

// output is how an output is wanted.
type output struct {
	name    string
	binary  *bool
	classes int // as so many "probability:digit", the highest first; 0 means as numbers
}

var outputNames = [...]string{Probabilities, Digit, Confidence, Accepted}

// maxID bounds the bytes of a request's id.
const maxID = 1024

// NoHeader is the header length of a request that is all JSON.
const NoHeader = -1

// ReadRequest reads a request. Of a body with binary data, the first
// headerLength bytes are JSON; with 0 of them the body is one image. The
// batch's images may lie in the body.
func ReadRequest(body []byte, headerLength int, limits Limits) (*Request, error) {
	switch {
	case headerLength == 0 && len(body) > 0:
		return &Request{Batch: Batch{Images: [][]byte{body}}}, nil
	case headerLength == NoHeader:
		headerLength = len(body)
	case headerLength < 0 || headerLength > len(body):
		return nil, fmt.Errorf("%w: %d bytes of JSON are announced in a body of %d", ErrBinarySize, headerLength, len(body))
	}
	p := parser{limits: limits, binary: body[headerLength:]}
	if err := fields(body[:headerLength], p.field); err != nil {
		return nil, err
	}
	switch {
	case p.inputs != 1:
		return nil, fmt.Errorf("%w: there are %d inputs and not one", ErrInput, p.inputs)
	case len(p.binary) > 0:
		return nil, fmt.Errorf("%w: %d bytes belong to no input", ErrBinarySize, len(p.binary))
	}
	return &p.request, nil
}

// parser reads the JSON of a request.
type parser struct {
	limits  Limits
	binary  []byte // that no input has yet taken
	request Request
	inputs  int
}

func (p *parser) field(name string, value []byte) (bool, error) {
	switch name {
	case "id":
		p.request.id = new(string)
		err := unmarshal(value, p.request.id)
		if err == nil && len(*p.request.id) > maxID {
			err = fmt.Errorf("%w: the id has more than %d bytes", ErrMalformed, maxID)
		}
		return true, err
	case "parameters":
		return true, fields(value, func(name string, value []byte) (bool, error) {
			return ifKnown(name == "binary_data_output", value, &p.request.binary)
		})
	case "inputs":
		return true, elements(value, p.input)
	case "outputs":
		return true, elements(value, p.output)
	}
	return false, nil
}

// ifKnown reads the value of a field that is known.
func ifKnown(known bool, value []byte, target any) (bool, error) {
	if !known {
		return false, nil
	}
	return true, unmarshal(value, target)
}

// output reads one of the outputs that are asked for.
func (p *parser) output(text []byte) error {
	var o output
	classes := 0
	classified := false
	err := fields(text, func(name string, value []byte) (bool, error) {
		if name == "name" {
			return true, unmarshal(value, &o.name)
		}
		return name == "parameters", ifParameters(name, value, func(name string, value []byte) (bool, error) {
			if name == "classification" {
				classified = true
				return true, unmarshal(value, &classes)
			}
			return ifKnown(name == "binary_data", value, &o.binary)
		})
	})
	asked := func(other output) bool { return other.name == o.name }
	switch {
	case err != nil:
		return err
	case !slices.Contains(outputNames[:], o.name) || slices.ContainsFunc(p.request.outputs, asked):
		return fmt.Errorf("%w, or it is asked for twice", ErrOutput)
	case classified && (classes < 1 || o.name != Probabilities):
		return fmt.Errorf("%w: only %s has a classification, of at least 1", ErrOutput, Probabilities)
	}
	o.classes = min(classes, Classes)
	p.request.outputs = append(p.request.outputs, o)
	return nil
}

// ifParameters reads the fields of the field parameters.
func ifParameters(name string, value []byte, known func(name string, value []byte) (bool, error)) error {
	if name != "parameters" {
		return nil
	}
	return fields(value, known)
}
