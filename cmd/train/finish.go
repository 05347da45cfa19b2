package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"digits/internal/buildversion"
	"digits/internal/calibration"
	"digits/internal/calibration/estimate"
	"digits/pkg/cnn"
)

// finish writes the weights of the chosen epoch and removes the checkpoint.
func (f *fitting) finish(ctx context.Context, stdout io.Writer) (*cnn.Model, error) {
	account := f.record.runRecord
	account.Rehearsal, account.Before = f.curve, f.before
	if f.valid.Len() == 0 {
		account.Validation = nil // zeros would look like scores
	}
	record, err := json.Marshal(account)
	if err != nil {
		return nil, err
	}
	m := f.best.ForInference().WithMetadata("training", string(record)).WithMetadata("data", dataRecord)
	if code := buildversion.Of(version); code != "" {
		m = m.WithMetadata("code", code)
	}
	if f.recipe.Rehearsal {
		if err := f.calibrate(ctx, m, stdout); err != nil {
			return nil, err
		}
	}
	if f.calibration != "" {
		m = m.WithMetadata(calibration.Key, f.calibration)
	}
	if m, err = f.prove(ctx, m, stdout); err != nil {
		return nil, err
	}
	if err := m.SaveFile(f.options.out); err != nil {
		return nil, err
	}
	if err := os.Remove(f.options.checkpoint); err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(stdout, "wrote %s: epoch %d of %d%s, SHA-256 %s\n",
		f.options.out, f.record.Chosen, f.recipe.Epochs, f.record.Validation[f.record.Chosen-1], m.Digest())
	return m, err
}

// calibrate fits the calibration on the images that were held out. What cannot
// be calibrated is no reason to lose the run.
func (f *fitting) calibrate(ctx context.Context, m *cnn.Model, stdout io.Writer) error {
	c, err := calibrate(ctx, m, f.valid, estimate.Options{Data: calibrationData(f.valid)})
	if errors.Is(err, estimate.ErrImpossible) {
		_, err = fmt.Fprintf(stdout, "without a calibration: %v\n", err)
		return err
	}
	if err != nil {
		return err
	}
	f.calibration, err = c.JSON()
	return err
}
