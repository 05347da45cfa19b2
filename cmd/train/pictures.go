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
	"digits/internal/mnist"
	"digits/internal/report"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
)

// evaluatePictures reads the picture files in the subfolders of a directory as
// the server does. The MNIST test digits are needed only to compare pictures of
// no digit with them.
func evaluatePictures(ctx context.Context, m *cnn.Model, o evalOptions) (report.PictureEvaluation, error) {
	var none report.PictureEvaluation
	paths, skipped, err := pictureFiles(o.images)
	if err != nil {
		return none, err
	}
	classifier, err := classify.New(m, classify.Options{})
	if err != nil {
		return none, err
	}
	shots := make([]report.Shot, len(paths))
	err = each(ctx, len(paths), classifier.Slots(), func(i int) (err error) {
		shots[i], err = readFile(ctx, classifier, paths[i])
		return err
	})
	if err != nil {
		return none, err
	}
	pictures := picturesOf(shots)
	e := report.EvaluatePictures(pictures)
	e.Skipped = skipped
	if o.wrong {
		e.ListWrong(pictures)
	}
	if o.sheet != "" {
		if err := writeSheet(o.sheet, folderSheet(shots)); err != nil {
			return none, err
		}
	}
	if !e.HasOthers() {
		return e, nil
	}
	test, err := o.load(ctx)
	if err != nil {
		return none, err
	}
	digits, err := verdicts(ctx, m, test)
	if err != nil {
		return none, err
	}
	e.CompareWith(digits, pictures, m.OutputShape().Size() > calibration.Digits)
	return e, nil
}

// pictureNames are how names of files end that the image preparation may read.
var pictureNames = []string{".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}

// pictureFiles lists the image files in the subfolders of a directory, and
// what else there is.
func pictureFiles(dir string) (paths, skipped []string, err error) {
	folders, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("--images: %w", err)
	}
	for _, folder := range folders {
		path := filepath.Join(dir, folder.Name())
		if !folder.IsDir() {
			skipped = append(skipped, path)
			continue
		}
		files, err := os.ReadDir(path)
		if err != nil {
			return nil, nil, fmt.Errorf("--images: %w", err)
		}
		for _, file := range files {
			path := filepath.Join(path, file.Name())
			if !file.IsDir() && slices.Contains(pictureNames, strings.ToLower(filepath.Ext(path))) {
				paths = append(paths, path)
			} else {
				skipped = append(skipped, path)
			}
		}
	}
	if len(paths) == 0 {
		return nil, nil, fmt.Errorf("--images %s has no subfolder with image files (%s); name a directory whose subfolders are named after what the pictures in them show",
			dir, strings.Join(pictureNames, ", "))
	}
	return paths, skipped, nil
}

// each calls do for 0 to n − 1, so many at once, and returns the first of
// their errors by number, or the context's.
func each(ctx context.Context, n, atOnce int, do func(i int) error) error {
	failures := make([]error, n)
	next := make(chan int)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := range next {
				failures[i] = do(i)
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
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

// readFile reads one file of a folder.
func readFile(ctx context.Context, classifier *classify.Classifier, path string) (report.Shot, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return report.Shot{}, err
	}
	shot, err := read(ctx, classifier, data, filepath.Base(filepath.Dir(path)), path)
	shot.Source = func() image.Image {
		data, _ := os.ReadFile(path) // nil is no image
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
	for _, refusal := range []error{imageprep.ErrTooManyPixels, imageprep.ErrTooSmall, imageprep.ErrNoInk} {
		if errors.Is(err, refusal) {
			shot.Refused = true
			return shot, nil
		}
	}
	if err != nil {
		return shot, fmt.Errorf("%s: %w", name, err)
	}
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

// verdicts returns what the model says about each image of the set.
func verdicts(ctx context.Context, m *cnn.Model, set mnist.Set) ([]report.Verdict, error) {
	c, err := calibration.Of(m.Metadata())
	if err != nil {
		return nil, err
	}
	logits, err := logitsOf(ctx, m, set)
	if err != nil {
		return nil, err
	}
	list, outputs := make([]report.Verdict, set.Len()), m.OutputShape().Size()
	for i := range list {
		row := logits[i*outputs:][:outputs]
		p := c.Probabilities(row)
		digit, score := cnn.ArgMax(row[:calibration.Digits]), c.Score(row)
		list[i] = report.Verdict{Digit: digit, Confidence: p[digit], Rejection: score, Rejected: c.Rejects(score)}
	}
	return list, nil
}
