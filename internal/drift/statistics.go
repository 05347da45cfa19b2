// Package drift compares what a server reads with what its network was
// validated on: the population stability index of the digits' shares, of the
// confidence and of the amount of ink, over a sliding window.
package drift

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Key is where a weights file's metadata have the statistics, as JSON.
const Key = "statistics"

// ErrInvalid is wrapped by every error about statistics that cannot be used.
var ErrInvalid = errors.New("the statistics in the weights file are unusable")

// Sample is what drift is measured on, of one image.
type Sample struct {
	Digit      int     // 0 to 9, as read
	Confidence float64 // 0 to 1
	Ink        float64 // mean of what the network saw, 0 to 1
}

// features are the parts of a sample.
var features = [...]struct {
	name string
	of   func(Sample) float64
}{
	{"digit", func(s Sample) float64 { return float64(s.Digit) }},
	{"confidence", func(s Sample) float64 { return s.Confidence }},
	{"ink", func(s Sample) float64 { return s.Ink }},
}

// Features returns the names of what drift is measured in.
func Features() []string {
	var names []string
	for _, f := range features {
		names = append(names, f.name)
	}
	return names
}

// Statistics are the distributions of the features over validation images. The
// zero value is for weights without any.
type Statistics struct {
	Features map[string]Distribution `json:"features"`
	Images   int                     `json:"images"` // how many there were
	Data     string                  `json:"data"`   // which they were
}

// Distribution is a histogram.
type Distribution struct {
	Edges  []float64 `json:"edges"`  // rising; a value on an edge belongs to the upper bin
	Shares []float64 `json:"shares"` // of the bins, one more than edges; above 0, and their sum is 1
}

// Measure returns the statistics of samples, of which there must be some. data
// says what they are. Digits have a bin each, confidences those that matter to
// people, and ink ten that are equally full.
func Measure(samples []Sample, data string) Statistics {
	if len(samples) == 0 {
		panic("drift: there are no samples to measure")
	}
	edges := map[string][]float64{
		"digit":      {1, 2, 3, 4, 5, 6, 7, 8, 9},
		"confidence": {0.5, 0.8, 0.9, 0.95, 0.99, 0.999},
		"ink":        deciles(samples, features[2].of),
	}
	s := Statistics{Features: map[string]Distribution{}, Images: len(samples), Data: data}
	for _, f := range features {
		d := Distribution{Edges: edges[f.name]}
		counts := make([]int, len(d.Edges)+1)
		for _, sample := range samples {
			counts[d.bin(f.of(sample))]++
		}
		d.Shares = shares(counts, len(samples))
		s.Features[f.name] = d
	}
	return s
}

func deciles(samples []Sample, of func(Sample) float64) (edges []float64) {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	for i := 1; i < 10; i++ {
		edges = append(edges, values[i*len(values)/10])
	}
	return slices.Compact(edges)
}

// bin returns the index of a value's bin.
func (d Distribution) bin(v float64) int {
	for i, edge := range d.Edges {
		if v < edge {
			return i
		}
	}
	return len(d.Edges)
}

// shares turns counts into shares, none of which is 0: half a sample more in
// each bin keeps logarithms finite.
func shares(counts []int, total int) []float64 {
	all := make([]float64, len(counts))
	for i, n := range counts {
		all[i] = (float64(n) + 0.5) / (float64(total) + 0.5*float64(len(counts)))
	}
	return all
}

// Of returns the statistics in a weights file's metadata, or the zero value
// when they have none. The error wraps ErrInvalid.
func Of(metadata map[string]string) (Statistics, error) {
	text, ok := metadata[Key]
	if !ok {
		return Statistics{}, nil
	}
	var s Statistics
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields() // they may mean what this version does not do
	err := decoder.Decode(&s)
	if err == nil && decoder.Decode(new(any)) != io.EOF {
		err = errors.New("something follows the JSON object")
	}
	for _, f := range features {
		if err == nil {
			err = s.Features[f.name].check(f.name)
		}
	}
	if err != nil {
		return Statistics{}, fmt.Errorf("%w: %w; make them anew with train proof", ErrInvalid, err)
	}
	return s, nil
}

func (d Distribution) check(name string) error {
	if len(d.Shares) != len(d.Edges)+1 || len(d.Edges) == 0 || len(d.Edges) > 100 {
		return fmt.Errorf("%s has %d edges and %d shares; there must be 1 to 100 edges, and one share more", name, len(d.Edges), len(d.Shares))
	}
	if !slices.IsSorted(d.Edges) {
		return fmt.Errorf("the edges of %s do not rise", name)
	}
	sum := 0.0
	for _, share := range d.Shares {
		if share <= 0 {
			return fmt.Errorf("a share of %s is %v; it must be above 0", name, share)
		}
		sum += share
	}
	if math.Abs(sum-1) > 1e-6 {
		return fmt.Errorf("the shares of %s sum to %v", name, sum)
	}
	return nil
}

// JSON returns the statistics as the metadata hold them.
func (s Statistics) JSON() (string, error) {
	text, err := json.Marshal(s)
	return string(text), err
}

// Present reports whether there are statistics.
func (s Statistics) Present() bool { return len(s.Features) > 0 }
