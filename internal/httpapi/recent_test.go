package httpapi

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// The window does the same as a list of the last ids, whatever comes.
func TestRecentIsTheListOfTheLast(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const size = 8
	window := newRecent(size)
	var ids []string // the oldest first
	digits, given := map[string]int{}, map[string]bool{}
	for range 5000 {
		id := fmt.Sprint(random.IntN(30))
		if random.IntN(2) == 0 {
			digit := random.IntN(10)
			window.remember(id, digit)
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
				ids = ids[max(0, len(ids)-size):]
			}
			digits[id], given[id] = digit, false
			continue
		}
		digit, err := window.give(id)
		switch known := slices.Contains(ids, id); {
		case !known && !errors.Is(err, errUnknownPrediction):
			t.Fatalf("%s is unknown: %v", id, err)
		case known && given[id] && !errors.Is(err, errFeedbackGiven):
			t.Fatalf("%s was given: %v", id, err)
		case known && !given[id] && (err != nil || digit != digits[id]):
			t.Fatalf("%s is a %d: %d, %v", id, digits[id], digit, err)
		}
		given[id] = given[id] || err == nil
		if len(window.places) > size {
			t.Fatalf("%d places", len(window.places))
		}
	}
}
