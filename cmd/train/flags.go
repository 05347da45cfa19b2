package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"digits/internal/mnist"
)

// fitOptions is what the command line says.
type fitOptions struct {
	recipe     recipe
	set        []string // names of the recipe's flags that were given
	load       loader
	out        string
	checkpoint string
	resume     bool
	course     bool   // whether this is one of a course's runs
	seedBeyond uint64 // what the run's seed has beyond its course's
	interval   time.Duration
}

func env(name string) cli.ValueSourceChain {
	return cli.EnvVars("DIGITS_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")))
}

func dataFlag() cli.Flag {
	return &cli.StringFlag{Name: "data", Sources: env("data"), Usage: "the `DIRECTORY` with the four MNIST files; without it they are found or fetched"}
}

// recipeFlags change the preset's recipe.
func recipeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "preset", Value: "seed", Usage: "the recipe to start from: " + strings.Join(presetNames, " or ")},
		&cli.IntFlag{Name: "epochs", Usage: "passes over the training images", DefaultText: "the preset's"},
		&cli.IntFlag{Name: "batch", Usage: "images of a step", DefaultText: "the preset's"},
		&cli.FloatFlag{Name: "learning-rate", Usage: "the step size, at its highest", DefaultText: "the preset's"},
		&cli.StringFlag{Name: "schedule", Usage: "the learning rate's course: " + strings.Join(schedules, ", "), DefaultText: "the preset's"},
		&cli.FloatFlag{Name: "dropout", Usage: "share of values dropped before each affine layer", DefaultText: "the preset's"},
		&cli.FloatFlag{Name: "weight-decay", Usage: "what AdamW takes off the weights, as a share of the learning rate; 0 is Adam", DefaultText: "the preset's"},
		&cli.FloatFlag{Name: "clip", Usage: "the most that the gradient's norm may be; 0 is any", DefaultText: "the preset's"},
		&cli.IntFlag{Name: "teachers", Usage: "how many larger networks are trained first and teach this one, with --preset digits; 0 trains it alone", DefaultText: "the preset's"},
		&cli.IntFlag{Name: "echo", Usage: "epochs in a row with the same pictures, about which the teachers are asked once; 0 and 1 make new pictures for every epoch", DefaultText: "the preset's"},
		&cli.FloatFlag{Name: "augmentation", Usage: "factor of how far the preset changes images; above 0 and up to 4", DefaultText: "1"},
		&cli.FloatFlag{Name: "width", Usage: "factor of the network's filters and hidden outputs; above 0 and up to 4", DefaultText: "1"},
		&cli.IntFlag{Name: "validation", Usage: "training images held out to choose the epoch", DefaultText: "5000"},
		&cli.Uint64Flag{Name: "seed", Usage: "of all random numbers", DefaultText: "1"},
		&cli.Uint64Flag{Name: "course-seed", Usage: "of a course's runs before the final one, which other courses have already made", DefaultText: "the seed"},
		&cli.IntFlag{Name: "shards", Usage: "parts of a batch computed in parallel; the sums depend on it", DefaultText: "the number of cores"},
	}
}

func fitCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:  "fit",
		Usage: "train a network and write its weights file",
		Flags: append(recipeFlags(),
			&cli.StringFlag{Name: "out", Usage: "the weights `FILE` to write", DefaultText: "weights/PRESET.safetensors"},
			&cli.StringFlag{Name: "checkpoint", Usage: "the checkpoint `FILE`", DefaultText: "the weights file's name with .checkpoint"},
			&cli.DurationFlag{Name: "checkpoint-interval", Value: 30 * time.Second, Usage: "the most that a kill can lose; 0 writes a checkpoint after every step"},
			&cli.BoolFlag{Name: "resume", Usage: "go on from the checkpoint; recipe flags that are not given are the checkpoint's, but a course needs all of them again"},
			dataFlag()),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			options, err := readFitOptions(c, stderr)
			if err != nil {
				return err
			}
			return fit(ctx, options, stdout, stderr)
		},
	}
}

func readFitOptions(c *cli.Command, stderr io.Writer) (fitOptions, error) {
	o := fitOptions{out: c.String("out"), checkpoint: c.String("checkpoint"),
		resume: c.Bool("resume"), interval: c.Duration("checkpoint-interval"),
		load: loaderOf(c, stderr)}
	if !c.IsSet("out") {
		o.out = filepath.Join("weights", c.String("preset")+".safetensors")
	}
	if !c.IsSet("checkpoint") {
		o.checkpoint = o.out + ".checkpoint"
	}
	for _, f := range recipeFlags() {
		if c.IsSet(f.Names()[0]) {
			o.set = append(o.set, f.Names()[0])
		}
	}
	base, err := preset(c.String("preset"))
	if err != nil {
		return o, fmt.Errorf("%w; %w", err, errUsage)
	}
	o.recipe = base
	for _, name := range o.set {
		if c.Value(name) == 0.0 && (name == "augmentation" || name == "width") { // in a recipe, 0 is the preset's
			return o, fmt.Errorf("--%s is 0; it must be above 0 and up to 4; %w", name, errUsage)
		}
		o.recipe.take(name, c)
	}
	if err := o.recipe.check(); err != nil {
		return o, fmt.Errorf("%w; %w", err, errUsage)
	}
	return o, o.check()
}

// take sets the recipe's part that a flag names.
func (r *recipe) take(flag string, c *cli.Command) {
	switch flag {
	case "epochs":
		r.Epochs = c.Int(flag)
	case "batch":
		r.Batch = c.Int(flag)
	case "learning-rate":
		r.LearningRate = c.Float(flag)
	case "schedule":
		r.Schedule = c.String(flag)
	case "dropout":
		r.Dropout = c.Float(flag)
	case "weight-decay":
		r.WeightDecay = c.Float(flag)
	case "clip":
		r.Clip = c.Float(flag)
	case "teachers":
		if r.Teachers = c.Int(flag); r.Teachers == 0 {
			*r = r.untaught()
		}
	case "echo":
		r.Echo = c.Int(flag)
	case "augmentation":
		r.Strength = c.Float(flag)
	case "width":
		r.Width = c.Float(flag)
	case "validation":
		r.Validation = c.Int(flag)
	case "seed":
		r.Seed = c.Uint64(flag)
	case "course-seed":
		r.CourseSeed = c.Uint64(flag)
	case "shards":
		r.Shards = c.Int(flag)
	}
}

// value returns the recipe's part that a flag names.
func (r recipe) value(flag string) any {
	return map[string]any{
		"preset": r.Preset, "epochs": r.Epochs, "batch": r.Batch, "learning-rate": r.LearningRate, "schedule": r.Schedule,
		"dropout": r.Dropout, "weight-decay": r.WeightDecay, "clip": r.Clip, "teachers": r.Teachers, "echo": r.Echo, "augmentation": r.Strength, "width": r.Width, "validation": r.Validation, "seed": r.Seed, "course-seed": r.CourseSeed, "shards": r.Shards,
	}[flag]
}

// differences says which of the flags have other values in another recipe.
func (r recipe) differences(from recipe, flags []string) string {
	var list []string
	for _, flag := range flags {
		if was, is := r.value(flag), from.value(flag); was != is {
			list = append(list, fmt.Sprintf("--%s %v, not %v", flag, was, is))
		}
	}
	return strings.Join(list, "; ")
}

// check refuses what would only fail once the training is done.
func (o fitOptions) check() error {
	for flag, path := range map[string]string{"out": o.out, "checkpoint": o.checkpoint} {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return fmt.Errorf("--%s %s is a directory; name a file; %w", flag, path, errUsage)
		}
	}
	if sameFile(o.out, o.checkpoint) {
		return fmt.Errorf("--out and --checkpoint are both %s; name two files; %w", o.out, errUsage)
	}
	for _, r := range o.recipe.course() {
		if own := o.runOf(r); sameFile(own.out, o.checkpoint) || sameFile(own.checkpoint, o.checkpoint) {
			return fmt.Errorf("--checkpoint %s is a file of the course's %s; name another; %w", o.checkpoint, r.name, errUsage)
		}
	}
	if o.interval < 0 {
		return fmt.Errorf("--checkpoint-interval is %v; it must be 0 or more; %w", o.interval, errUsage)
	}
	return nil
}

// sameFile reports whether two paths name one file, which need not be there yet.
func sameFile(a, b string) bool {
	same := func(a, b string) bool {
		one, err := os.Stat(a)
		other, missing := os.Stat(b)
		return err == nil && missing == nil && os.SameFile(one, other)
	}
	a, b = filepath.Clean(a), filepath.Clean(b)
	return a == b || same(a, b) || filepath.Base(a) == filepath.Base(b) && same(filepath.Dir(a), filepath.Dir(b))
}

// dataRecord names the data that every run here uses.
const dataRecord = "MNIST, 60,000 training images, SHA-256 of the compressed files: " +
	"train-images 440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609, " +
	"train-labels 3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"

// loader gives the data of a command. It is called once the command knows that
// it can begin.
type loader func(context.Context) (train, test mnist.Set, err error)

func loaderOf(c *cli.Command, stderr io.Writer) loader {
	return func(ctx context.Context) (train, test mnist.Set, err error) {
		return loadMNIST(ctx, c.String("data"), stderr)
	}
}

// loadMNIST finds or fetches the data; a download shows a bar on a terminal.
func loadMNIST(ctx context.Context, dir string, stderr io.Writer) (train, test mnist.Set, err error) {
	options := mnist.Options{Dir: dir}
	if isTerminal(stderr) {
		options.Progress = downloadBar(stderr)
	}
	return mnist.Load(ctx, options)
}
