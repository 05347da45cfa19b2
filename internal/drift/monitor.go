package drift

import (
	"math"
	"sync"
)

const (
	// Window is how many of the last samples are compared.
	Window = 1000
	// least is how many it takes before a comparison says anything: with fewer,
	// chance alone gives an index of 0.1.
	least = 200
)

// Monitor compares the last samples with statistics. Any number of goroutines
// may use it.
type Monitor struct {
	reference [len(features)]Distribution

	mutex  sync.Mutex
	counts [len(features)][]int
	bins   [Window][len(features)]uint8 // of the last samples
	seen   int
}

// NewMonitor returns a monitor that has seen nothing. Without statistics it
// observes nothing and knows nothing.
func NewMonitor(s Statistics) *Monitor {
	m := &Monitor{}
	if s.Present() {
		for i, f := range features {
			m.reference[i] = s.Features[f.name]
			m.counts[i] = make([]int, len(m.reference[i].Shares))
		}
	}
	return m
}

// Observe takes a sample into the window, and the oldest out of it.
func (m *Monitor) Observe(s Sample) {
	if m.counts[0] == nil {
		return
	}
	var bins [len(features)]uint8
	for i, f := range features {
		bins[i] = uint8(m.reference[i].bin(f.of(s)))
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	place := &m.bins[m.seen%Window]
	for i := range features {
		if m.seen >= Window {
			m.counts[i][place[i]]--
		}
		m.counts[i][bins[i]]++
	}
	*place = bins
	m.seen++
}

// Index returns the population stability index of a feature: the sum over the
// bins of (actual − expected) · ln(actual / expected). Below 0.1 is no change,
// above 0.2 a large one. It is NaN while it is not known.
func (m *Monitor) Index(feature string) float64 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.seen < least {
		return math.NaN()
	}
	for i, f := range features {
		if f.name != feature {
			continue
		}
		sum := 0.0
		for bin, actual := range shares(m.counts[i], min(m.seen, Window)) {
			expected := m.reference[i].Shares[bin]
			sum += (actual - expected) * math.Log(actual/expected)
		}
		return sum
	}
	panic("drift: there is no such feature")
}
