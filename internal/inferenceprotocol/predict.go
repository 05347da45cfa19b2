package inferenceprotocol

import (
	"fmt"
	"slices"

	"digits/pkg/imageprep"
)

// Signature is the only one that the model has in TensorFlow Serving's calls.
const Signature = "serving_default"

// PredictRequest is a predict request of TensorFlow Serving.
type PredictRequest struct {
	Batch   Batch
	columns bool // the inputs stand in columns, and so do the outputs
}

// ReadPredict reads a predict request. In the row form, {"instances": [...]},
// each is the numbers of a tensor, nested or flat, or {"b64": "..."} with an
// image; they may stand alone or as the field input-0 or image of an object. In
// the column form, {"inputs": ...} is a list of these, alone or as such a field.
func ReadPredict(body []byte, limits Limits) (*PredictRequest, error) {
	var instances, inputs []byte
	err := fields(body, func(name string, value []byte) (bool, error) {
		switch name {
		case "instances":
			instances = value
			return true, nil
		case "inputs":
			inputs = value
			return true, nil
		case "signature_name":
			return true, checkSignature(value)
		}
		return false, nil
	})
	var r PredictRequest
	switch b := &r.Batch; {
	case err != nil:
	case instances != nil && inputs != nil:
		err = fmt.Errorf("%w: there are both instances and inputs", ErrMalformed)
	case inputs != nil:
		r.columns = true
		err = b.columns(inputs, limits)
	case instances != nil:
		err = elements(instances, func(value []byte) error { return b.instance(value, limits) })
	}
	if err == nil && r.Batch.Len() == 0 {
		err = fmt.Errorf("%w: there are neither instances nor inputs", ErrMalformed)
	}
	if err != nil {
		return nil, err
	}
	return &r, nil
}

func checkSignature(text []byte) error {
	var name string
	err := unmarshal(text, &name)
	if err == nil && name != "" && name != Signature {
		err = fmt.Errorf("%w: the only signature is %s", ErrMalformed, Signature)
	}
	return err
}

func isObject(text []byte) bool { return len(text) > 0 && text[0] == '{' }

// instance adds one of the instances.
func (b *Batch) instance(text []byte, limits Limits) error {
	if !isObject(text) {
		return b.tensor(text, limits)
	}
	return oneField(text, func(name string, value []byte) error {
		switch name {
		case "b64":
			return b.image(value, limits)
		case ImageInput:
			return b.file(value, limits)
		case TensorInput:
			return b.tensor(value, limits)
		}
		return fmt.Errorf("%w: an instance has neither %s nor %s", ErrInput, TensorInput, ImageInput)
	})
}

// columns adds the one input of the column form, a list of tensors or of images.
func (b *Batch) columns(text []byte, limits Limits) error {
	tensor := func(value []byte) error { return b.tensor(value, limits) }
	file := func(value []byte) error { return b.file(value, limits) }
	if !isObject(text) {
		return elements(text, func(value []byte) error {
			if isObject(value) {
				return file(value)
			}
			return tensor(value)
		})
	}
	return oneField(text, func(name string, value []byte) error {
		switch name {
		case ImageInput:
			return elements(value, file)
		case TensorInput:
			return elements(value, tensor)
		}
		return fmt.Errorf("%w: the inputs have neither %s nor %s", ErrInput, TensorInput, ImageInput)
	})
}

// file adds an image as TensorFlow Serving has binary data, {"b64": "..."}.
func (b *Batch) file(text []byte, limits Limits) error {
	return oneField(text, func(name string, value []byte) error {
		if name != "b64" {
			return fmt.Errorf("%w: an image is not as b64", ErrMalformed)
		}
		return b.image(value, limits)
	})
}

// oneField hands the field of an object that has one to the function.
func oneField(text []byte, take func(name string, value []byte) error) error {
	count := 0
	err := fields(text, func(name string, value []byte) (bool, error) {
		count++
		return true, take(name, value)
	})
	if err == nil && count != 1 {
		err = fmt.Errorf("%w: an object has %d fields and not one", ErrInput, count)
	}
	return err
}

func (b *Batch) image(text []byte, limits Limits) error {
	if len(b.Tensors) > 0 {
		return fmt.Errorf("%w: there are images and tensors", ErrInput)
	}
	if len(b.Images) == limits.Images {
		return fmt.Errorf("%w: more than %d images", ErrTooMany, limits.Images)
	}
	data, err := readBase64(text)
	b.Images = append(b.Images, data)
	return err
}

func (b *Batch) tensor(text []byte, limits Limits) error {
	if len(b.Images) > 0 {
		return fmt.Errorf("%w: there are images and tensors", ErrInput)
	}
	if len(b.Tensors) == limits.Tensors*imageprep.Pixels {
		return fmt.Errorf("%w: more than %d tensors", ErrTooMany, limits.Tensors)
	}
	shape, err := shapeOf(text)
	if err != nil {
		return err
	}
	numbers, err := readNumbers(text, typeFP32, shape, imageprep.Pixels)
	b.Tensors = append(b.Tensors, numbers...)
	return err
}

// shapeOf tells an instance's shape from how its lists begin: flat, rows of
// columns, with the single channel before or behind them.
func shapeOf(text []byte) ([]int, error) {
	const side = imageprep.Side
	depth := 0
	rest := skipSpace(text)
	for ; len(rest) > 0 && rest[0] == '[' && depth < 4; depth++ {
		rest = skipSpace(rest[1:])
	}
	switch depth {
	case 1:
		return []int{imageprep.Pixels}, nil
	case 2:
		return []int{side, side}, nil
	case 3:
		if closed := skipSpace(rest[numberLength(rest):]); len(closed) > 0 && closed[0] == ']' {
			return []int{side, side, 1}, nil
		}
		return []int{1, side, side}, nil
	}
	return nil, fmt.Errorf("%w: an instance is not 784 numbers, flat or nested", ErrShape)
}

type predictions struct {
	Predictions [][]float32 `json:"predictions"`
}

type outputs struct {
	Outputs [][]float32 `json:"outputs"` // of the only output, whose name is left out then
}

// Reply answers the request with the probabilities of each input.
func (r *PredictRequest) Reply(answers *Answers) Reply {
	rows := slices.Collect(slices.Chunk(answers.Probabilities, Classes))
	if r.columns {
		return Reply{encode(outputs{rows}), NoHeader}
	}
	return Reply{encode(predictions{rows}), NoHeader}
}
