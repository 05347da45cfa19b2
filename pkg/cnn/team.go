package cnn

import "sync/atomic"

// team is the workers of a trainer, which run a job together with its caller.
type team struct {
	jobs  []chan func(member int) // of the workers
	left  atomic.Int32            // workers that have not finished
	ready chan struct{}           // receives one value when all have
}

// newTeam starts so many workers, members 1 and up.
func newTeam(workers int) *team {
	t := &team{jobs: make([]chan func(int), workers), ready: make(chan struct{}, 1)}
	for i := range t.jobs {
		t.jobs[i] = make(chan func(int), 1)
		go t.work(i+1, t.jobs[i])
	}
	return t
}

func (t *team) work(member int, jobs <-chan func(int)) {
	for {
		job := receive(jobs)
		if job == nil {
			return
		}
		job(member)
		if t.left.Add(-1) == 0 {
			t.ready <- struct{}{}
		}
	}
}

// run runs the job for every member, the caller being member 0, and waits.
func (t *team) run(job func(member int)) {
	t.left.Store(int32(len(t.jobs)))
	for _, jobs := range t.jobs {
		jobs <- job
	}
	job(0)
	if len(t.jobs) > 0 {
		receive(t.ready)
	}
}

// close ends the workers.
func (t *team) close() {
	for _, jobs := range t.jobs {
		close(jobs)
	}
}

// receive looks for a value for some 50 microseconds before it sleeps: jobs take
// a millisecond, and being woken a tenth of that. A closed channel gives the
// zero value.
func receive[T any](from <-chan T) T {
	for range 10_000 {
		select {
		case v := <-from:
			return v
		default:
		}
	}
	return <-from
}
