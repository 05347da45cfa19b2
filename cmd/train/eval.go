package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v3"

	"digits/internal/mnist"
	"digits/pkg/cnn"
)

const defaultWeights = "weights/simple.safetensors"

// errArchitecture is wrapped by the error about a network that does not map a
// digit's image to ten logits.
var errArchitecture = errors.New("this network does not read digits")

func evalCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:  "eval",
		Usage: "report a weights file's figures on the MNIST test set",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "weights", Value: defaultWeights, Usage: "the weights `FILE`"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object"},
			dataFlag(),
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			m, err := loadReader(c.String("weights"))
			if err != nil {
				return err
			}
			_, test, err := loadMNIST(ctx, c.String("data"), stderr)
			if err != nil {
				return err
			}
			e, err := evaluate(ctx, m, test)
			if err != nil {
				return err
			}
			if !c.Bool("json") {
				return e.WriteText(stdout)
			}
			return json.NewEncoder(stdout).Encode(e)
		},
	}
}

// loadReader loads a network that reads digits.
func loadReader(path string) (*cnn.Model, error) {
	m, err := cnn.LoadFile(path)
	if err != nil {
		return nil, err
	}
	in, out := m.Spec().Input, m.OutputShape()
	if (in != cnn.Shape{C: 1, H: mnist.Side, W: mnist.Side}) || out.Size() != 10 {
		return nil, fmt.Errorf("%s: %w: it maps %v to %v, not 1x28x28 to 10x1x1", path, errArchitecture, in, out)
	}
	return m, nil
}
