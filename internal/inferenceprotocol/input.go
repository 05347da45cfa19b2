package inferenceprotocol

import (
	"fmt"

	"digits/pkg/imageprep"
)

// input is an input of a request.
type input struct {
	name, datatype string
	shape          []int
	data           []byte // JSON, or binary
	size           *int   // of the binary data, if there are
}

func (in *input) field(name string, value []byte) (known bool, err error) {
	switch name {
	case "name":
		return true, unmarshal(value, &in.name)
	case "datatype":
		return true, unmarshal(value, &in.datatype)
	case "shape":
		in.shape, err = readShape(value)
		return true, err
	case "data":
		in.data = value
		return true, nil
	}
	return name == "parameters", ifParameters(name, value, func(name string, value []byte) (bool, error) {
		return ifKnown(name == "binary_data_size", value, &in.size)
	})
}

// input reads an input and puts it into the batch.
func (p *parser) input(text []byte) error {
	if p.inputs++; p.inputs > 1 {
		return fmt.Errorf("%w: there are several inputs and not one", ErrInput)
	}
	var in input
	if err := fields(text, in.field); err != nil {
		return err
	}
	switch {
	case (in.data == nil) == (in.size == nil):
		return fmt.Errorf("%w: an input has either data or a binary_data_size", ErrMalformed)
	case in.size == nil:
		return in.read(&p.request.Batch, p.limits)
	case *in.size < 0 || *in.size > len(p.binary):
		return fmt.Errorf("%w: an input is of %d bytes and %d are left", ErrBinarySize, *in.size, len(p.binary))
	}
	in.data, p.binary = p.binary[:*in.size], p.binary[*in.size:]
	return in.read(&p.request.Batch, p.limits)
}

// read puts the input's data into the batch.
func (in *input) read(b *Batch, limits Limits) error {
	switch {
	case in.name == ImageInput && in.datatype == typeBYTES:
		n, err := imagesOf(in.shape, limits.Images)
		if err != nil {
			return err
		}
		if in.size != nil {
			b.Images, err = decodeImages(in.data, n)
		} else {
			b.Images, err = readImages(in.data, n)
		}
		return err
	case in.name == TensorInput && (in.datatype == typeFP32 || in.datatype == typeFP64 || in.datatype == typeUINT8):
		n, err := tensorsOf(in.shape, limits.Tensors)
		if err != nil {
			return err
		}
		if in.size != nil {
			b.Tensors, err = decodeNumbers(in.data, in.datatype, n*imageprep.Pixels)
		} else {
			b.Tensors, err = readNumbers(in.data, in.datatype, in.shape, n*imageprep.Pixels)
		}
		return err
	case in.name != TensorInput && in.name != ImageInput:
		return fmt.Errorf("%w: it is neither %s nor %s", ErrInput, TensorInput, ImageInput)
	}
	return fmt.Errorf("%w, which is %s", ErrDatatype, in.name)
}
