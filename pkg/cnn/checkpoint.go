package cnn

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"

	"digits/internal/atomicfile"
)

// Checkpoint is a training run at rest: what a Trainer needs to go on as if it
// had never stopped.
type Checkpoint struct {
	Model  *Model // the parameters as they were
	Best   *Model // the best ones so far by the caller's judgement, or nil; of the same network
	Record string // the caller's own account

	steps   int
	average *Model // or nil
	memory  [2][]float32
}

// ErrMismatch is wrapped by the error about a checkpoint of another network,
// another optimizer, or with averages where the trainer has none or the reverse.
var ErrMismatch = errors.New("the checkpoint belongs to another run")

const (
	recordKey   = "record"
	stepsKey    = "steps"
	modelPart   = "model"
	bestPart    = "best"
	averagePart = "average"
	memoryParts = "optimizer"
)

// Checkpoint returns the state as it is now. Best and Record are the caller's.
func (t *Trainer) Checkpoint() Checkpoint {
	c := Checkpoint{Model: t.Snapshot(), steps: t.steps}
	for i, m := range t.memory {
		c.memory[i] = slices.Clone(m)
	}
	if t.averaged != nil {
		c.average = t.Averaged()
	}
	return c
}

// Restore puts the trainer into the state of the checkpoint. On an error it is
// unchanged.
func (t *Trainer) Restore(c Checkpoint) error {
	if !reflect.DeepEqual(c.Model.net.spec, t.net.spec) { // which may have as many parameters all the same
		return fmt.Errorf("%w: its network has other layers, or another input", ErrMismatch)
	}
	for i, m := range t.memory {
		if len(c.memory[i]) != len(m) {
			return fmt.Errorf("%w: it was made with another optimizer", ErrMismatch)
		}
	}
	if (c.average != nil) != (t.averaged != nil) {
		return fmt.Errorf("%w: one of the two averages its weights", ErrMismatch)
	}
	if c.average != nil {
		copy(t.averaged, c.average.parameters)
	}
	copy(t.parameters, c.Model.parameters)
	for i, m := range t.memory {
		copy(m, c.memory[i])
	}
	t.steps = c.steps
	return nil
}

// SaveFile writes the checkpoint, whole or not at all, as a safetensors file
// of flat vectors.
func (c Checkpoint) SaveFile(path string) error {
	parts := []Tensor{flat(modelPart, c.Model.parameters)}
	if c.Best != nil {
		parts = append(parts, flat(bestPart, c.Best.parameters))
	}
	if c.average != nil {
		parts = append(parts, flat(averagePart, c.average.parameters))
	}
	for i, m := range c.memory {
		if m != nil {
			parts = append(parts, flat(memoryParts+strconv.Itoa(i), m))
		}
	}
	metadata, err := c.Model.net.metadata(map[string]string{recordKey: c.Record, stepsKey: strconv.Itoa(c.steps)})
	if err != nil {
		return err
	}
	file, err := encodeTensors(parts, metadata)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, func(w io.Writer) error { _, err := w.Write(file); return err })
}

func flat(name string, data []float32) Tensor { return Tensor{name, []int{len(data)}, data} }

// LoadCheckpoint reads a checkpoint as strictly as Load reads a model.
func LoadCheckpoint(r io.Reader) (Checkpoint, error) {
	parts, metadata, _, err := decodeTensors(r)
	if err != nil {
		return Checkpoint{}, err
	}
	net, err := networkOf(metadata)
	if err != nil {
		return Checkpoint{}, err
	}
	c := Checkpoint{Record: metadata[recordKey]}
	if c.steps, err = strconv.Atoi(metadata[stepsKey]); err != nil || c.steps < 0 {
		return Checkpoint{}, fmt.Errorf("%w: it does not say after how many steps it was made; is it a model rather than a checkpoint?", ErrForeign)
	}
	for _, p := range parts {
		if err := c.take(net, p); err != nil {
			return Checkpoint{}, err
		}
	}
	if c.Model == nil {
		return Checkpoint{}, fmt.Errorf("%w: it has no parameters", ErrCorrupt)
	}
	return c, nil
}

// take puts one part of a file where it belongs.
func (c *Checkpoint) take(net *network, p Tensor) error {
	size, model := net.size(), (**Model)(nil)
	switch p.Name {
	case modelPart:
		model = &c.Model
	case bestPart:
		model = &c.Best
	case averagePart:
		model = &c.average
	case memoryParts + "0":
		size, c.memory[0] = net.parameters, p.Data
	case memoryParts + "1":
		size, c.memory[1] = net.parameters, p.Data
	default:
		return fmt.Errorf("%w: it has an unknown part %.40q", ErrForeign, p.Name)
	}
	if len(p.Data) != size {
		return fmt.Errorf("%w: its part %.40q has %d numbers; its network needs %d", ErrCorrupt, p.Name, len(p.Data), size)
	}
	if model == nil {
		return nil
	}
	*model = &Model{net: net, parameters: p.Data}
	return net.checkStatistics(p.Data)
}
