// Package inferenceprotocol reads and writes the bodies of two protocols for
// model servers: the Open Inference Protocol, version 2, with its binary tensor
// extension, and the predict call of TensorFlow Serving. It knows no HTTP.
//
// Whatever a body declares is checked against limits before memory is taken for
// it: a request costs at most what its numbers take as float32.
package inferenceprotocol

import (
	"errors"

	"digits/pkg/imageprep"
)

// Names of the model's inputs and outputs.
const (
	TensorInput   = "input-0" // what the network sees: [n,1,28,28] numbers in [0,1], or UINT8
	ImageInput    = "image"   // [n] image files
	Probabilities = "probabilities"
	Digit         = "digit"
	Confidence    = "confidence"
	Accepted      = "accepted"
)

// Classes is how many probabilities an input gets.
const Classes = 10

// What can be wrong with a body. Errors wrap one of these.
var (
	ErrMalformed  = errors.New("the body is not what the protocol has")
	ErrInput      = errors.New("no such input")
	ErrDatatype   = errors.New("the input has another datatype")
	ErrShape      = errors.New("the shape is not one of the input's, or not the data's")
	ErrRange      = errors.New("a number is outside the datatype's range")
	ErrBase64     = errors.New("the base64 is broken")
	ErrBinarySize = errors.New("the sizes of binary data do not agree with the body")
	ErrOutput     = errors.New("no such output")
	ErrTooMany    = errors.New("there are too many inputs in the request")
)

// Limits bound what one request may hold.
type Limits struct {
	Tensors int
	Images  int
}

// Batch is what is to be read: tensors or images, at least one.
type Batch struct {
	Tensors []float32 // 784 numbers in [0,1] each
	Images  [][]byte  // files; they lie in the request's body where that is possible
}

// Len returns how many tensors or images there are.
func (b *Batch) Len() int { return len(b.Tensors)/imageprep.Pixels + len(b.Images) }

// Answers are the outputs for a batch of n, column by column.
type Answers struct {
	Probabilities []float32 // [n,10]
	Digit         []int64   // [n]
	Confidence    []float32 // [n]
	Accepted      []bool    // [n]
}

// NewAnswers returns answers with room for n inputs.
func NewAnswers(n int) Answers {
	return Answers{
		Probabilities: make([]float32, 0, n*Classes), Digit: make([]int64, 0, n),
		Confidence: make([]float32, 0, n), Accepted: make([]bool, 0, n),
	}
}

// Append adds the outputs for one input.
func (a *Answers) Append(probabilities *[Classes]float64, digit int, confidence float64, accepted bool) {
	for _, p := range probabilities {
		a.Probabilities = append(a.Probabilities, float32(p))
	}
	a.Digit = append(a.Digit, int64(digit))
	a.Confidence = append(a.Confidence, float32(confidence))
	a.Accepted = append(a.Accepted, accepted)
}

// Len returns for how many inputs there are outputs.
func (a *Answers) Len() int { return len(a.Digit) }
