package report

import (
	"strings"
	"testing"
)

func TestSuite(t *testing.T) {
	s := Suite{Name: "photos", Set: "a set", Seed: 7}
	read := func(label string, digit int, confidence float64, rejected bool) Picture {
		return Picture{Folder: label, Verdict: Verdict{Digit: digit, Confidence: confidence, Rejected: rejected}}
	}
	s.Add("shadow", []Picture{read("3", 3, 0.9, false), read("4", 9, 0.5, true), {Folder: "5", Refused: true}, {Folder: "6", Unreadable: "torn"}})
	s.Add("pencil", []Picture{read("3", 3, 1, false), read("0", 0, 0.8, true)})
	low, high := Wilson(1, 4)
	if c := s.Conditions[0]; c.N != 4 || c.Correct != 1 || c.Accuracy != 0.25 || c.Interval != [2]float64{low, high} || c.Rejected != 0.25 || c.Refused != 0.5 || !near(c.Confidence, 0.7) {
		t.Errorf("shadow: %+v", c)
	}
	if c := s.Total; c.N != 6 || c.Correct != 3 || c.Accuracy != 0.5 || !near(c.Rejected, 1.0/3) || !near(c.Refused, 1.0/3) || !near(c.Confidence, 0.8) {
		t.Errorf("total: %+v", c)
	}
	var text strings.Builder
	if err := s.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"photos: digits of a set, seed 7\n", "\nshadow                   4    25.00%    4.56% to  69.94%    25.00%   50.00%      70.00%\n", "\ntotal                    6    50.00%"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, &text)
		}
	}
}

// Nothing answered has no confidence, and no division by zero.
func TestSuiteWithoutAnswers(t *testing.T) {
	var s Suite
	s.Add("dark", []Picture{{Folder: "1", Refused: true}})
	if c := s.Total; c.Confidence != 0 || c.Accuracy != 0 || c.Refused != 1 {
		t.Errorf("%+v", c)
	}
}
