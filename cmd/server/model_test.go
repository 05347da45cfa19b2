package main

import (
	"fmt"
	"testing"

	"digits/internal/classify"
)

// TensorFlow Serving's clients get the version of the embedded weights in decimal.
func TestTheModelsNumberIsItsVersion(t *testing.T) {
	served, err := config{}.load(nil)
	if err != nil {
		t.Fatal(err)
	}
	if m := served.Model; fmt.Sprintf("%012x", m.Number) != m.Version {
		t.Errorf("%d is not %s in decimal", m.Number, m.Version)
	}
}

// A model that is loaded anew has the slots of the one before.
func TestModelsShareTheSlots(t *testing.T) {
	queue := classify.NewQueue(classify.Limits{Slots: 3})
	served, err := config{slots: 1}.load(queue)
	if err != nil {
		t.Fatal(err)
	}
	if c := served.Classifier.(*classify.Classifier); c.Slots() != 3 {
		t.Errorf("it has %d slots and not those of the queue", c.Slots())
	}
}
