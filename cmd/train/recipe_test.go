package main

import (
	"math/rand/v2"
	"testing"

	"digits/pkg/cnn"
)

func TestPresets(t *testing.T) {
	for name, parameters := range map[string]int{"seed": 433_890, "simple": 433_890, "fast": 215_194} {
		r, err := preset(name)
		if err == nil {
			err = r.check()
		}
		if err != nil {
			t.Fatal(err)
		}
		m, err := cnn.New(r.spec(), rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if m.Parameters() != parameters {
			t.Errorf("%s has %d parameters; want %d", name, m.Parameters(), parameters)
		}
	}
}
