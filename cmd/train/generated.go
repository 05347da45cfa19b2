package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"image"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"digits/internal/atomicfile"
	"digits/internal/classify"
	"digits/internal/mnist"
	"digits/internal/photos"
	"digits/internal/report"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
)

// The suites of pictures that are made by program.
const (
	photographs = "photos"
	encodings   = "encodings"
)

// pictureSeed is fixed, so that all networks see the same pictures.
const pictureSeed = 1998

// evaluateGenerated reads pictures of the set's digits under every condition of
// a suite, and writes the contact sheet if there is to be one.
func evaluateGenerated(ctx context.Context, m *cnn.Model, set mnist.Set, o evalOptions) (report.Suite, error) {
	e := report.Suite{Name: o.suite, Set: o.setName(set), Seed: pictureSeed}
	classifier, err := classify.New(m, classify.Options{})
	if err != nil {
		return e, err
	}
	conditions, err := conditionsOf(o)
	if err != nil {
		return e, err
	}
	var sheet report.Sheet
	for _, c := range conditions {
		shots, err := shoot(ctx, classifier, c.Name, o.count, func(i int) (data []byte, folder string) {
			data, label := picture(c, set, i)
			return data, strconv.Itoa(label)
		})
		if err != nil {
			return e, err
		}
		e.Add(c.Name, picturesOf(shots))
		sheet.Add(c.Name, shots)
	}
	return e, writeSheet(o.sheet, sheet)
}

// shoot makes so many pictures and reads them. The sheet's are made once more:
// to keep all would take gigabytes.
func shoot(ctx context.Context, classifier *classify.Classifier, title string, count int, render func(i int) (data []byte, folder string)) ([]report.Shot, error) {
	shots := make([]report.Shot, count)
	err := each(ctx, count, classifier.Slots(), func(i int) (err error) {
		data, folder := render(i)
		shots[i], err = read(ctx, classifier, data, folder, fmt.Sprintf("%s %d", title, i))
		shots[i].Source = func() image.Image {
			data, _ := render(i)
			return decoded(data)
		}
		return err
	})
	return shots, err
}

// conditionsOf returns the conditions of a suite that were asked for.
func conditionsOf(o evalOptions) ([]photos.Condition, error) {
	all := photos.Photographs()
	if o.suite == encodings {
		all = photos.Encodings()
	}
	some := slices.DeleteFunc(all, func(c photos.Condition) bool { return !strings.Contains(c.Name, o.condition) })
	if len(some) == 0 {
		return nil, fmt.Errorf("no condition of --suite %s has %q in its name; %w", o.suite, o.condition, errUsage)
	}
	return some, nil
}

// picture makes a condition's picture with a number, of a digit drawn at
// random. It depends on the condition's name, the number and the set alone.
func picture(c photos.Condition, set mnist.Set, i int) (data []byte, label int) {
	name := fnv.New64a()
	io.WriteString(name, c.Name)
	random := rand.New(rand.NewPCG(pictureSeed^name.Sum64(), uint64(i)))
	digit := random.IntN(set.Len())
	return c.Render(set.Image(digit), random), int(set.Labels[digit])
}

// decoded returns the image in a file, or nil.
func decoded(data []byte) image.Image {
	img, _, err := imageprep.Decode(data, imageprep.Options{})
	if err != nil {
		return nil
	}
	return img
}

// folderSheet returns the contact sheet of pictures in folders, or of all those
// in none.
func folderSheet(shots []report.Shot) report.Sheet {
	var sheet report.Sheet
	if shots[0].Folder == "" {
		sheet.AddAll(shots)
		return sheet
	}
	for first := 0; first < len(shots); {
		end := first
		for end < len(shots) && shots[end].Folder == shots[first].Folder {
			end++
		}
		sheet.Add(shots[first].Folder, shots[first:end])
		first = end
	}
	return sheet
}

// writeSheet writes a contact sheet as a PNG file, if there is to be one.
func writeSheet(path string, sheet report.Sheet) error {
	if path == "" {
		return nil
	}
	data, err := sheet.PNG()
	if err != nil {
		return err
	}
	return writeFile(path, data)
}

// writeFile replaces a file at once or leaves it as it is.
func writeFile(path string, data []byte) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
