package inferenceprotocol

import (
	"fmt"

	"digits/pkg/imageprep"
)

// Signature is the only one that the model has in TensorFlow Serving's calls.
const Signature = "serving_default"

// ReadPredict reads a predict request of TensorFlow Serving:
// {"instances": [...]}, each the numbers of a tensor, nested or flat, or
// {"b64": "..."} with an image; they may stand alone or as the field input-0 or
// image of an object.
func ReadPredict(body []byte, limits Limits) (*Batch, error) {
	var instances []byte
	err := fields(body, func(name string, value []byte) (bool, error) {
		switch name {
		case "instances":
			instances = value
			return true, nil
		case "signature_name":
			var signature string
			err := unmarshal(value, &signature)
			if err == nil && signature != "" && signature != Signature {
				err = fmt.Errorf("%w: the only signature is %s", ErrMalformed, Signature)
			}
			return true, err
		}
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	var b Batch
	if instances != nil {
		if err := elements(instances, func(value []byte) error { return b.instance(value, limits) }); err != nil {
			return nil, err
		}
	}
	if b.Len() == 0 {
		return nil, fmt.Errorf("%w: there are no instances", ErrMalformed)
	}
	return &b, nil
}

// instance adds one of the instances.
func (b *Batch) instance(text []byte, limits Limits) error {
	if len(text) > 0 && text[0] == '{' {
		before, known := b.Len(), 0
		err := fields(text, func(name string, value []byte) (bool, error) {
			known++
			switch name {
			case "b64":
				return true, b.image(value, limits)
			case ImageInput:
				return true, fields(value, func(name string, value []byte) (bool, error) {
					if name != "b64" {
						return false, ErrMalformed
					}
					return true, b.image(value, limits)
				})
			case TensorInput:
				return true, b.tensor(value, limits)
			}
			return false, fmt.Errorf("%w: an instance has neither %s nor %s", ErrInput, TensorInput, ImageInput)
		})
		if err == nil && (known != 1 || b.Len() != before+1) {
			err = fmt.Errorf("%w: an instance is not one input", ErrInput)
		}
		return err
	}
	return b.tensor(text, limits)
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

// PredictReply is the body that answers a predict request: the probabilities of
// each instance.
func PredictReply(answers *Answers) []byte {
	var reply predictions
	for i := range answers.Len() {
		reply.Predictions = append(reply.Predictions, answers.Probabilities[i*Classes:][:Classes])
	}
	return encode(reply)
}
