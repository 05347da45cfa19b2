package cnn

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// specJSON is a Spec as it stands in a weights file:
//
//	{"input":[1,28,28],"layers":[{"type":"conv","filters":30,"height":5,"width":5},{"type":"relu"}]}
type specJSON struct {
	Input  [3]int            `json:"input"`
	Layers []json.RawMessage `json:"layers"`
}

// MarshalJSON writes the spec as it stands in a weights file.
func (s Spec) MarshalJSON() ([]byte, error) {
	out := specJSON{Input: [3]int{s.Input.C, s.Input.H, s.Input.W}}
	for _, layer := range s.Layers {
		fields, err := json.Marshal(layer)
		if err != nil {
			return nil, err
		}
		entry := fmt.Appendf(nil, `{"type":%q`, layer.kind())
		if rest := bytes.TrimPrefix(fields, []byte("{")); len(rest) > 1 {
			entry = append(entry, ',')
			entry = append(entry, rest...)
		} else {
			entry = append(entry, '}')
		}
		out.Layers = append(out.Layers, entry)
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads a spec, refusing layers and fields it does not know. It
// does not check that the network can be built.
func (s *Spec) UnmarshalJSON(data []byte) error {
	var in specJSON
	if err := strictly(data, &in); err != nil {
		return err
	}
	s.Input = Shape{in.Input[0], in.Input[1], in.Input[2]}
	s.Layers = nil
	for i, raw := range in.Layers {
		layer, err := layerFromJSON(raw)
		if err != nil {
			return fmt.Errorf("layer %d: %w", i, err)
		}
		s.Layers = append(s.Layers, layer)
	}
	return nil
}

func layerFromJSON(raw json.RawMessage) (Layer, error) {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, err
	}
	switch head.Type {
	case Conv2D{}.kind():
		return layerFields[Conv2D](raw)
	case MaxPool{}.kind():
		return layerFields[MaxPool](raw)
	case AvgPool{}.kind():
		return layerFields[AvgPool](raw)
	case GlobalAvgPool{}.kind():
		return layerFields[GlobalAvgPool](raw)
	case BatchNorm{}.kind():
		return layerFields[BatchNorm](raw)
	case Affine{}.kind():
		return layerFields[Affine](raw)
	case ReLU{}.kind():
		return layerFields[ReLU](raw)
	case Sigmoid{}.kind():
		return layerFields[Sigmoid](raw)
	case Tanh{}.kind():
		return layerFields[Tanh](raw)
	case Dropout{}.kind():
		return layerFields[Dropout](raw)
	}
	return nil, fmt.Errorf("this version does not know the layer type %q", head.Type)
}

func layerFields[L Layer](raw json.RawMessage) (Layer, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	delete(fields, "type")
	rest, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	var layer L
	err = strictly(rest, &layer)
	return layer, err
}

func strictly(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(v)
}
