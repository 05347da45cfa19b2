// Package cputime lets benchmarks report the processor's time beside the
// clock's: machines are shared.
package cputime

import (
	"testing"
	"time"
)

// Clock measures the processor time of the process, on all cores.
type Clock struct{ start time.Duration }

// Start returns a clock that runs from now on.
func Start() Clock { return Clock{now()} }

// Elapsed returns the processor time since the start.
func (c Clock) Elapsed() time.Duration { return now() - c.start }

// Report adds the processor time of each of b.N operations to a benchmark's
// line, and of each of the parts that an operation has, such as images, if
// they have a name.
func (c Clock) Report(b *testing.B, parts int, name string) {
	total := float64(now() - c.start)
	b.ReportMetric(total/float64(b.N), "cpu-ns/op")
	if name != "" {
		b.ReportMetric(total/float64(b.N)/float64(parts), "cpu-ns/"+name)
	}
}
