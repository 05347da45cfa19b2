package main

import (
	"context"
	"fmt"
	"image"
	"math/rand/v2"

	"digits/internal/classify"
	"digits/internal/photos"
	"digits/internal/report"
	"digits/pkg/cnn"
)

// letters is the name of the suite of printed letters.
const letters = "letters"

// evaluateLetters reads pictures of every printed letter, which are no digits,
// and writes the contact sheet if there is to be one.
func evaluateLetters(ctx context.Context, m *cnn.Model, o evalOptions) (printable, error) {
	classifier, err := classify.New(m, classify.Options{})
	if err != nil {
		return nil, err
	}
	all := []rune(photos.Letters())
	shots := make([]report.Shot, len(all)*o.count)
	err = each(ctx, len(shots), classifier.Slots(), func(i int) (err error) {
		letter, number := all[i/o.count], i%o.count
		data := photos.Letter(letter, rand.New(rand.NewPCG(pictureSeed^uint64(letter), uint64(number))))
		shots[i], err = read(ctx, classifier, data, string(letter), fmt.Sprintf("%c %d", letter, number))
		shots[i].Source = func() image.Image { return decoded(data) }
		return err
	})
	if err != nil {
		return nil, err
	}
	if o.sheet != "" {
		if err := writeSheet(o.sheet, folderSheet(shots)); err != nil {
			return nil, err
		}
	}
	return compareLabelled(ctx, m, o, picturesOf(shots), nil)
}
