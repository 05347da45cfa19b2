package main

import (
	"fmt"
	"testing"
)

// TensorFlow Serving's clients get the version of the embedded weights in decimal.
func TestTheModelsNumberIsItsVersion(t *testing.T) {
	served, err := config{}.load()
	if err != nil {
		t.Fatal(err)
	}
	if m := served.Model; fmt.Sprintf("%012x", m.Number) != m.Version {
		t.Errorf("%d is not %s in decimal", m.Number, m.Version)
	}
}
