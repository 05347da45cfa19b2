package calibration

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

func valid() Calibration {
	return Calibration{Temperature: 1.2, Coverage: 0.995, Candidates: 0.1, Rejection: 0.4, Rejected: 0.003, Images: 5000, Data: "digits"}
}

func TestJSONComesBack(t *testing.T) {
	byDigit := valid()
	byDigit.ByDigit = []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}
	for _, c := range []Calibration{valid(), byDigit} {
		text, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Of(map[string]string{Key: text, "training": "{}"})
		if err != nil || !reflect.DeepEqual(got, c) || !got.Present() {
			t.Errorf("%s came back as %+v, %v", text, got, err)
		}
	}
	text, _ := valid().JSON()
	if want := `{"temperature":1.2,"coverage":0.995,"candidates":0.1,"rejection":0.4,"rejected":0.003,"images":5000,"data":"digits"}`; text != want {
		t.Errorf("JSON %s\nwant %s", text, want)
	}
}

func TestNoCalibration(t *testing.T) {
	c, err := Of(map[string]string{"version": "1"})
	if err != nil || c.Present() {
		t.Errorf("%+v, %v; want the zero value", c, err)
	}
	if _, err := c.JSON(); !errors.Is(err, ErrInvalid) {
		t.Errorf("the zero value is written: %v", err)
	}
}

func TestUnusableCalibrations(t *testing.T) {
	whole := `{"temperature":1,"coverage":0.995,"candidates":0.1,"rejection":1}`
	if _, err := Of(map[string]string{Key: whole}); err != nil {
		t.Fatalf("without a fault: %v", err)
	}
	for name, test := range map[string]struct{ text, says string }{
		"empty":                  {"", "it cannot be read"},
		"not JSON":               {"T=1", "it cannot be read"},
		"no object":              {"[1]", "it cannot be read"},
		"null":                   {"null", "temperature is 0"},
		"no temperature":         {`{}`, "temperature is 0; it must be from 0.01 to 100"},
		"negative temperature":   {strings.Replace(whole, `"temperature":1`, `"temperature":-1`, 1), "temperature is -1"},
		"infinite temperature":   {strings.Replace(whole, `"temperature":1`, `"temperature":1e999`, 1), "it cannot be read"},
		"absurd temperature":     {strings.Replace(whole, `"temperature":1`, `"temperature":1e300`, 1), "temperature is 1e+300; it must be from 0.01 to 100"},
		"tiny temperature":       {strings.Replace(whole, `"temperature":1`, `"temperature":1e-9`, 1), "temperature is 1e-09"},
		"temperature as text":    {strings.Replace(whole, `"temperature":1`, `"temperature":"1"`, 1), "it cannot be read"},
		"coverage of all":        {strings.Replace(whole, `0.995`, `1`, 1), "coverage is 1; it must be above 0 and below 1"},
		"no coverage":            {strings.Replace(whole, `"coverage":0.995,`, ``, 1), "coverage is 0"},
		"candidates above 1":     {strings.Replace(whole, `0.1`, `1.5`, 1), "candidates is 1.5; it must be above 0 and up to 1"},
		"no candidates":          {strings.Replace(whole, `"candidates":0.1,`, ``, 1), "candidates is 0"},
		"no rejection":           {strings.Replace(whole, `,"rejection":1`, ``, 1), "rejection is 0; it must be above 0 and up to 1"},
		"rejection above 1":      {strings.Replace(whole, `"rejection":1`, `"rejection":2`, 1), "rejection is 2"},
		"negative share":         {strings.Replace(whole, `}`, `,"rejected":-0.1}`, 1), "rejected is -0.1; it must be from 0 to 1"},
		"negative images":        {strings.Replace(whole, `}`, `,"images":-1}`, 1), "images is -1"},
		"nine digits":            {strings.Replace(whole, `}`, `,"candidates_by_digit":[1,1,1,1,1,1,1,1,1]}`, 1), "the length of candidates_by_digit is 9; it must be 10"},
		"a digit out of range":   {strings.Replace(whole, `}`, `,"candidates_by_digit":[1,1,1,1,1,1,1,1,1,0]}`, 1), "one of candidates_by_digit is 0"},
		"an unknown field":       {strings.Replace(whole, `}`, `,"bias":1}`, 1), `unknown field "bias"`},
		"something that follows": {whole + `{}`, "something follows the JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Of(map[string]string{Key: test.text})
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "train calibrate") {
				t.Errorf("%+v, %v; want %q and what to do", c, err, test.says)
			}
		})
	}
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		for name, change := range map[string]func(*Calibration){
			"temperature": func(c *Calibration) { c.Temperature = v },
			"coverage":    func(c *Calibration) { c.Coverage = v },
			"candidates":  func(c *Calibration) { c.Candidates = v },
			"rejection":   func(c *Calibration) { c.Rejection = v },
			"rejected":    func(c *Calibration) { c.Rejected = v },
		} {
			c := valid()
			change(&c)
			if _, err := c.JSON(); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s %v: %v", name, v, err)
			}
		}
	}
}
