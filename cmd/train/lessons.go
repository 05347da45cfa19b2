package main

import (
	"slices"
	"strconv"

	"digits/internal/mnist"
	"digits/internal/report"
)

// lessonsOf returns pictures such as a recipe's training shows: for each digit
// those in another style, then worn ones and such of no digit, as far as the
// recipe has them.
func lessonsOf(r recipe, train mnist.Set) []report.Lesson {
	var list []report.Lesson
	if r.Augmentation.Restyle > 0 {
		for label := range uint8(mnist.Classes) {
			list = append(list, report.Lesson{Title: strconv.Itoa(int(label)), Pictures: changed(train, mnist.Augmentation{Restyle: 1}, r.Seed, func(l uint8) bool { return l == label })})
		}
	}
	if r.Augmentation.Wear != (mnist.Wear{}) {
		list = append(list, report.Lesson{Title: "worn", Pictures: changed(train, mnist.Augmentation{Wear: r.Augmentation.Wear}, r.Seed, func(uint8) bool { return true })})
	}
	if r.Negatives > 0 {
		negatives, x := mnist.Negatives{Digits: train}, make([]float32, mnist.Pixels)
		for first := range 2 {
			row := report.Lesson{Title: "no digit"}
			for i := range report.LessonPictures {
				negatives.Apply(x, r.Seed, 0, first*report.LessonPictures+i)
				row.Pictures = append(row.Pictures, inked(x))
			}
			list = append(list, row)
		}
	}
	return list
}

// changed returns the first images of these labels that the limits change, as
// many as a row has room for.
func changed(set mnist.Set, limits mnist.Augmentation, seed uint64, of func(label uint8) bool) [][]byte {
	var list [][]byte
	augmenter, x := mnist.Augmenter{Limits: limits}, make([]float32, mnist.Pixels)
	for i := 0; i < set.Len() && len(list) < report.LessonPictures; i++ {
		if !of(set.Labels[i]) {
			continue
		}
		augmenter.Apply(x, set.Image(i), set.Labels[i], seed, 0, i)
		if pixels := inked(x); !slices.Equal(pixels, set.Image(i)) {
			list = append(list, pixels)
		}
	}
	return list
}

// inked returns numbers from 0 to 1 as bytes.
func inked(x []float32) []byte {
	pixels := make([]byte, len(x))
	for i, v := range x {
		pixels[i] = uint8(255*v + 0.5)
	}
	return pixels
}
