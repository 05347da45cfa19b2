package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"digits/internal/classify"
)

const (
	feedbackPath     = "/feedback"
	maxFeedbackBytes = 1 << 10
)

// feedback takes what an image of a recent prediction really showed. It is
// counted and changes nothing else.
func (a *API) feedback(w http.ResponseWriter, r *http.Request) {
	id, label, err := a.readFeedback(w, r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	digit, err := a.recent.give(id)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.metrics.feedback.WithLabelValues(strconv.Itoa(digit), strconv.Itoa(label)).Inc()
	w.WriteHeader(http.StatusNoContent)
}

// readFeedback reads {"id": "…", "label": 7}.
func (a *API) readFeedback(w http.ResponseWriter, r *http.Request) (id string, label int, err error) {
	memory := &share{of: &a.bodies}
	defer memory.release()
	r.Body = http.MaxBytesReader(w, r.Body, maxFeedbackBytes)
	body, err := a.readBody(w, r, memory)
	if errors.Is(err, errBodyTooLarge) {
		return "", 0, errInvalidFeedback
	}
	if err != nil {
		return "", 0, err
	}
	var sent struct {
		ID    *string
		Label *int
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&sent); err != nil { // it may quote what was sent
		return "", 0, errInvalidFeedback
	}
	_, end := decoder.Token()
	if end != io.EOF || sent.ID == nil || sent.Label == nil || *sent.Label < 0 || *sent.Label >= classify.Classes {
		return "", 0, errInvalidFeedback
	}
	return *sent.ID, *sent.Label, nil
}
