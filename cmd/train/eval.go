package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/urfave/cli/v3"

	"digits/internal/calibration"
	"digits/internal/mnist"
	"digits/pkg/cnn"
)

// suites are the names of the suites.
var suites = []string{corruptions, photographs, encodings, letters}

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
			&cli.StringFlag{Name: "images", Usage: "report on the image files in the subfolders of `DIRECTORY` instead, read as the server reads them; a subfolder 0 to 9 is the digit in its files, any other has no digits; without subfolders of image files, print the answer to each file in DIRECTORY"},
			&cli.BoolFlag{Name: "wrong", Usage: "with --images of subfolders: list the files that were not read right"},
			&cli.StringFlag{Name: "suite", Usage: "report on a `SUITE` instead; corruptions: the test set spoiled in the fifteen ways of MNIST-C (Mu and Gilmer 2019); photos: digits as people photograph them; encodings: digits in every kind of image file; letters: printed letters, which are no digits"},
			&cli.IntFlag{Name: "count", Value: 200, Usage: "with --suite photos, encodings or letters: pictures of each condition or letter, 1 to 10000"},
			&cli.StringFlag{Name: "condition", Usage: "with --suite photos or encodings: only the conditions with `TEXT` in their names"},
			&cli.StringFlag{Name: "digits", Value: "test", Usage: "with --suite photos, encodings or corruptions: take the digits from the test set (test) or, to develop, from the 5,000 training images that a rehearsal does not learn from: read them with its weights (development)"},
			&cli.StringFlag{Name: "sheet", Usage: "with --images, --suite photos, encodings or letters: write a PNG `FILE` with pictures beside what the network saw and its answer: of each folder, condition or letter ten, the wrongly read digits first, or all of these if they are more, up to 100; of files in no subfolder all, up to 1,000; 190 rows at most, of which all groups have their share"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object"},
			dataFlag(),
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			o := evalOptions{
				weights: c.String("weights"), images: c.String("images"), wrong: c.Bool("wrong"), suite: c.String("suite"),
				count: c.Int("count"), condition: c.String("condition"), development: c.String("digits") == "development", sheet: c.String("sheet"), asJSON: c.Bool("json"),
				load: func(ctx context.Context) (mnist.Set, error) {
					train, test, err := loadMNIST(ctx, c.String("data"), stderr)
					if err == nil && c.String("digits") == "development" {
						return validationOf(train), nil
					}
					return test, err
				},
			}
			if err := checkEval(c, o); err != nil {
				return err
			}
			return eval(ctx, o, stdout)
		},
	}
}

// checkEval refuses flags that contradict each other.
func checkEval(c *cli.Command, o evalOptions) error {
	generated := o.suite == photographs || o.suite == encodings
	switch {
	case o.suite != "" && !slices.Contains(suites, o.suite):
		return fmt.Errorf("there is no suite %q; there are %q; %w", o.suite, suites, errUsage)
	case o.suite != "" && o.images != "":
		return fmt.Errorf("--suite and --images both say what to report on; give one; %w", errUsage)
	case o.count < 1 || o.count > 10_000:
		return fmt.Errorf("--count is %d; it must be 1 to 10000; %w", o.count, errUsage)
	case c.String("digits") != "test" && !o.development:
		return fmt.Errorf("--digits is %q; it must be test or development; %w", c.String("digits"), errUsage)
	case c.IsSet("condition") && !generated:
		return fmt.Errorf("--condition goes with --suite %s or %s; %w", photographs, encodings, errUsage)
	case c.IsSet("count") && !generated && o.suite != letters:
		return fmt.Errorf("--count goes with --suite %s, %s or %s; %w", photographs, encodings, letters, errUsage)
	case c.IsSet("digits") && !generated && o.suite != corruptions:
		return fmt.Errorf("--digits goes with --suite %s, %s or %s; %w", photographs, encodings, corruptions, errUsage)
	case o.wrong && o.images == "":
		return fmt.Errorf("--wrong goes with --images; %w", errUsage)
	case o.sheet != "" && !generated && o.suite != letters && o.images == "":
		return fmt.Errorf("--sheet goes with --images, or --suite %s, %s or %s; %w", photographs, encodings, letters, errUsage)
	}
	if generated {
		if _, err := conditionsOf(o); err != nil {
			return err
		}
	}
	if o.sheet != "" {
		return probe("sheet", o.sheet)
	}
	return nil
}

// evalOptions say what to report on: pictures, a suite, or the test set.
type evalOptions struct {
	weights     string
	images      string // the pictures' directory, or empty
	wrong       bool   // whether to list what was wrong
	suite       string // or empty
	count       int    // of a condition's pictures
	condition   string // what the names of the conditions contain
	development bool   // whether load gives training digits
	sheet       string // the contact sheet's file, or empty
	asJSON      bool
	load        func(context.Context) (mnist.Set, error) // the set to report on
}

// testSet is the name of the set that reports are on, unless they are told
// otherwise.
const testSet = "MNIST's test set"

// setName says what the set of the report is.
func (o evalOptions) setName(set mnist.Set) string {
	if o.development {
		return fmt.Sprintf("%d training images that a rehearsal does not learn from", set.Len())
	}
	return testSet
}

// eval prints the figures of a weights file.
func eval(ctx context.Context, o evalOptions, stdout io.Writer) error {
	m, err := loadReader(o.weights)
	if err != nil {
		return err
	}
	if o.images != "" {
		e, err := evaluatePictures(ctx, m, o)
		return show(e, err, stdout, o.asJSON)
	}
	if o.suite == letters {
		e, err := evaluateLetters(ctx, m, o)
		return show(e, err, stdout, o.asJSON)
	}
	test, err := o.load(ctx)
	if err != nil {
		return err
	}
	switch o.suite {
	case corruptions:
		e, err := evaluateCorruptions(ctx, m, test, o.setName(test))
		return show(e, err, stdout, o.asJSON)
	case photographs, encodings:
		e, err := evaluateGenerated(ctx, m, test, o)
		return show(e, err, stdout, o.asJSON)
	}
	e, err := evaluate(ctx, m, test)
	return show(e, err, stdout, o.asJSON)
}

// printable is what there is to say about pictures, or digits, for people or as
// JSON.
type printable interface{ WriteText(io.Writer) error }

// show prints it, unless there is an error instead.
func show(e printable, err error, stdout io.Writer, asJSON bool) error {
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
