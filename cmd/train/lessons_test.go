package main

import (
	"slices"
	"testing"

	"digits/internal/mnist"
	"digits/internal/report"
)

func TestLessonsShowWhatTheRecipeDraws(t *testing.T) {
	train, _, err := mnist.Load(t.Context(), mnist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	digits, err := preset("digits")
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, lesson := range lessonsOf(digits, train) {
		titles = append(titles, lesson.Title)
		if len(lesson.Pictures) != report.LessonPictures {
			t.Errorf("%s has %d pictures; want %d", lesson.Title, len(lesson.Pictures), report.LessonPictures)
		}
		for i, picture := range lesson.Pictures {
			if slices.Max(picture) < 50 || lesson.Title != "no digit" && slices.ContainsFunc(lesson.Pictures[:i], func(p []byte) bool { return slices.Equal(p, picture) }) {
				t.Errorf("picture %d of %s is empty, or there twice", i, lesson.Title)
			}
		}
	}
	if want := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "worn", "no digit", "no digit"}; !slices.Equal(titles, want) {
		t.Errorf("lessons %q; want %q", titles, want)
	}
	book, err := preset("simple")
	if err != nil {
		t.Fatal(err)
	}
	if lessons := lessonsOf(book, train); len(lessons) > 0 {
		t.Errorf("the book's network has %d lessons; its recipe draws nothing", len(lessons))
	}
}
