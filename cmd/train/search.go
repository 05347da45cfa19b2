package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"digits/internal/mnist"
	"digits/pkg/cnn"
)

// search is what decides the results of a tuning, besides the data and the
// code: a random search (Bergstra and Bengio 2012) by successive halving
// (Jamieson and Talwalkar 2016; the synchronous one, as in Hyperband, Li et al.
// 2018). All trials are trained for few epochs, the best of them for more.
type search struct {
	Base    recipe `json:"base"`    // what the trials vary; its epochs are those of the last rung
	Trials  int    `json:"trials"`  // of the first rung
	Halving int    `json:"halving"` // a rung has so many times fewer trials and more epochs than the one before
	Kernel  string `json:"kernel"`  // which rounds the sums
}

// newSearch leaves the teachers out of the preset: they take longer than a
// trial.
func newSearch(base recipe, trials, halving int) search {
	return search{base.untaught(), trials, halving, cnn.Kernel()}
}

// rungs returns how many there are: as many as leave every rung a trial and
// every trial an epoch.
func (s search) rungs() int {
	n := 1
	for trials, epochs := s.Trials/s.Halving, s.Base.Epochs/s.Halving; trials > 0 && epochs > 0; n++ {
		trials, epochs = trials/s.Halving, epochs/s.Halving
	}
	return n
}

// size returns how many trials a rung has, and for how many epochs.
func (s search) size(rung int) (trials, epochs int) {
	trials, epochs = s.Trials, s.Base.Epochs
	for range rung {
		trials /= s.Halving
	}
	for range s.rungs() - 1 - rung {
		epochs /= s.Halving
	}
	return trials, epochs
}

// fits returns how many trainings a tuning makes.
func (s search) fits() int {
	sum := 0
	for rung := range s.rungs() {
		trials, _ := s.size(rung)
		sum += trials
	}
	return sum
}

// knob is a number of the recipe that is searched.
type knob struct {
	flag string
	of   func(r *recipe) *float64
	draw func(base float64, random *rand.Rand) float64
}

// knobs returns what is searched. Numbers that matter by their ratios are drawn
// on a logarithmic scale.
func (s search) knobs() []knob {
	between := func(low, high float64) func(float64, *rand.Rand) float64 {
		return func(_ float64, random *rand.Rand) float64 { return low + (high-low)*random.Float64() }
	}
	logarithmic := func(low, high float64) func(float64, *rand.Rand) float64 {
		return func(_ float64, random *rand.Rand) float64 { return low * math.Pow(high/low, random.Float64()) }
	}
	around := func(factor float64) func(float64, *rand.Rand) float64 {
		return func(base float64, random *rand.Rand) float64 {
			return base * math.Pow(factor, 2*random.Float64()-1)
		}
	}
	list := []knob{
		{"learning-rate", func(r *recipe) *float64 { return &r.LearningRate }, around(4)},
		{"dropout", func(r *recipe) *float64 { return &r.Dropout }, between(0, 0.5)},
		{"weight-decay", func(r *recipe) *float64 { return &r.WeightDecay }, logarithmic(0.0001, 0.1)},
		{"width", func(r *recipe) *float64 { return &r.Width }, logarithmic(0.5, 1.5)},
	}
	if s.Base.Augmentation != (mnist.Augmentation{}) {
		list = append(list, knob{"augmentation", func(r *recipe) *float64 { return &r.Strength }, between(0.25, 2)})
	}
	return list
}

// recipe returns the recipe of a trial, counted from 0, in a rung. The first is
// the preset's own, which the others have to beat. The numbers have three
// digits, so that a command line can say them.
func (s search) recipe(trial, rung int) recipe {
	r := s.Base
	_, r.Epochs = s.size(rung)
	random := rand.New(rand.NewPCG(s.Base.Seed, uint64(trial)))
	for _, k := range s.knobs() {
		v := k.draw(*k.of(&s.Base), random)
		if trial > 0 {
			*k.of(&r), _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
		}
	}
	return r
}

// entrants returns the trials of a rung: those that did best in the one before.
func (s search) entrants(rung int, results []result) []int {
	n, _ := s.size(rung)
	var trials []int
	if rung == 0 {
		for trial := range n {
			trials = append(trials, trial)
		}
		return trials
	}
	var before []result
	for _, r := range results {
		if r.Rung == rung-1 {
			before = append(before, r)
		}
	}
	slices.SortStableFunc(before, result.bestFirst)
	for _, r := range before[:min(n, len(before))] {
		trials = append(trials, r.Trial)
	}
	slices.Sort(trials)
	return trials
}
