package proof

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

func valid() Proof {
	image := make([]byte, Pixels)
	image[400] = 255
	return Proof{Digits: []Digit{
		{Label: 7, Image: image, Logits: []float32{-1.5, 0, 1e-20, 0.1, 2, 3, 4, 16777217, 0, 1}},
		{Label: 0, Image: image, Logits: make([]float32, 10)},
	}}
}

func TestProofsComeBackAsTheyWere(t *testing.T) {
	text, err := valid().JSON()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Of(map[string]string{Key: text}, 10)
	if err != nil || !reflect.DeepEqual(got, valid()) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestNoProof(t *testing.T) {
	if p, err := Of(map[string]string{"version": "1"}, 10); err != nil || len(p.Digits) != 0 {
		t.Errorf("%v, %v; want the zero value", p, err)
	}
}

func TestUnusableProofs(t *testing.T) {
	whole, err := valid().JSON()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		text    string
		outputs int
		says    string
	}{
		"half":                   {whole[:len(whole)/2], 10, "EOF"},
		"no digits":              {`{"digits":[]}`, 10, "0 digits"},
		"null":                   {"null", 10, "0 digits"},
		"label of ten":           {strings.Replace(whole, `"label":7`, `"label":10`, 1), 10, "label of digit 0 is 10"},
		"half an image":          {`{"digits":[{"label":1,"image":"AAAA","logits":[1]}]}`, 1, "has 3 bytes"},
		"other outputs":          {whole, 11, "has 10 logits"},
		"logits of infinity":     {strings.Replace(whole, "16777216", "1e99", 1), 10, "float32"},
		"unknown field":          {strings.Replace(whole, `"label"`, `"tolerance":1,"label"`, 1), 10, "unknown field"},
		"something that follows": {whole + "{}", 10, "something follows"},
		"more than are tested":   {`{"digits":[` + strings.Repeat("{},", MaxDigits) + `{}]}`, 10, "101 digits"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Of(map[string]string{Key: test.text}, test.outputs)
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "train proof") {
				t.Errorf("error %v; want %q and what to do", err, test.says)
			}
		})
	}
}

func TestUnusableProofsAreNotWritten(t *testing.T) {
	for name, spoil := range map[string]func(*Proof){
		"nothing":    func(p *Proof) { p.Digits = nil },
		"NaN":        func(p *Proof) { p.Digits[1].Logits[3] = float32(math.NaN()) },
		"two widths": func(p *Proof) { p.Digits[1].Logits = make([]float32, 11) },
		"no image":   func(p *Proof) { p.Digits[0].Image = nil },
	} {
		p := valid()
		spoil(&p)
		if _, err := p.JSON(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
