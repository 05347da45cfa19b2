package main

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"

	"digits/internal/classify"
	"digits/internal/drift"
	"digits/internal/httpapi"
	"digits/internal/lifecycle"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
	"digits/weights"
)

// load makes a classifier of the weights file, or of the embedded weights.
func (c config) load(queue *classify.Queue) (lifecycle.Served, error) {
	m, err := c.model()
	if err != nil {
		return lifecycle.Served{}, err
	}
	about := httpapi.Model{Version: modelVersion(m), Digest: m.Digest(), Number: modelNumber(m)}
	about.Statistics, err = drift.Of(m.Metadata())
	var classifier *classify.Classifier
	if err == nil {
		classifier, err = classify.New(m, classify.Options{Queue: queue, Image: imageprep.Options{MaxPixels: c.maxPixels}})
	}
	if err != nil {
		return lifecycle.Served{}, fmt.Errorf("%s: %w", cmp.Or(c.weights, "embedded weights"), err)
	}
	if err := c.addPages(&about, m.Metadata()); err != nil {
		return lifecycle.Served{}, err
	}
	return lifecycle.Served{Classifier: classifier, Model: about}, nil
}

// model reads the weights file, or the embedded weights.
func (c config) model() (*cnn.Model, error) {
	if c.weights != "" {
		return cnn.LoadFile(c.weights)
	}
	return cnn.Load(bytes.NewReader(weights.Default()))
}

// modelVersion is what the weights file says, or the start of its digest.
func modelVersion(m *cnn.Model) string {
	if version := m.Metadata()["version"]; version != "" {
		return version
	}
	return m.Digest()[:12]
}

// modelNumber is the version where it must be an int64: the start of the digest,
// so short that a float64 holds it too. A version that the file says may be no
// number.
func modelNumber(m *cnn.Model) int64 {
	number, err := strconv.ParseInt(m.Digest()[:12], 16, 64)
	if err != nil {
		panic("server: a digest is not hexadecimal")
	}
	return number
}
