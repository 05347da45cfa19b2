package report

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestEvaluatePictures(t *testing.T) {
	at := func(folder string, digit int, confidence, rejection float64, rejected bool) Picture {
		return Picture{Folder: folder, Verdict: Verdict{digit, confidence, rejection, rejected}}
	}
	pictures := []Picture{
		at("7", 7, 0.99, 0.1, false), at("7", 1, 0.95, 0.2, false), at("7", 1, 0.6, 0.9, true), {Folder: "7", Refused: true},
		at("0", 0, 0.8, 0.6, true),
		at("w", 4, 0.97, 0.8, true), at("w", 0, 0.5, 0.05, false), at("10", 1, 0.4, 0.7, true), {Folder: "dot", Refused: true},
	}
	e := EvaluatePictures(pictures)
	if d := e.Digits; d.Images != 5 || d.Refused != 1 || d.Rejected != 2 || d.Correct != 2 || d.Accepted != 1 || d.Sure != 2 || d.Accuracy != 0.4 || d.WrongAndSure != 0.5 {
		t.Errorf("digits: %+v", d)
	}
	if o := e.Others; o.Images != 4 || o.Refused != 1 || o.Rejected != 2 || o.Sure != 1 || o.Accuracy != 0 || !e.HasOthers() {
		t.Errorf("not digits: %+v", o)
	}
	var names []string
	for _, f := range e.Folders {
		names = append(names, f.Name)
		if f.Digit != (f.Name == "0" || f.Name == "7") {
			t.Errorf("folder %s shows a digit: %v", f.Name, f.Digit)
		}
	}
	if got := strings.Join(names, " "); got != "0 10 7 dot w" {
		t.Errorf("folders %s", got)
	}

	// Against two digits: scores 0.8, 0.05 and 0.7 win 5 of 6 times against 0.1
	// and 0, doubts 0.03, 0.5 and 0.6 win 5 times against 0.01 and 0.04.
	digits := []Verdict{{Confidence: 0.99, Rejection: 0.1}, {Confidence: 0.96, Rejection: 0}}
	e.CompareWith(digits, pictures, true)
	if !near(*e.RejectionAUROC, 5.0/6) || !near(*e.ConfidenceAUROC, 5.0/6) {
		t.Errorf("AUROC %v and %v; want 5/6", *e.RejectionAUROC, *e.ConfidenceAUROC)
	}
	var text strings.Builder
	if err := e.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"digits      40.00% right (2 of 5), 95% interval 11.76% to 76.93%; 20.00% right and accepted; 50.0% of the wrong answers above 0.9; 40.00% rejected\n",
		"not digits  50.00% rejected (2 of 4), 25.0% have a digit above 0.9, rejected or not\n",
		"0.8333 by 1 - confidence, 0.8333 by the rejection score\n",
		"7                  4        1   25.0%     25.0%      50.0%\n",
		"w                  2        0       -     50.0%      50.0%\n",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, &text)
		}
	}
}

// Without an output for "no digit" there is nothing to compare by, and without
// pictures of no digit nothing to compare.
func TestEvaluatePicturesWithoutScores(t *testing.T) {
	pictures := []Picture{{Folder: "x", Verdict: Verdict{Digit: 1, Confidence: 0.5}}}
	e := EvaluatePictures(pictures)
	e.CompareWith([]Verdict{{Confidence: 0.9}}, pictures, false)
	if e.RejectionAUROC != nil || *e.ConfidenceAUROC != 1 {
		t.Errorf("%+v", e)
	}
	for _, list := range [][]Picture{{{Folder: "3"}}, {{Folder: "x", Refused: true}}} {
		if e := EvaluatePictures(list); e.HasOthers() {
			t.Errorf("%v has a verdict on a picture of no digit", list)
		}
	}
	object, err := json.Marshal(EvaluatePictures([]Picture{{Folder: "3", Verdict: Verdict{Digit: 3, Confidence: 1}}}))
	if err != nil || strings.Contains(string(object), "auroc") || !strings.Contains(string(object), `"name":"3","digit":true,"images":1,"refused":0,"rejected":0,"above_0.9":1,"correct":1,"correct_and_accepted":1,"accuracy":1`) {
		t.Errorf("%s, %v", object, err)
	}
}
