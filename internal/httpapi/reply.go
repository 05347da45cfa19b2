package httpapi

import (
	"bytes"
	"encoding/json"

	"digits/internal/classify"
)

// oneReply answers one image.
type oneReply struct {
	ID string `json:"id"`
	prediction
	Model modelReply `json:"model"`
}

// severalReply answers several images, each by an entryReply or a problemEntry.
type severalReply struct {
	ID          string     `json:"id"`
	Predictions []any      `json:"predictions"`
	Model       modelReply `json:"model"`
}

// entryReply answers one image of several. Its id is the request's and the
// place of the image.
type entryReply struct {
	ID string `json:"id"`
	prediction
}

// reloadReply says which model answers from now on.
type reloadReply struct {
	ID    string     `json:"id"`
	Model modelReply `json:"model"`
}

// problemEntry is the place of an image that could not be read.
type problemEntry struct {
	Problem problemReply `json:"problem"`
}

type prediction struct {
	Digit         int                       `json:"digit"`
	Confidence    float64                   `json:"confidence"`
	Probabilities [classify.Classes]float64 `json:"probabilities"`
	Accepted      bool                      `json:"accepted"`
	Reason        string                    `json:"reason,omitempty"` // when not accepted
	Candidates    []int                     `json:"candidates"`
	Image         imageReply                `json:"image"`
}

type imageReply struct {
	Format   string         `json:"format"`
	Width    int            `json:"width"`
	Height   int            `json:"height"`
	Steps    []string       `json:"steps"`
	Flags    []string       `json:"flags"`
	Explain  []byte         `json:"explain,omitempty"` // a PNG, base64 in JSON
	Pictures []pictureReply `json:"pictures,omitzero"` // of the steps
}

type modelReply struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// encode returns a line of JSON in which <, > and & stay as they are: replies
// are for programs and terminals, and no browser takes them for HTML.
func encode(reply any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(reply)
	return b.Bytes(), err
}
