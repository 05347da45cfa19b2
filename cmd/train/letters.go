package main

import (
	"context"
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
	var pictures []report.Picture
	var sheet report.Sheet
	for _, letter := range photos.Letters() {
		shots, err := shoot(ctx, classifier, string(letter), o.count, func(i int) (data []byte, folder string) {
			return photos.Letter(letter, rand.New(rand.NewPCG(pictureSeed^uint64(letter), uint64(i)))), string(letter)
		})
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, picturesOf(shots)...)
		sheet.Add(string(letter), shots)
	}
	if err := writeSheet(o.sheet, sheet); err != nil {
		return nil, err
	}
	return compareLabelled(ctx, m, o, pictures, nil)
}
