package calibration

import (
	"cmp"
	"math"
	"slices"
)

// uncalibratedCoverage is what the candidates of a network without a
// calibration reach together.
const uncalibratedCoverage = 0.995

// Probabilities returns the digits' softmax at the temperature. They are in
// [0,1] and sum to 1 whenever the first ten logits are finite; it panics when
// there are fewer.
func (c Calibration) Probabilities(logits []float32) (p [Digits]float64) {
	t, top, sum := c.temperature(), slices.Max(logits[:Digits]), 0.0
	for i, v := range logits[:Digits] {
		p[i] = math.Exp((float64(v) - float64(top)) / t) // subtracting first, so that no temperature overflows
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

func (c Calibration) temperature() float64 {
	if !c.Present() {
		return 1
	}
	return c.Temperature
}

// Score says how much an image looks like no digit, from 0 to 1: the eleventh
// probability of the softmax over all logits at the temperature. It rises with
// the eleventh logit and falls with each of the others. For a network of ten
// outputs it is 0: how high its logits are (the energy of Liu et al. 2020) has
// no scale that all networks share.
func (c Calibration) Score(logits []float32) float64 {
	if len(logits) <= Digits {
		return 0
	}
	t, sum := c.temperature(), 1.0
	for _, v := range logits[:Digits] {
		sum += math.Exp((float64(v) - float64(logits[Digits])) / t)
	}
	return 1 / sum
}

// Rejects reports whether an image with this score is taken for no digit.
func (c Calibration) Rejects(score float64) bool { return c.Present() && score > c.Rejection }

// CandidatesOf returns the digits that the image may show, the most probable
// first: always at least that one. The calibration's coverage holds for images
// such as those that it was fitted on.
func (c Calibration) CandidatesOf(p *[Digits]float64) []int {
	order := make([]int, Digits)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[b], p[a]) })
	if !c.Present() {
		return fewest(order, p)
	}
	candidates := order[:1]
	for _, d := range order[1:] {
		if p[d] >= c.threshold(d) {
			candidates = append(candidates, d)
		}
	}
	return slices.Clip(candidates)
}

// fewest returns the first digits of the order that reach the coverage.
func fewest(order []int, p *[Digits]float64) []int {
	sum, n := 0.0, 0
	for n < Digits && sum < uncalibratedCoverage {
		sum += p[order[n]]
		n++
	}
	return order[:n:n]
}

func (c Calibration) threshold(digit int) float64 {
	if len(c.ByDigit) == Digits {
		return c.ByDigit[digit]
	}
	return c.Candidates
}
