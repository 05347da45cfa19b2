package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"digits/internal/calibration"
	"digits/internal/drift"
	"digits/pkg/cnn"
)

// A recipe with teachers is a course of several runs, each with a weights file
// of its own, so that an interrupted course goes on where it was:
//
//	teachers   larger networks, on the images that are not held out
//	rehearsal  the network itself, taught by them, on the same images: the
//	           held-out ones calibrate it
//	final      the same on all images, with the rehearsal's calibration and statistics

// errAnotherRun is wrapped by the error about a file that a course would take
// for that of one of its runs, and that is none.
var errAnotherRun = errors.New("is of another run than this")

// stage is one run of a course.
type stage struct {
	name   string // what is between the weights file's name and its extension; empty for the final
	recipe recipe
}

// course returns the runs before the final one, none without teachers.
func (r recipe) course() []stage {
	if r.Teachers == 0 {
		return nil
	}
	r.Seed, r.CourseSeed = cmp.Or(r.CourseSeed, r.Seed), 0
	var runs []stage
	for i := range r.Teachers {
		teacher := r.untaught()
		teacher.Network, teacher.Width, teacher.Epochs = "teacher", 0, r.TeacherEpochs
		teacher.Seed = r.Seed + uint64(i+1)<<32
		runs = append(runs, stage{fmt.Sprintf("teacher%d", i+1), teacher})
	}
	rehearsal := r
	rehearsal.Rehearsal = true
	return append(runs, stage{"rehearsal", rehearsal})
}

// path returns the weights file of a run.
func (o fitOptions) path(r stage) string {
	extension := filepath.Ext(o.out)
	return strings.TrimSuffix(o.out, extension) + "." + r.name + extension
}

// fitCourse makes the runs of a course, or finds them made, and returns what
// the final one wrote.
func fitCourse(ctx context.Context, final *fitting, load func() (data, error), stdout, stderr io.Writer) (*cnn.Model, error) {
	final.options.course = true
	o, start := final.options, time.Now()
	if _, err := (&fitting{options: o}).open(); err != nil {
		return nil, err // now, and not after the hours that the other runs take
	}
	for _, r := range o.recipe.course() {
		run := o.runOf(r)
		m, err := run.made()
		if err == nil && m != nil {
			fmt.Fprintf(stdout, "%s: %s is there, SHA-256 %s\n", r.name, run.out, m.Digest())
		} else if err == nil {
			fmt.Fprintf(stdout, "%s:\n", r.name)
			m, err = fitOne(ctx, &fitting{options: run, teachers: final.teachers}, load, stdout, stderr)
		}
		if err == nil {
			err = final.follow(r, m)
		}
		if err != nil {
			return nil, err
		}
	}
	fmt.Fprintln(stdout, "final:")
	m, err := fitOne(ctx, final, load, stdout, stderr)
	if err == nil {
		tellSpent(stderr, "course done", start)
	}
	return m, err
}

// follow takes what the final run needs of an earlier one.
func (f *fitting) follow(r stage, m *cnn.Model) error {
	record, err := recordIn(m)
	if err != nil {
		return err
	}
	f.before = append(f.before, earlierRun{r.name, m.Digest(), m.Metadata()["code"]})
	if r.recipe.Rehearsal {
		f.calibration, f.statistics, f.curve = m.Metadata()[calibration.Key], m.Metadata()[drift.Key], record.Validation
	} else {
		f.teachers = append(f.teachers, m)
	}
	return nil
}

// made returns the model of a course's run that an earlier call has finished, or
// nil.
func (o fitOptions) made() (*cnn.Model, error) {
	m, err := cnn.LoadFile(o.out)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	record, err := recordIn(m)
	if err != nil || record.Recipe != o.recipe {
		return nil, another(o.out, o.madeWith(record.Recipe))
	}
	ours, err := cnn.New(o.recipe.spec(), rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		return nil, err
	}
	if sameNetwork(m, ours, o.out) != nil { // the recipe's name for it meant another one in the version that made it
		return nil, another(o.out, " (its network is not the one that this version trains)")
	}
	return m, nil
}

// another is the error about a file where a run's is to be.
func another(path, because string) error {
	return fmt.Errorf("%s %w%s: delete it or choose another --out", path, errAnotherRun, because)
}

// madeWith says which of the course's flags were others when one of its runs was
// made. A teacher has its epochs from the preset, and what comes before the final
// run its seed from the course's.
func (o fitOptions) madeWith(saved recipe) string {
	if saved == (recipe{}) { // there is no record
		return ""
	}
	is := o.recipe
	teacher := is.Teachers == 0
	if teacher || is.Rehearsal {
		is.CourseSeed, saved.CourseSeed = is.Seed-o.seedBeyond, saved.Seed-o.seedBeyond
		is.Seed, saved.Seed = 0, 0
	}
	if teacher {
		saved.Epochs = is.Epochs
	}
	var flags []string
	for _, f := range recipeFlags() {
		flags = append(flags, f.Names()[0])
	}
	differences := saved.differences(is, flags)
	if differences == "" {
		return ""
	}
	return fmt.Sprintf(" (%s; give these as it was made with)", differences)
}

// runOf returns the options of a run.
func (o fitOptions) runOf(r stage) fitOptions {
	o.seedBeyond = r.recipe.Seed - cmp.Or(o.recipe.CourseSeed, o.recipe.Seed)
	o.recipe, o.out = r.recipe, o.path(r)
	o.checkpoint = o.out + ".checkpoint"
	return o
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
