package report

import (
	"encoding/json"
	"strings"
	"testing"
)

// A file has an answer, accepted or not, or the reason why there is none; in the
// text each has one line.
func TestAnswers(t *testing.T) {
	a := AnswersOf([]Picture{
		{File: "in/sure.png", Verdict: Verdict{Digit: 0, Confidence: 0.875}},
		{File: "in/w.png", Reason: "not_a_digit", Verdict: Verdict{Digit: 4, Confidence: 0.5, Rejected: true}},
		{File: "in/blank.png", Refused: true, Reason: "no ink found: send another"},
		{File: "in/torn with a long name.png", Unreadable: "malformed image: save it anew\nand a stack"},
	}, []string{"in/notes.txt"})
	object, err := json.Marshal(a)
	want := `{"pictures":[{"file":"in/sure.png","digit":0,"confidence":0.875,"accepted":true},` +
		`{"file":"in/w.png","digit":4,"confidence":0.5,"accepted":false,"reason":"not_a_digit"},` +
		`{"file":"in/blank.png","accepted":false,"error":"no ink found: send another"},` +
		`{"file":"in/torn with a long name.png","accepted":false,"error":"malformed image: save it anew\nand a stack"}],"skipped":["in/notes.txt"]}`
	if err != nil || string(object) != want {
		t.Errorf("%s, %v; want %s", object, err, want)
	}
	var text strings.Builder
	if err := a.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	want = `file                       digit  confidence
sure.png                       0      87.50%  accepted
w.png                          4      50.00%  not accepted: not_a_digit
blank.png                      -           -  no ink found: send another
torn with a long name.png      -           -  malformed image: save it anew

skipped, not named like an image:
  in/notes.txt
`
	if text.String() != want {
		t.Errorf("%s\nwant\n%s", &text, want)
	}
}
