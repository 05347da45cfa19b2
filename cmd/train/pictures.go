package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"digits/internal/calibration"
	"digits/internal/classify"
	"digits/internal/report"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
)

// evaluatePictures reads the picture files of a directory as the server does.
func evaluatePictures(ctx context.Context, m *cnn.Model, o evalOptions) (printable, error) {
	files, skipped, err := pictureFiles(o.images)
	if err != nil {
		return nil, err
	}
	labelled := files[0].folder != ""
	if o.wrong && !labelled {
		return nil, fmt.Errorf("--wrong compares answers with the names of subfolders, and the image files of --images %s are in none; leave --wrong out; %w", o.images, errUsage)
	}
	shots, err := readFiles(ctx, m, files)
	if err != nil {
		return nil, err
	}
	if err := writeSheet(o.sheet, folderSheet(shots)); err != nil {
		return nil, err
	}
	if !labelled {
		return report.AnswersOf(picturesOf(shots), skipped), nil
	}
	return compareLabelled(ctx, m, o, picturesOf(shots), skipped)
}

// compareLabelled compares what was read with the names of the folders. The
// MNIST test digits are needed only to compare pictures of no digit with them.
func compareLabelled(ctx context.Context, m *cnn.Model, o evalOptions, pictures []report.Picture, skipped []string) (printable, error) {
	e := report.EvaluatePictures(pictures)
	e.Skipped = skipped
	if o.wrong {
		e.ListWrong(pictures)
	}
	if !e.HasOthers() {
		return e, nil
	}
	test, err := o.load(ctx)
	if err != nil {
		return nil, err
	}
	digits, err := readSet(ctx, m, test)
	if err != nil {
		return nil, err
	}
	e.CompareWith(digits.verdicts(), pictures, m.OutputShape().Size() > calibration.Digits)
	return e, nil
}

// pictureNames are how names of files end that the image preparation may read.
var pictureNames = []string{".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}

// pictureFile is an image file in a subfolder, or in none.
type pictureFile struct{ path, folder string }

// pictureFiles lists the image files in the subfolders of a directory, or those
// in no subfolder when there are no others, and what else there is.
func pictureFiles(dir string) (files []pictureFile, skipped []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("--images: %w", err)
	}
	var loose []pictureFile
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if info, err := os.Stat(path); err != nil || !info.IsDir() { // of what a link names
			take(entry, pictureFile{path, ""}, &loose, &skipped)
			continue
		}
		inside, err := os.ReadDir(path)
		if err != nil {
			return nil, nil, fmt.Errorf("--images: %w", err)
		}
		for _, file := range inside {
			take(file, pictureFile{filepath.Join(path, file.Name()), entry.Name()}, &files, &skipped)
		}
	}
	switch {
	case len(files) == 0 && len(loose) == 0:
		return nil, nil, fmt.Errorf("--images %s has no image files (%s), nor have its subfolders; name a directory that has, best in subfolders named after what the pictures in them show",
			dir, strings.Join(pictureNames, ", "))
	case len(files) == 0:
		return loose, skipped, nil
	}
	for _, f := range loose {
		skipped = append(skipped, f.path)
	}
	slices.Sort(skipped)
	return files, skipped, nil
}

// take puts a file with the pictures, going by its name, or with the skipped.
func take(entry os.DirEntry, f pictureFile, pictures *[]pictureFile, skipped *[]string) {
	if !entry.IsDir() && slices.Contains(pictureNames, strings.ToLower(filepath.Ext(f.path))) {
		*pictures = append(*pictures, f)
	} else {
		*skipped = append(*skipped, f.path)
	}
}

// readFiles reads files, as many at once as the classifier takes.
func readFiles(ctx context.Context, m *cnn.Model, files []pictureFile) ([]report.Shot, error) {
	classifier, err := classify.New(m, classify.Options{})
	if err != nil {
		return nil, err
	}
	shots := make([]report.Shot, len(files))
	err = each(ctx, len(files), classifier.Slots(), func(i int) (err error) {
		shots[i], err = readFile(ctx, classifier, files[i])
		return err
	})
	return shots, err
}

// each calls do for 0 to n − 1, so many at once, until one fails. It returns
// the first of their errors by number, or the context's.
func each(ctx context.Context, n, atOnce int, do func(i int) error) error {
	failures := make([]error, n)
	next := make(chan int)
	going, stop := context.WithCancel(ctx)
	defer stop()
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := range next {
				if failures[i] = do(i); failures[i] != nil {
					stop()
				}
			}
		})
	}
	for i := 0; i < n && going.Err() == nil; i++ {
		next <- i
	}
	close(next)
	workers.Wait()
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// readFile reads one file. One that cannot be opened is no reason to lose what
// was made of the others.
func readFile(ctx context.Context, classifier *classify.Classifier, f pictureFile) (report.Shot, error) {
	data, err := os.ReadFile(f.path)
	if err != nil {
		unreadable := report.Picture{File: f.path, Folder: f.folder, Unreadable: err.Error()}
		return report.Shot{Picture: unreadable, Source: func() image.Image { return nil }}, nil
	}
	shot, err := read(ctx, classifier, data, f.folder, f.path)
	shot.Source = func() image.Image {
		data, _ := os.ReadFile(f.path) // nil is no image
		return decoded(data)
	}
	return shot, err
}

// read takes an image file the whole path. What the server would refuse is no
// error here.
func read(ctx context.Context, classifier *classify.Classifier, data []byte, folder, name string) (report.Shot, error) {
	shot := report.Shot{Picture: report.Picture{File: name, Folder: folder}}
	r, err := classifier.Classify(ctx, data)
	for _, unreadable := range []error{imageprep.ErrEmpty, imageprep.ErrUnsupportedFormat, imageprep.ErrMalformed} {
		if errors.Is(err, unreadable) {
			shot.Unreadable = err.Error()
			return shot, nil
		}
	}
	for _, refusal := range []error{imageprep.ErrTooManyPixels, imageprep.ErrTooManyPieces, imageprep.ErrTooSmall, imageprep.ErrNoInk} {
		if errors.Is(err, refusal) {
			shot.Refused, shot.Reason = true, err.Error()
			return shot, nil
		}
	}
	if err != nil {
		return shot, fmt.Errorf("%s: %w", name, err)
	}
	shot.Reason = r.Reason
	shot.Verdict = report.Verdict{Digit: r.Digit, Confidence: r.Confidence, Rejection: r.Rejection, Rejected: !r.Accepted}
	shot.Tensor = make([]byte, len(r.Tensor))
	for i, v := range r.Tensor {
		shot.Tensor[i] = byte(v*255 + 0.5)
	}
	return shot, nil
}

func picturesOf(shots []report.Shot) []report.Picture {
	pictures := make([]report.Picture, len(shots))
	for i, s := range shots {
		pictures[i] = s.Picture
	}
	return pictures
}
