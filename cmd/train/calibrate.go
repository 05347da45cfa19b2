package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/urfave/cli/v3"

	"digits/internal/calibration"
	"digits/internal/calibration/estimate"
	"digits/internal/drift"
	"digits/internal/mnist"
	"digits/internal/proof"
	"digits/pkg/cnn"
)

// validationImages are how many training images a calibration is fitted on:
// those that every run with --validation 5000 holds out.
const validationImages = 5000

// validationOf returns those images, or all if there are fewer.
func validationOf(train mnist.Set) mnist.Set {
	_, valid := train.Split(min(validationImages, train.Len()), 0)
	return valid
}

// errUncalibrated is wrapped by the error about weights that no calibration
// can be fitted to or taken from.
var errUncalibrated = errors.New("there is no calibration for these weights")

// calibrateOptions is what the command line says.
type calibrateOptions struct {
	weights string
	out     string
	from    string // weights file to take the calibration from; empty to fit one
	fit     estimate.Options
	load    loader
}

func calibrateCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:  "calibrate",
		Usage: "put a calibration into a weights file: temperature, candidates, rejection; what train proof put in is made anew with it",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "weights", Value: defaultWeights, Usage: "the weights `FILE`"},
			&cli.StringFlag{Name: "out", Usage: "the `FILE` to write", DefaultText: "the weights file"},
			&cli.StringFlag{Name: "from", Usage: "take the calibration from the weights `FILE` of the same network instead of fitting it: for weights that were trained on all images"},
			&cli.FloatFlag{Name: "coverage", Value: 0.995, Usage: "share of digits whose true value is to be among the candidates"},
			&cli.FloatFlag{Name: "rejected", Value: 0.0036, Usage: "largest share of digits that may be taken for no digit"},
			&cli.FloatFlag{Name: "hesitation", Value: 0.25, Usage: "a digit of this probability is a candidate, whether the coverage needs it or not; 1 leaves it to the coverage"},
			&cli.BoolFlag{Name: "by-digit", Usage: "let the coverage hold for each digit by itself"},
			dataFlag(),
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			o := calibrateOptions{weights: c.String("weights"), out: c.String("out"), from: c.String("from"),
				fit:  estimate.Options{Coverage: c.Float("coverage"), Rejected: c.Float("rejected"), Hesitation: c.Float("hesitation"), ByDigit: c.Bool("by-digit")},
				load: loaderOf(c, stderr)}
			if err := o.check(c); err != nil {
				return fmt.Errorf("%w; %w", err, errUsage)
			}
			return o.run(ctx, stdout)
		},
	}
}

// check completes the options and refuses those that make no sense.
func (o *calibrateOptions) check(c *cli.Command) error {
	inside := func(v float64) bool { return v > 0 && v < 1 }
	switch {
	case !inside(o.fit.Coverage):
		return fmt.Errorf("--coverage is %v; it must be above 0 and below 1", o.fit.Coverage)
	case !inside(o.fit.Rejected):
		return fmt.Errorf("--rejected is %v; it must be above 0 and below 1", o.fit.Rejected)
	case !inside(o.fit.Hesitation) && o.fit.Hesitation != 1:
		return fmt.Errorf("--hesitation is %v; it must be above 0 and up to 1", o.fit.Hesitation)
	}
	for _, flag := range []string{"coverage", "rejected", "hesitation", "by-digit"} {
		if o.from != "" && c.IsSet(flag) {
			return fmt.Errorf("--%s is for fitting, and --from fits nothing; leave one of them out", flag)
		}
	}
	if o.out == "" {
		o.out = o.weights
	}
	return nil
}

// run writes the weights file with its calibration.
func (o calibrateOptions) run(ctx context.Context, stdout io.Writer) error {
	m, err := cnn.LoadFile(o.weights)
	if err == nil {
		err = readsDigits(m, o.weights)
	}
	if err == nil {
		err = probe("out", o.out)
	}
	if err != nil {
		return err
	}
	var c calibration.Calibration
	if o.from != "" {
		c, err = calibrationFrom(o.from, m)
	} else {
		c, err = o.fitTo(ctx, m)
	}
	if err != nil {
		return err
	}
	text, err := c.JSON()
	if err != nil {
		return err
	}
	if m, err = o.renew(ctx, m.WithMetadata(calibration.Key, text), stdout); err != nil {
		return err
	}
	if err := m.SaveFile(o.out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "wrote %s, SHA-256 %s\ncalibration %s\n", o.out, m.Digest(), text)
	return err
}

// renew measures anew what the file has that was measured with its former
// calibration: the statistics and the proof. What cannot be proven any more is
// no reason to go without a calibration.
func (o calibrateOptions) renew(ctx context.Context, m *cnn.Model, stdout io.Writer) (*cnn.Model, error) {
	metadata := m.Metadata()
	if metadata[drift.Key] == "" && metadata[proof.Key] == "" {
		return m, nil
	}
	m, valid, err := proofOptions{weights: o.weights, from: o.from, load: o.load}.measure(ctx, m.WithMetadata(proof.Key, ""))
	if err != nil {
		return nil, fmt.Errorf("the statistics and the proof in %s hold only for its former calibration: %w", o.weights, err)
	}
	proven, _, err := prove(ctx, m, valid)
	if errors.Is(err, errUnproven) {
		_, err = fmt.Fprintf(stdout, "without a proof: %v\n", err)
		return m, err
	}
	return proven, err
}

// fitTo fits a calibration on the images that the weights have not seen.
func (o calibrateOptions) fitTo(ctx context.Context, m *cnn.Model) (calibration.Calibration, error) {
	if err := heldOut(m); err != nil {
		return calibration.Calibration{}, fmt.Errorf("%s: %w: %w", o.weights, errUncalibrated, err)
	}
	all, _, err := o.load(ctx)
	if err != nil {
		return calibration.Calibration{}, err
	}
	valid := validationOf(all)
	o.fit.Data = calibrationData(valid)
	c, err := calibrate(ctx, m, valid, o.fit)
	if err != nil {
		return c, fmt.Errorf("%s: %w", o.weights, err)
	}
	return c, nil
}

// calibrationData says what a calibration is fitted on.
func calibrationData(valid mnist.Set) string {
	return fmt.Sprintf("MNIST: the %d training images that the runs hold out", valid.Len())
}

// calibrate fits a calibration on images that the model was not trained on.
// The error is the context's or wraps estimate.ErrImpossible.
func calibrate(ctx context.Context, m *cnn.Model, valid mnist.Set, o estimate.Options) (calibration.Calibration, error) {
	logits, err := logitsOf(ctx, m, valid)
	if err != nil {
		return calibration.Calibration{}, err
	}
	return estimate.Calibration(logits, valid.Labels, o)
}

// heldOut reports whether the weights' own record says that the validation
// images were held out of their training.
func heldOut(m *cnn.Model) error {
	record, err := recordIn(m)
	if err != nil {
		return errors.New("they have no record of their training, so nobody knows which images they have not seen; use weights that train fit wrote")
	}
	if n := record.Recipe.held(); n < validationImages {
		return fmt.Errorf("they were trained with %d images held out, and %d are needed; name the weights file of a sibling by --from", n, validationImages)
	}
	return nil
}

// calibrationFrom takes the calibration of another weights file of the same
// network.
func calibrationFrom(path string, m *cnn.Model) (calibration.Calibration, error) {
	sibling, err := loadReader(path)
	if err != nil {
		return calibration.Calibration{}, err
	}
	if err := sameNetwork(m, sibling, path); err != nil {
		return calibration.Calibration{}, fmt.Errorf("%w: %w", errUncalibrated, err)
	}
	c, err := calibration.Of(sibling.Metadata())
	if err == nil && !c.Present() {
		err = fmt.Errorf("%w: %s has none either; fit it there first by train calibrate --weights %[2]s", errUncalibrated, path)
	}
	return c, err
}

// sameNetwork refuses another weights file whose network is another one.
func sameNetwork(m, sibling *cnn.Model, path string) error {
	if !reflect.DeepEqual(sibling.ForInference().Spec(), m.ForInference().Spec()) {
		return fmt.Errorf("%s has another network; what is measured with it holds only for weights of the same one", path)
	}
	return nil
}
