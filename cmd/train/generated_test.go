package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"digits/internal/mnist"
	"digits/internal/photos"
	"digits/internal/report"
)

func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// One picture of each encoding goes the whole path, and the sheet is there.
func TestEvalOfEncodings(t *testing.T) {
	if testing.Short() {
		t.Skip("some of the pictures are large: the race detector takes minutes")
	}
	o := suiteOptions(t)
	o.suite, o.count, o.asJSON, o.sheet = encodings, 1, true, filepath.Join(t.TempDir(), "sheet.png")
	var out bytes.Buffer
	if err := eval(t.Context(), o, &out); err != nil {
		t.Fatal(err)
	}
	var e report.Suite
	if err := json.Unmarshal(out.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	kinds := len(photos.Encodings())
	if len(e.Conditions) != kinds || e.Total.N != kinds || e.Name != encodings || e.Seed != pictureSeed || e.Set != "MNIST's test set" {
		t.Errorf("%s", &out)
	}
	right := map[string]int{}
	for _, c := range e.Conditions {
		right[c.Name] = c.Correct
	}
	for _, drawn := range []string{"canvas, black ink", "canvas, white ink", "canvas, on black", "PNG, 1 bit", "20x20"} {
		if right[drawn] != 1 { // on plain ground, nothing is hard
			t.Errorf("%s was not read right", drawn)
		}
	}
	if size := readPNG(t, o.sheet).Bounds().Size(); size.X < 1000 || size.Y < 100*kinds {
		t.Errorf("a sheet of %v", size)
	}
}

// A picture is that of the condition's name, the number and the set.
func TestPictureDependsOnNameAndNumber(t *testing.T) {
	set := squares(20, 1)
	c := photos.Photographs()[3]
	first, label := picture(c, set, 4)
	again, same := picture(c, set, 4)
	if !bytes.Equal(first, again) || label != same {
		t.Error("the same picture came out otherwise")
	}
	if other, _ := picture(c, set, 5); bytes.Equal(first, other) {
		t.Error("another number gives the same picture")
	}
	labels := map[int]bool{}
	for i := range 12 {
		_, label := picture(photos.Encodings()[22], set, i)
		labels[label] = true
	}
	if len(labels) < 2 {
		t.Error("all pictures are of the same digit")
	}
}

// The digits of development are those that a rehearsal holds out.
func TestDevelopmentDigits(t *testing.T) {
	set := squares(validationImages+20, 1)
	_, held := set.Split(recipe{Validation: validationImages}.held(), 0)
	if got := validationOf(set); !bytes.Equal(got.Images, held.Images) || !bytes.Equal(got.Labels, held.Labels) {
		t.Error("other images than a run holds out")
	}
	if validationOf(squares(20, 1)).Len() != 20 {
		t.Error("a short set is not taken whole")
	}
}

func TestInterruptedEvalOfPhotos(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := suiteOptions(t)
	o.suite, o.count, o.sheet = photographs, 2, filepath.Join(t.TempDir(), "sheet.png")
	o.load = func(context.Context) (mnist.Set, error) { return squares(20, 1), nil }
	var out bytes.Buffer
	if err := eval(ctx, o, &out); !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("eval returned %v and printed %q", err, &out)
	}
	if _, err := os.Stat(o.sheet); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a sheet was written: %v", err)
	}
}

// The folder's sheet has a row of its own for every subfolder.
func TestSheetOfPictures(t *testing.T) {
	dir := t.TempDir()
	putPicture(t, filepath.Join(dir, "in", "1", "a.png"), image.Rect(26, 12, 31, 44))
	one := filepath.Join(dir, "one.png")
	command := func(sheet string) {
		if err := command(t, "eval --weights ../../weights/simple.safetensors --sheet "+sheet+" --images "+filepath.Join(dir, "in"), io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	command(one)
	putPicture(t, filepath.Join(dir, "in", "7", "a.png"), image.Rect(26, 12, 31, 44))
	write(t, filepath.Join(dir, "in", "7", "torn.png"), "nothing")
	two := filepath.Join(dir, "two.png")
	command(two)
	if low, high := readPNG(t, one).Bounds().Dy(), readPNG(t, two).Bounds().Dy(); high < low*3/2 {
		t.Errorf("one row is %d pixels high, two are %d", low, high)
	}
}

func TestEvalFlagsThatContradict(t *testing.T) {
	for flags, want := range map[string]string{
		"--suite nonsense":                           `no suite "nonsense"`,
		"--suite photos --images x":                  "give one",
		"--suite photos --count 0":                   "--count is 0",
		"--suite photos --count 10001":               "--count is 10001; it must be 1 to 10000",
		"--suite photos --digits train":              `--digits is "train"`,
		"--suite corruptions --count 5":              "--count goes with",
		"--suite letters --condition A":              "--condition goes with",
		"--suite letters --digits development":       "--digits goes with",
		"--digits development":                       "--digits goes with",
		"--suite photos --condition nonsense":        `no condition of --suite photos has "nonsense" in its name`,
		"--suite photos --wrong":                     "--wrong goes with --images",
		"--suite corruptions --sheet x.png":          "--sheet goes with",
		"--suite photos --sheet /nowhere/at/all.png": "--sheet /nowhere/at/all.png cannot be written",
	} {
		err := command(t, "eval "+flags, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", flags, err, want)
		}
	}
}
