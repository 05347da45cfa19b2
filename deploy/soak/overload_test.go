package main

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"digits/internal/classify"
	"digits/pkg/cnn"
	"digits/weights"
)

// Each thing that a server may do wrong is seen, and a server that does none of
// them is right, whatever it refuses and however it began.
func TestJudge(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(points []point)
		says  string
	}{
		"nothing":           {func([]point) {}, ""},
		"a slow beginning":  {func(points []point) { points[0].latencies, points[0].memory = nil, 9e9 }, ""},
		"a failure":         {func(points []point) { points[0].failed, points[0].cause = 1, io.EOF }, "1 requests failed otherwise than with 503, the first with: EOF"},
		"too few answers":   {func(points []point) { points[5].latencies = nil }, "8.3 answers a second are less than 90% of 10.0"},
		"too late":          {func(points []point) { points[3].latencies[7] = time.Minute }, "the 99th percentile is 1m0s"},
		"memory that grows": {func(points []point) { points[7].memory = 112e6 }, "memory grew from 100.0 MB to 112.0 MB"},
	} {
		points := make([]point, 8)
		for i := range points {
			points[i] = point{latencies: slices.Repeat([]time.Duration{time.Second}, 10), refused: 10, memory: 1e8}
		}
		test.spoil(points)
		err := judge(points, time.Second, 10)
		if test.says == "" && err != nil || test.says != "" && (!errors.Is(err, errOverloaded) || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
}

// The picture that is sent is one that the service answers.
func TestDearPictureIsRead(t *testing.T) {
	model, err := cnn.Load(bytes.NewReader(weights.Default()))
	if err != nil {
		t.Fatal(err)
	}
	classifier, err := classify.New(model, classify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := classifier.Classify(t.Context(), dear()); err != nil || r.Digit != 1 {
		t.Errorf("%d, %v", r.Digit, err)
	}
}
