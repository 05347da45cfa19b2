package photos

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"testing"
)

// A letter is ink on white paper, with a white margin all around.
func TestLetters(t *testing.T) {
	if n := len(Letters()); n != 52 {
		t.Fatalf("there are %d letters", n)
	}
	for _, letter := range Letters() {
		for seed := range uint64(4) {
			img, err := png.Decode(bytes.NewReader(Letter(letter, rand.New(rand.NewPCG(seed, 1)))))
			if err != nil {
				t.Fatalf("%c: %v", letter, err)
			}
			page, ink := img.(*image.Gray), image.Rectangle{}
			for y := range page.Rect.Dy() {
				for x := range page.Rect.Dx() {
					if page.GrayAt(x, y).Y < 128 {
						ink = ink.Union(image.Rect(x, y, x+1, y+1))
					}
				}
			}
			margin := (min(page.Rect.Dx(), page.Rect.Dy()) - min(ink.Dx(), ink.Dy())) / 2
			if ink.Dx() < 2 || ink.Dy() < 8 || margin < 4 || !ink.In(page.Rect.Inset(margin-2)) {
				t.Errorf("%c of seed %d: ink in %v of a page of %v", letter, seed, ink, page.Rect)
			}
		}
	}
}

// A letter is that of its name and the random numbers.
func TestLetterDependsOnLetterAndNumbers(t *testing.T) {
	draw := func(letter rune, seed uint64) string { return string(Letter(letter, rand.New(rand.NewPCG(seed, 1)))) }
	if one, again := draw('k', 1), draw('k', 1); one != again {
		t.Error("the same letter came out otherwise")
	}
	if draw('k', 1) == draw('k', 2) || draw('k', 1) == draw('K', 1) {
		t.Error("another letter, or other numbers, gave the same file")
	}
}
