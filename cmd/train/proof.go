package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v3"

	"digits/internal/classify"
	"digits/internal/drift"
	"digits/internal/mnist"
	"digits/internal/proof"
	"digits/pkg/cnn"
)

// provenPerDigit is how many images of each digit are in a proof.
const provenPerDigit = 2

// errUnproven is wrapped by the error about weights or images that no proof can
// be made of.
var errUnproven = errors.New("there is no proof for these weights")

// proofOptions is what the command line says.
type proofOptions struct {
	weights string
	out     string
	from    string // weights file to measure the statistics with; empty for the same
	load    loader
}

func proofCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:  "proof",
		Usage: "put into a weights file what the server tests itself by and compares its traffic with: digits with their logits, and statistics",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "weights", Value: defaultWeights, Usage: "the weights `FILE`"},
			&cli.StringFlag{Name: "out", Usage: "the `FILE` to write", DefaultText: "the weights file"},
			&cli.StringFlag{Name: "from", Usage: "measure the statistics with the weights `FILE` of the same network: for weights that were trained on all images"},
			dataFlag(),
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			o := proofOptions{weights: c.String("weights"), out: c.String("out"), from: c.String("from"),
				load: loaderOf(c, stderr)}
			if o.out == "" {
				o.out = o.weights
			}
			return o.run(ctx, stdout)
		},
	}
}

// run writes the weights file with its proof and statistics.
func (o proofOptions) run(ctx context.Context, stdout io.Writer) error {
	m, err := loadReader(o.weights)
	if err == nil {
		err = probe("out", o.out)
	}
	if err != nil {
		return err
	}
	m, valid, err := o.measure(ctx, m)
	if err != nil {
		return err
	}
	proven, n, err := prove(ctx, m, valid)
	if err != nil {
		return fmt.Errorf("%s: %w", o.weights, err)
	}
	if err := proven.SaveFile(o.out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "wrote %s, SHA-256 %s\nproof of %d digits, statistics of %d images\n", o.out, proven.Digest(), n, valid.Len())
	return err
}

// measure gives the model statistics of the images that were held out, and
// returns these images.
func (o proofOptions) measure(ctx context.Context, m *cnn.Model) (*cnn.Model, mnist.Set, error) {
	measured, path := m, o.weights
	if o.from != "" {
		var err error
		if measured, err = loadReader(o.from); err != nil {
			return nil, mnist.Set{}, err
		}
		if err := sameNetwork(m, measured, o.from); err != nil {
			return nil, mnist.Set{}, fmt.Errorf("%w: %w", errUnproven, err)
		}
		path = o.from
	}
	if err := heldOut(measured); err != nil {
		return nil, mnist.Set{}, fmt.Errorf("%s: %w: %w", path, errUnproven, err)
	}
	all, _, err := o.load(ctx)
	if err != nil {
		return nil, mnist.Set{}, err
	}
	valid := validationOf(all)
	statistics, err := statisticsOf(ctx, measured, valid, heldOutImages)
	return m.WithMetadata(drift.Key, statistics), valid, err
}

// prove returns the model with a proof of its first images of each digit that
// suit, and how many there are. The error is the context's or wraps errUnproven.
func prove(ctx context.Context, m *cnn.Model, set mnist.Set) (*cnn.Model, int, error) {
	classifier, err := classify.New(m.WithMetadata(proof.Key, ""), classify.Options{})
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", errUnproven, err)
	}
	var p proof.Proof
	var chosen [mnist.Classes]int
	for i, label := range set.Labels {
		if chosen[label] == provenPerDigit {
			continue
		}
		d, suits, err := classifier.Prove(ctx, set.Image(i), int(label))
		if err != nil {
			return nil, 0, err
		}
		if suits {
			p.Digits = append(p.Digits, d)
			chosen[label]++
		}
		if len(p.Digits) == provenPerDigit*mnist.Classes {
			break
		}
	}
	for label, n := range chosen {
		if n == 0 {
			return nil, 0, fmt.Errorf("%w: they read no %d surely, neither as it is nor on paper", errUnproven, label)
		}
	}
	text, err := p.JSON()
	return m.WithMetadata(proof.Key, text), len(p.Digits), err
}

// What statistics are measured on, as the weights file says it.
const (
	heldOutImages = "MNIST: training images that were held out"
	learntImages  = "MNIST: training images that the weights may have seen"
)

// statisticsOf measures what the server's traffic is compared with. data says
// what the set is.
func statisticsOf(ctx context.Context, m *cnn.Model, set mnist.Set, data string) (string, error) {
	r, err := readSet(ctx, m, set)
	if err != nil {
		return "", err
	}
	samples := make([]drift.Sample, set.Len())
	for i, v := range r.verdicts() {
		ink := 0
		for _, level := range set.Image(i) {
			ink += int(level)
		}
		samples[i] = drift.Sample{Digit: v.Digit, Confidence: v.Confidence, Ink: float64(ink) / (255 * mnist.Pixels)}
	}
	return drift.Measure(samples, data).JSON()
}

// prove gives the model its proof and statistics, those of the rehearsal if
// there was one. What cannot be proven is no reason to lose the run.
func (f *fitting) prove(ctx context.Context, m *cnn.Model, stdout io.Writer) (*cnn.Model, error) {
	set, data := f.valid, heldOutImages
	if set.Len() == 0 {
		set, data = validationOf(f.train), learntImages
	}
	if f.statistics == "" {
		text, err := statisticsOf(ctx, m, set, data)
		if err != nil {
			return nil, err
		}
		f.statistics = text
	}
	m = m.WithMetadata(drift.Key, f.statistics)
	proven, _, err := prove(ctx, m, set)
	if errors.Is(err, errUnproven) {
		_, err = fmt.Fprintf(stdout, "without a proof: %v\n", err)
		return m, err
	}
	return proven, err
}
