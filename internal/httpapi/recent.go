package httpapi

import (
	"strings"
	"sync"
)

// recent remembers the last predictions by their ids. Its memory is bounded by
// its size: about 200 bytes for each.
type recent struct {
	mutex  sync.Mutex
	places map[string]int // in ring
	ring   []remembered
	next   int // the oldest
}

type remembered struct {
	id    string
	digit int
	given bool // feedback
}

// newRecent returns a window of so many predictions; one of 0 remembers nothing.
func newRecent(size int) *recent {
	return &recent{places: make(map[string]int, size), ring: make([]remembered, size)}
}

// remember takes a prediction into the window, and the oldest out of it. An id
// that is known is the new prediction's from now on: clients may choose it.
func (w *recent) remember(id string, digit int) {
	if len(w.ring) == 0 {
		return
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	place, known := w.places[id]
	if !known {
		place = w.next
		w.next = (w.next + 1) % len(w.ring)
		delete(w.places, w.ring[place].id)
		id = strings.Clone(id) // or it would keep all the headers that it was sent with
		w.places[id] = place
		w.ring[place].id = id
	}
	w.ring[place].digit, w.ring[place].given = digit, false
}

// give takes feedback on a prediction and returns its digit. The error is
// errUnknownPrediction or errFeedbackGiven.
func (w *recent) give(id string) (digit int, err error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	place, known := w.places[id]
	switch {
	case !known:
		return 0, errUnknownPrediction
	case w.ring[place].given:
		return 0, errFeedbackGiven
	}
	w.ring[place].given = true
	return w.ring[place].digit, nil
}
