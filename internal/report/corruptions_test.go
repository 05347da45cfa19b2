package report

import (
	"strings"
	"testing"
)

func TestCorruptions(t *testing.T) {
	labels := []uint8{1, 2, 3, 4}
	c := Corruptions{Set: "a set", N: 4, Seed: 7}
	c.Add("blur", true, []uint8{1, 2, 3, 9}, labels)
	c.Add("fog", false, []uint8{9, 9, 9, 9}, labels)
	c.Add("noise", true, []uint8{1, 2, 3, 4}, labels)
	if !near(c.UploadMean, 0.875) || !near(c.Mean, 7.0/12) {
		t.Errorf("the means are %v and %v; want 0.875 and 7/12", c.UploadMean, c.Mean)
	}
	low, high := Wilson(3, 4)
	if want := (Corrupted{"blur", true, 3, 0.75, [2]float64{low, high}}); c.Corruptions[0] != want {
		t.Errorf("%+v; want %+v", c.Corruptions[0], want)
	}
	var text strings.Builder
	if err := c.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"87.50% in the mean over the 2 corruptions", "58.33% over all 3; a set, 4 images each, seed 7\n",
		"\nblur           *    75.00%  30.06% to 95.44%\n", "\nfog                  0.00%  "} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, text.String())
		}
	}
}

func TestCorruptionsPanic(t *testing.T) {
	for name, c := range map[string]struct {
		n                   int
		predictions, labels []uint8
	}{
		"no images":            {0, nil, nil},
		"too few predictions":  {2, []uint8{1}, []uint8{1, 2}},
		"too few labels":       {2, []uint8{1, 2}, []uint8{1}},
		"more than the others": {1, []uint8{1, 2}, []uint8{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			e := Corruptions{N: c.n}
			e.Add("blur", true, c.predictions, c.labels)
		})
	}
}
