package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// errTuning is wrapped by the error about a file of results that cannot be
// gone on with.
var errTuning = errors.New("the results of a tuning cannot be used")

// open returns the state to begin with, before anything slow. A file with
// results must be there when and only when the run goes on from it.
func (o tuneOptions) open() (tuningState, error) {
	none := tuningState{Search: o.search}
	if err := probe("out", o.out); err != nil {
		return none, err
	}
	text, err := os.ReadFile(o.out)
	switch {
	case errors.Is(err, os.ErrNotExist) && o.resume:
		return none, fmt.Errorf("there are no results to go on from: %w", err)
	case errors.Is(err, os.ErrNotExist):
		return none, nil
	case err != nil:
		return none, err
	case !o.resume:
		return none, fmt.Errorf("%s has the results of another run: go on with it by --resume, or delete it to start anew", o.out)
	}
	var s tuningState
	if err := json.Unmarshal(text, &s); err != nil {
		return none, fmt.Errorf("%s: %w: %w", o.out, errTuning, err)
	}
	o.search.Base.Shards = s.Search.Base.Shards // not this machine's: the sums depend on it
	if s.Search != o.search {
		return none, fmt.Errorf("%s: %w: they were made by another command, or on another kind of machine; repeat the command, or name another --out", o.out, errTuning)
	}
	if err := s.Search.Base.check(); err != nil {
		return none, fmt.Errorf("%s: %w: %w", o.out, errTuning, err)
	}
	if err := s.check(); err != nil {
		return none, fmt.Errorf("%s: %w: %w", o.out, errTuning, err)
	}
	return s, nil
}

// check reports the first result that this search would not have made next.
func (s tuningState) check() error {
	made := 0
	for rung := range s.Search.rungs() {
		for _, trial := range s.Search.entrants(rung, s.Results[:made]) {
			if made == len(s.Results) {
				return nil
			}
			r := s.Results[made]
			if r.Trial != trial || r.Rung != rung || r.Recipe != s.Search.recipe(trial, rung) {
				return fmt.Errorf("result %d is of trial %d in rung %d with another recipe than is its turn", made+1, r.Trial, r.Rung)
			}
			if !(r.Score.Accuracy >= 0 && r.Score.Accuracy <= 1) {
				return fmt.Errorf("result %d has the accuracy %v", made+1, r.Score.Accuracy)
			}
			made++
		}
	}
	if made < len(s.Results) {
		return fmt.Errorf("there are %d results where the search has %d", len(s.Results), made)
	}
	return nil
}
