package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Verdict is what a model says about one image.
type Verdict struct {
	Digit      int     // the most probable digit
	Confidence float64 // its probability
	Rejection  float64 // how much the image looks like no digit, from 0 to 1
	Rejected   bool    // whether it is taken for no digit
}

// Picture is the verdict about a picture file.
type Picture struct {
	File       string // its name, for lists
	Folder     string // 0 to 9 for the digit in the picture, anything else for none; empty when it is in no folder and may show anything
	Unreadable string // why it cannot be decoded, or empty: there is no verdict
	Refused    bool   // there is nothing on it, or it is too small or too large: there is no verdict
	Reason     string // why it is refused or rejected, or empty
	Verdict
}

// Answered reports whether there is a verdict.
func (p Picture) Answered() bool { return !p.Refused && p.Unreadable == "" }

// wrong reports whether a digit was not read, or read as another.
func (p Picture) wrong() bool {
	is := label(p.Folder)
	return is >= 0 && (!p.Answered() || p.Digit != is)
}

// label returns the digit in the pictures of a folder, or -1.
func label(folder string) int {
	if len(folder) != 1 {
		return -1
	}
	return strings.Index("0123456789", folder)
}

// PictureEvaluation is how a model did on foreign pictures.
type PictureEvaluation struct {
	Folders []Folder `json:"folders"` // by name
	Digits  Group    `json:"digits"`
	Others  Group    `json:"not_digits"`
	// Pictures of no digit against the MNIST test digits, see AUROC: by the
	// rejection score, where the network has one, and by 1 − confidence
	// (Hendrycks and Gimpel 2017). Refused ones do not count.
	RejectionAUROC  *float64 `json:"auroc_of_rejection,omitempty"`
	ConfidenceAUROC *float64 `json:"auroc_of_confidence,omitempty"`
	// Files by name, in the order of reading.
	Wrong      []WrongPicture `json:"wrong,omitempty"`      // listed only when asked for
	Unreadable []BadFile      `json:"unreadable,omitempty"` // no images, in no other count
	Skipped    []string       `json:"skipped,omitempty"`    // not tried: not named like an image, or in no subfolder
}

// WrongPicture is a file that was read as another digit than its folder's, or
// not at all.
type WrongPicture struct {
	File       string  `json:"file"`
	Label      int     `json:"label"`
	Refused    bool    `json:"refused,omitempty"`  // no verdict: nothing was read
	Read       int     `json:"read_as"`            // 0 when refused
	Confidence float64 `json:"confidence"`         // 0 when refused
	Rejected   bool    `json:"rejected,omitempty"` // taken for no digit
}

// BadFile is a file that cannot be decoded.
type BadFile struct {
	File  string `json:"file"`
	Error string `json:"error"`
}

// Group counts pictures.
type Group struct {
	Images       int        `json:"images"`
	Refused      int        `json:"refused"`                            // as blank, too small or too large
	Rejected     int        `json:"rejected"`                           // as no digit
	Sure         int        `json:"above_0.9"`                          // answered with a confidence above 0.9
	Correct      int        `json:"correct"`                            // of digits: read right, accepted or not
	Accepted     int        `json:"correct_and_accepted"`               // of these
	Accuracy     float64    `json:"accuracy,omitempty"`                 // Correct / Images
	Interval     [2]float64 `json:"accuracy_95_interval,omitzero"`      // Wilson 1927
	WrongAndSure float64    `json:"share_of_wrong_above_0.9,omitempty"` // of the wrong answers
}

// Folder counts the pictures in a folder.
type Folder struct {
	Name  string `json:"name"`
	Digit bool   `json:"digit"` // whether its pictures show the digit of its name
	Group
}

// EvaluatePictures compares verdicts with the names of the folders. Unreadable
// files are listed and otherwise left out.
func EvaluatePictures(pictures []Picture) PictureEvaluation {
	byName := map[string][]Picture{}
	var digits, others []Picture
	var unreadable []BadFile
	for _, p := range pictures {
		if p.Unreadable != "" {
			unreadable = append(unreadable, BadFile{p.File, p.Unreadable})
			continue
		}
		byName[p.Folder] = append(byName[p.Folder], p)
		if label(p.Folder) >= 0 {
			digits = append(digits, p)
		} else {
			others = append(others, p)
		}
	}
	e := PictureEvaluation{Digits: count(digits), Others: count(others), Unreadable: unreadable}
	for name, list := range byName {
		e.Folders = append(e.Folders, Folder{name, label(name) >= 0, count(list)})
	}
	slices.SortFunc(e.Folders, func(a, b Folder) int { return strings.Compare(a.Name, b.Name) })
	return e
}

// count sums up pictures that all show digits or all do not.
func count(pictures []Picture) Group {
	g := Group{Images: len(pictures)}
	var confidences []float64
	var right []bool
	for _, p := range pictures {
		switch {
		case p.Refused:
			g.Refused++
			continue
		case p.Rejected:
			g.Rejected++
		}
		if p.Confidence > sure {
			g.Sure++
		}
		if p.Digit == label(p.Folder) {
			g.Correct++
			if !p.Rejected {
				g.Accepted++
			}
		}
		confidences, right = append(confidences, p.Confidence), append(right, p.Digit == label(p.Folder))
	}
	if len(pictures) > 0 && label(pictures[0].Folder) >= 0 {
		g.Accuracy, g.WrongAndSure = share(g.Correct, g.Images), WrongAndSure(confidences, right)
		g.Interval[0], g.Interval[1] = Wilson(g.Correct, g.Images)
	}
	return g
}

// HasOthers reports whether some pictures of no digit got a verdict.
func (e *PictureEvaluation) HasOthers() bool { return e.Others.Images > e.Others.Refused }

// CompareWith sets the AUROCs of the pictures of no digit against verdicts on
// digits; scored says whether rejection scores mean something. It panics when
// there are none of either.
func (e *PictureEvaluation) CompareWith(digits []Verdict, pictures []Picture, scored bool) {
	var others []Verdict
	for _, p := range pictures {
		if label(p.Folder) < 0 && p.Answered() {
			others = append(others, p.Verdict)
		}
	}
	area := func(score func(Verdict) float64) *float64 {
		of := func(list []Verdict) (scores []float64) {
			for _, v := range list {
				scores = append(scores, score(v))
			}
			return scores
		}
		a := AUROC(of(digits), of(others))
		return &a
	}
	e.ConfidenceAUROC = area(func(v Verdict) float64 { return 1 - v.Confidence })
	if scored {
		e.RejectionAUROC = area(func(v Verdict) float64 { return v.Rejection })
	}
}

// ListWrong lists the digits that were not read right.
func (e *PictureEvaluation) ListWrong(pictures []Picture) {
	for _, p := range pictures {
		if p.Unreadable == "" && p.wrong() {
			e.Wrong = append(e.Wrong, WrongPicture{p.File, label(p.Folder), p.Refused, p.Digit, p.Confidence, p.Rejected})
		}
	}
}

// WriteText prints the evaluation for a person.
func (e PictureEvaluation) WriteText(w io.Writer) error {
	p := printer{w: w}
	if d := e.Digits; d.Images > 0 {
		p.printf("digits      %.2f%% right (%d of %d), 95%% interval %.2f%% to %.2f%%; %.2f%% right and accepted; %.1f%% of the wrong answers above %v; %.2f%% rejected\n",
			100*d.Accuracy, d.Correct, d.Images, 100*d.Interval[0], 100*d.Interval[1], 100*share(d.Accepted, d.Images), 100*d.WrongAndSure, sure, 100*share(d.Rejected, d.Images))
	}
	if o := e.Others; o.Images > 0 {
		p.printf("not digits  %.2f%% rejected (%d of %d), %.1f%% have a digit above %v, rejected or not\n",
			100*share(o.Rejected, o.Images), o.Rejected, o.Images, 100*share(o.Sure, o.Images), sure)
	}
	if e.ConfidenceAUROC != nil {
		p.printf("            AUROC against the MNIST test digits: %.4f by 1 - confidence", *e.ConfidenceAUROC)
		if e.RejectionAUROC != nil {
			p.printf(", %.4f by the rejection score\n", *e.RejectionAUROC)
		} else {
			p.printf("; the network has no output for \"no digit\"\n")
		}
	}
	p.printf("\nfolder        images  refused   right  rejected  above %v\n", sure)
	for _, f := range e.Folders {
		right := "-"
		if f.Digit {
			right = percent(f.Correct, f.Images)
		}
		p.printf("%-12s  %6d  %7d  %6s  %8s  %9s\n", f.Name, f.Images, f.Refused, right, percent(f.Rejected, f.Images), percent(f.Sure, f.Images))
	}
	e.writeFiles(&p)
	return p.err
}

// writeFiles lists the files that need a person's eyes.
func (e *PictureEvaluation) writeFiles(p *printer) {
	if len(e.Wrong) > 0 {
		p.printf("\nwrong:\n")
	}
	for _, f := range e.Wrong {
		answer := fmt.Sprintf("%d read as %d at %s", f.Label, f.Read, likely(f.Confidence))
		if f.Refused {
			answer = fmt.Sprintf("%d not read", f.Label)
		}
		if f.Rejected {
			answer += ", rejected"
		}
		p.printf("  %s: %s\n", f.File, answer)
	}
	if len(e.Unreadable) > 0 {
		p.printf("\nunreadable, not counted above:\n")
	}
	for _, f := range e.Unreadable {
		p.printf("  %s: %s\n", f.File, f.Error)
	}
	writeList(p, "skipped, not named like an image or in no subfolder", e.Skipped)
}

// writeList lists files under a title, if there are any.
func writeList(p *printer, title string, files []string) {
	if len(files) > 0 {
		p.printf("\n%s:\n", title)
	}
	for _, name := range files {
		p.printf("  %s\n", name)
	}
}
