package classify

import "time"

// fixed is the work of an image of no size, for the network and all that is
// around it: it takes as long as so many pixels. A pixel takes 7 to 35
// nanoseconds, depending on the format.
const fixed = 8000

// pace is how long work takes, going by the last pieces: all their time by all
// their work. The zero value expects it to take no time.
type pace struct{ time, work float64 }

// add takes a piece of work into account, as a sixteenth of the mean.
func (p *pace) add(d time.Duration, work int64) {
	const weight = 16 // the mean is mostly of twice as many
	if p.work == 0 {
		p.time, p.work = float64(d), float64(work)
	}
	p.time += (float64(d) - p.time) / weight
	p.work += (float64(work) - p.work) / weight
}

// of returns how long work will take.
func (p *pace) of(work int64) time.Duration {
	if p.work == 0 {
		return 0
	}
	return time.Duration(p.time / p.work * float64(work))
}
