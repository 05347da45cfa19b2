package report

import (
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// PictureAnswers are what a model says about pictures of which no label is
// known.
type PictureAnswers struct {
	Pictures []PictureAnswer `json:"pictures"`
	Skipped  []string        `json:"skipped,omitempty"` // not tried: not named like an image
}

// PictureAnswer is what a model says about one of them.
type PictureAnswer struct {
	File       string  `json:"file"`
	Digit      *int    `json:"digit,omitempty"` // nil when there is no answer
	Confidence float64 `json:"confidence,omitempty"`
	Accepted   bool    `json:"accepted"`
	Reason     string  `json:"reason,omitempty"` // why an answer is not accepted
	Error      string  `json:"error,omitempty"`  // why there is none
}

// AnswersOf lists the verdicts about pictures, in their order, and the files that
// were skipped.
func AnswersOf(pictures []Picture, skipped []string) PictureAnswers {
	answers := PictureAnswers{make([]PictureAnswer, len(pictures)), skipped}
	for i, p := range pictures {
		a := PictureAnswer{File: p.File}
		switch {
		case p.Unreadable != "":
			a.Error = p.Unreadable
		case p.Refused:
			a.Error = p.Reason
		default:
			a.Digit, a.Confidence, a.Accepted, a.Reason = new(p.Digit), p.Confidence, !p.Rejected, p.Reason
		}
		answers.Pictures[i] = a
	}
	return answers
}

// WriteText prints the answers for a person, a line for each file.
func (a PictureAnswers) WriteText(w io.Writer) error {
	p := printer{w: w}
	width := len("file")
	for _, f := range a.Pictures {
		width = max(width, utf8.RuneCountInString(filepath.Base(f.File)))
	}
	p.printf("%-*s  digit  confidence\n", width, "file")
	for _, f := range a.Pictures {
		name := filepath.Base(f.File)
		if f.Digit == nil {
			why, _, _ := strings.Cut(f.Error, "\n") // a decoder's fault has its stack behind it
			p.printf("%-*s  %5s  %10s  %s\n", width, name, "-", "-", why)
			continue
		}
		accepted := "accepted"
		if !f.Accepted {
			accepted = "not accepted: " + f.Reason
		}
		p.printf("%-*s  %5d  %10s  %s\n", width, name, *f.Digit, likely(f.Confidence), accepted)
	}
	writeList(&p, "skipped, not named like an image", a.Skipped)
	return p.err
}
