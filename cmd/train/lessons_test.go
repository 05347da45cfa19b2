package main

import (
	"reflect"
	"slices"
	"strconv"
	"testing"

	"digits/internal/mnist"
	"digits/internal/report"
)

// lessonsData are what the lessons of the embedded network are drawn from.
func lessonsData(t *testing.T) (mnist.Set, recipe) {
	t.Helper()
	train, _, err := mnist.Load(t.Context(), mnist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	digits, err := preset("digits")
	if err != nil {
		t.Fatal(err)
	}
	return train, digits
}

func TestLessonsShowWhatTheRecipeDraws(t *testing.T) {
	train, digits := lessonsData(t)
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

// Who cannot see the pictures asks the network: nearly all of a digit's row are
// that digit, and nearly all of no digit are rejected.
func TestLessonsShowWhatTheirTitlesSay(t *testing.T) {
	train, digits := lessonsData(t)
	m, err := loadReader("../../weights/digits.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for _, lesson := range lessonsOf(digits, train) {
		set := mnist.Set{Images: slices.Concat(lesson.Pictures...), Labels: make([]uint8, len(lesson.Pictures))}
		r, err := readSet(t.Context(), m, set)
		if err != nil {
			t.Fatal(err)
		}
		fitting := 0
		for _, v := range r.verdicts() {
			switch lesson.Title {
			case "no digit":
				if v.Rejected {
					fitting++
				}
			case "worn": // all digits
				if !v.Rejected {
					fitting++
				}
			case strconv.Itoa(v.Digit):
				fitting++
			}
		}
		if fitting < report.LessonPictures-2 {
			t.Errorf("of %q, %d of %d pictures are taken for that", lesson.Title, fitting, report.LessonPictures)
		}
	}
}

// No lesson is an image of MNIST itself: those need no picture.
func TestLessonsAreNoneOfTheImages(t *testing.T) {
	train, digits := lessonsData(t)
	images := map[string]bool{}
	for i := range train.Len() {
		images[string(train.Image(i))] = true
	}
	for _, lesson := range lessonsOf(digits, train) {
		for i, picture := range lesson.Pictures {
			if images[string(picture)] {
				t.Errorf("picture %d of %q is one of the images", i, lesson.Title)
			}
		}
	}
	if unchanged := changed(train.Subset([]int{0, 1, 2}), mnist.Augmentation{}, 1, func(uint8) bool { return true }); len(unchanged) > 0 {
		t.Errorf("where nothing is changed, there are %d pictures", len(unchanged))
	}
}

// The pictures are those of the recipe's seed.
func TestLessonsFollowTheSeed(t *testing.T) {
	train, digits := lessonsData(t)
	first, again := lessonsOf(digits, train), lessonsOf(digits, train)
	if !reflect.DeepEqual(first, again) {
		t.Error("the same seed draws other pictures")
	}
	digits.Seed++
	for i, other := range lessonsOf(digits, train) {
		if reflect.DeepEqual(first[i], other) {
			t.Errorf("another seed draws the same pictures of %q", other.Title)
		}
	}
	if last := len(first) - 1; reflect.DeepEqual(first[last-1], first[last]) {
		t.Error("both rows of no digit show the same")
	}
}
