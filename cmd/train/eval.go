package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v3"

	"digits/internal/calibration"
	"digits/internal/mnist"
	"digits/pkg/cnn"
)

const defaultWeights = "weights/digits.safetensors"

// errArchitecture is wrapped by the error about a network that does not map a
// digit's image to ten logits, or eleven with one for "no digit".
var errArchitecture = errors.New("this network does not read digits")

func evalCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:  "eval",
		Usage: "report a weights file's figures on the MNIST test set",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "weights", Value: defaultWeights, Usage: "the weights `FILE`"},
			&cli.StringFlag{Name: "images", Usage: "report on the PNG and JPEG files in the subfolders of `DIRECTORY` instead, read as the server reads them; a subfolder 0 to 9 is the digit in its files, any other has no digits"},
			&cli.StringFlag{Name: "suite", Usage: "report on a `SUITE` instead; corruptions: the test set spoiled in the fifteen ways of MNIST-C (Mu and Gilmer 2019)"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object"},
			dataFlag(),
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			if suite := c.String("suite"); c.IsSet("suite") && suite != corruptions {
				return fmt.Errorf("there is no suite %q; there is %q; %w", suite, corruptions, errUsage)
			}
			if c.IsSet("suite") && c.IsSet("images") {
				return fmt.Errorf("--suite and --images both say what to report on; give one; %w", errUsage)
			}
			return eval(ctx, evalOptions{
				weights: c.String("weights"), images: c.String("images"), pictures: c.IsSet("images"), suite: c.String("suite"), asJSON: c.Bool("json"),
				load: func(ctx context.Context) (mnist.Set, error) {
					_, test, err := loadMNIST(ctx, c.String("data"), stderr)
					return test, err
				},
			}, stdout)
		},
	}
}

// evalOptions say what to report on: pictures, a suite, or the test set.
type evalOptions struct {
	weights  string
	pictures bool
	images   string // the pictures' directory
	suite    string // or empty
	asJSON   bool
	load     func(context.Context) (mnist.Set, error) // the test set
}

// eval prints the figures of a weights file.
func eval(ctx context.Context, o evalOptions, stdout io.Writer) error {
	m, err := loadReader(o.weights)
	if err != nil {
		return err
	}
	if o.pictures {
		e, err := evaluatePictures(ctx, m, o.images, func() (mnist.Set, error) { return o.load(ctx) })
		return show(e, err, stdout, o.asJSON)
	}
	test, err := o.load(ctx)
	if err != nil {
		return err
	}
	if o.suite == corruptions {
		e, err := evaluateCorruptions(ctx, m, test)
		return show(e, err, stdout, o.asJSON)
	}
	e, err := evaluate(ctx, m, test)
	return show(e, err, stdout, o.asJSON)
}

// show prints an evaluation, unless there is an error instead.
func show(e interface{ WriteText(io.Writer) error }, err error, stdout io.Writer, asJSON bool) error {
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(stdout).Encode(e)
	}
	return e.WriteText(stdout)
}

// loadReader loads a network that reads digits, and whose calibration can be
// used if it has one.
func loadReader(path string) (*cnn.Model, error) {
	m, err := cnn.LoadFile(path)
	if err == nil {
		err = readsDigits(m, path)
	}
	if err != nil {
		return nil, err
	}
	if _, err := calibration.Of(m.Metadata()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// readsDigits reports whether the network in a weights file does.
func readsDigits(m *cnn.Model, path string) error {
	in, out := m.Spec().Input, m.OutputShape()
	outputs := out.Size()
	if (in != cnn.Shape{C: 1, H: mnist.Side, W: mnist.Side}) || outputs != calibration.Digits && outputs != calibration.Digits+1 {
		return fmt.Errorf("%s: %w: it maps %v to %v, not 1x28x28 to 10x1x1 or 11x1x1", path, errArchitecture, in, out)
	}
	return nil
}
