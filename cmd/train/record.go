package main

import (
	"cmp"
	"fmt"
)

// runRecord is a run's account of itself, kept in its weights file.
type runRecord struct {
	Recipe     recipe       `json:"recipe"`
	Validation []epochScore `json:"validation"` // after each epoch
	Chosen     int          `json:"chosen"`     // the epoch whose weights are kept, from 1
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
