package main

import (
	"context"
	"errors"
	"fmt"
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
func evaluatePictures(ctx context.Context, m *cnn.Model, dir string, loadTest func() (mnist.Set, error)) (report.PictureEvaluation, error) {
	var none report.PictureEvaluation
	paths, err := pictureFiles(dir)
	if err != nil {
		return none, err
	}
	classifier, err := classify.New(m, classify.Options{})
	if err != nil {
		return none, err
	}
	pictures, err := readPictures(ctx, classifier, paths)
	if err != nil {
		return none, err
	}
	e := report.EvaluatePictures(pictures)
	if !e.HasOthers() {
		return e, nil
	}
	test, err := loadTest()
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

// pictureFiles lists the PNG and JPEG files in the subfolders of a directory.
func pictureFiles(dir string) ([]string, error) {
	folders, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("--images: %w", err)
	}
	var paths []string
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		files, err := os.ReadDir(filepath.Join(dir, folder.Name()))
		if err != nil {
			return nil, fmt.Errorf("--images: %w", err)
		}
		for _, file := range files {
			if slices.Contains([]string{".png", ".jpg", ".jpeg"}, strings.ToLower(filepath.Ext(file.Name()))) {
				paths = append(paths, filepath.Join(dir, folder.Name(), file.Name()))
			}
		}
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("--images %s has no subfolder with PNG or JPEG files; name a directory whose subfolders are named after what the pictures in them show", dir)
	}
	return paths, nil
}

// readPictures reads all files, as many at once as there are slots.
func readPictures(ctx context.Context, classifier *classify.Classifier, paths []string) ([]report.Picture, error) {
	pictures, failures := make([]report.Picture, len(paths)), make([]error, len(paths))
	next := make(chan int)
	var workers sync.WaitGroup
	for range classifier.Slots() {
		workers.Go(func() {
			for i := range next {
				pictures[i], failures[i] = readPicture(ctx, classifier, paths[i])
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	workers.Wait()
	for _, err := range failures {
		if err != nil {
			return nil, err
		}
	}
	return pictures, nil
}

// readPicture reads one file. What the server would refuse is no error here.
func readPicture(ctx context.Context, classifier *classify.Classifier, path string) (report.Picture, error) {
	p := report.Picture{Folder: filepath.Base(filepath.Dir(path))}
	data, err := os.ReadFile(path)
	if err != nil {
		return p, err
	}
	r, err := classifier.Classify(ctx, data)
	for _, refusal := range []error{imageprep.ErrEmpty, imageprep.ErrUnsupportedFormat, imageprep.ErrMalformed,
		imageprep.ErrTooManyPixels, imageprep.ErrTooSmall, imageprep.ErrNoInk} {
		if errors.Is(err, refusal) {
			p.Refused = true
			return p, nil
		}
	}
	if err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	p.Verdict = report.Verdict{Digit: r.Digit, Confidence: r.Confidence, Rejection: r.Rejection, Rejected: !r.Accepted}
	return p, nil
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
