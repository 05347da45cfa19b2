package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v3"

	"digits/internal/report"
	"digits/pkg/cnn"
)

// errRecord is wrapped by the error about a weights file whose account of its
// training cannot be used.
var errRecord = errors.New("the training record in the weights file is unusable")

// reportOptions is what the command line says.
type reportOptions struct {
	weights string
	curves  string // weights file of the run whose learning curves are drawn
	out     string // directory
	load    loader
}

func reportCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:  "report",
		Usage: "write a folder with a weights file's figures on the MNIST test set, pictures and a page that shows them",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "weights", Value: defaultWeights, Usage: "the weights `FILE`"},
			&cli.StringFlag{Name: "curves", Usage: "draw the learning curves of the weights `FILE`; for one that was trained on all images they are its rehearsal's", DefaultText: "the weights file"},
			&cli.StringFlag{Name: "out", Usage: "the `DIRECTORY` to write"},
			dataFlag(),
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			o := reportOptions{weights: c.String("weights"), curves: c.String("curves"), out: c.String("out"),
				load: loaderOf(c, stderr)}
			if o.out == "" {
				return fmt.Errorf("--out is missing; name a directory; %w", errUsage)
			}
			if o.curves == "" {
				o.curves = o.weights
			}
			return o.run(ctx, stdout)
		},
	}
}

// run writes the folder, its page last: where there is one, the rest is too.
func (o reportOptions) run(ctx context.Context, stdout io.Writer) error {
	m, err := loadReader(o.weights)
	if err == nil {
		err = probeFolder(filepath.Clean(o.out))
	}
	if err != nil {
		return err
	}
	s, err := o.summarize(ctx, m)
	if err != nil {
		return err
	}
	files, err := s.Files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	for _, f := range files {
		if err := writeFile(filepath.Join(o.out, f.Name), f.Data); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	_, err = fmt.Fprintf(stdout, "wrote %s and %d files beside it\n", filepath.Join(o.out, "index.html"), len(files)-1)
	return err
}

// probeFolder reports whether the page could be written in the folder, or, where
// there is none yet, whether it could be made, without leaving a trace.
func probeFolder(folder string) error {
	path := filepath.Join(folder, "index.html")
	for above := folder; above != path; above = filepath.Dir(above) {
		if _, err := os.Lstat(above); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		path = above
	}
	return probe("out", path)
}

// summarize measures the model on the test set.
func (o reportOptions) summarize(ctx context.Context, m *cnn.Model) (report.Summary, error) {
	var none report.Summary
	w, course, err := recordOf(m, o.weights)
	if err == nil && o.curves != o.weights {
		course, err = courseOf(o.curves)
	}
	if err != nil {
		return none, err
	}
	train, test, err := o.load(ctx)
	if err != nil {
		return none, err
	}
	r, err := readSet(ctx, m, test)
	if err != nil {
		return none, err
	}
	spoiled, err := evaluateCorruptions(ctx, m, test, testSet)
	if err != nil {
		return none, err
	}
	s := report.Summarize(r.evaluation(test.Labels), r.answers, test.Labels, r.temperature(), test.Image)
	s.Weights, s.Course, s.Corruptions = w, course, &spoiled
	if record, err := recordIn(m); err == nil {
		s.Lessons = lessonsOf(record.Recipe, train)
	}
	s.Set = fmt.Sprintf("the %d images of MNIST's test set, which chose nothing", test.Len())
	return s, nil
}

// courseOf returns how the run of a weights file went.
func courseOf(path string) (report.Course, error) {
	m, err := cnn.LoadFile(path)
	if err != nil {
		return report.Course{}, err
	}
	_, course, err := recordOf(m, path)
	if err == nil && len(course.Epochs) == 0 {
		err = fmt.Errorf("%s: %w: it has no learning curve; name a run that held images out by --curves", path, errRecord)
	}
	return course, err
}

// recordOf returns a weights file's account of itself. A file without one, or
// of a run that held no images out and followed none that did, has no course.
func recordOf(m *cnn.Model, path string) (report.Weights, report.Course, error) {
	metadata, name := m.Metadata(), filepath.Base(path)
	w := report.Weights{File: name, SHA256: m.Digest(), Parameters: m.Parameters(),
		Data: metadata["data"], Code: metadata["code"], Kernel: cnn.Kernel()}
	var record struct {
		Recipe     json.RawMessage `json:"recipe"`
		Validation []report.Epoch  `json:"validation"`
		Rehearsal  []report.Epoch  `json:"rehearsal"`
		Chosen     int             `json:"chosen"`
	}
	text, ok := metadata["training"]
	if !ok {
		return w, report.Course{}, nil
	}
	if err := json.Unmarshal([]byte(text), &record); err != nil {
		return w, report.Course{}, fmt.Errorf("%s: %w: %w", path, errRecord, err)
	}
	w.Recipe = record.Recipe
	curve := record.Validation
	if len(record.Rehearsal) > 0 {
		curve, name = record.Rehearsal, "the rehearsal of "+name
	}
	if !slices.ContainsFunc(curve, func(e report.Epoch) bool { return e != report.Epoch{} }) {
		return w, report.Course{}, nil
	}
	if record.Chosen < 1 || record.Chosen > len(curve) {
		return w, report.Course{}, fmt.Errorf("%s: %w: it chose epoch %d of %d", path, errRecord, record.Chosen, len(curve))
	}
	return w, report.Course{File: name, Epochs: curve, Chosen: record.Chosen}, nil
}
