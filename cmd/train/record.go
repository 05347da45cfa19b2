package main

import (
	"cmp"
	"encoding/json"
	"fmt"

	"digits/pkg/cnn"
)

// runRecord is a run's account of itself, kept in its weights file.
type runRecord struct {
	Recipe     recipe       `json:"recipe"`
	Validation []epochScore `json:"validation,omitempty"` // after each epoch; in weights that learned from all images, nothing
	Chosen     int          `json:"chosen"`               // the epoch whose weights are kept, from 1
	Rehearsal  []epochScore `json:"rehearsal,omitempty"`  // of a course's final run: the rehearsal's Validation
	Before     []earlierRun `json:"before,omitempty"`     // of a course's final run: what it builds on
}

// earlierRun is a run that the final one builds on.
type earlierRun struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`         // of its weights file
	Code   string `json:"code,omitempty"` // the commit that made it
}

// recordIn returns the record in a weights file.
func recordIn(m *cnn.Model) (r runRecord, err error) {
	err = json.Unmarshal([]byte(m.Metadata()["training"]), &r)
	return r, err
}

// checkpointRecord is what else a run needs to know when it goes on.
type checkpointRecord struct {
	runRecord
	Loss   runningLoss `json:"loss"`
	Kernel string      `json:"kernel"` // which rounded the sums
}

// epochScore is how the validation images were read; zero without any.
type epochScore struct {
	Accuracy float64 `json:"accuracy"`
	Loss     float64 `json:"loss"`
}

func (s epochScore) String() string {
	if s == (epochScore{}) {
		return ""
	}
	return fmt.Sprintf(", validation accuracy %.2f%%", 100*s.Accuracy)
}

// compare orders epochs by validation accuracy, then by falling loss.
func (s epochScore) compare(to epochScore) int {
	return cmp.Or(cmp.Compare(s.Accuracy, to.Accuracy), cmp.Compare(to.Loss, s.Loss))
}

func (s epochScore) better(than epochScore) bool { return s.compare(than) > 0 }

// runningLoss smooths the loss of single steps.
type runningLoss float64

func (l *runningLoss) add(loss float64) {
	if *l == 0 {
		*l = runningLoss(loss)
	}
	*l += runningLoss((loss - float64(*l)) / 50)
}
