package classify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// queue hands out the slots and the memory for decoded images. Who waits the
// longest is first; an image for whose memory there is no room lets the smaller
// ones behind it pass.
//
// Simulated at twice the capacity, with work of 20 ms and clients that wait for
// 1 s: last come, first served answers 99.9% of the capacity in time and lets half
// of its clients wait for nothing. First come, first served answers 40%, because
// it works for clients that leave just then, but 99%, with hardly anybody waiting
// for nothing, when it refuses those whose time may not suffice.
type queue struct {
	limit int // that may wait

	mu      sync.Mutex
	slots   int
	free    []*slot
	memory  int64 // that is left, in bytes
	waiting []*ticket
	mean    time.Duration // that work holds a slot, weighted towards the last
}

// ticket is a place in the queue.
type ticket struct {
	ctx    context.Context
	least  time.Duration // that must be left of its time when its turn comes
	memory int64
	called chan grant // has room for one; closed instead when the turn comes too late
}

// grant is a slot with memory, from some time on.
type grant struct {
	*slot
	memory int64
	since  time.Time
}

func newQueue(slots []*slot, limit int, memory int64) *queue {
	return &queue{limit: limit, slots: len(slots), free: slots, memory: memory}
}

// acquire waits for a slot and so many bytes of memory. It refuses at once when
// the queue is full, or so long that the context may end first.
func (q *queue) acquire(ctx context.Context, memory int64) (grant, error) {
	if err := ended(ctx, "queue"); err != nil {
		return grant{}, err
	}
	g, t, err := q.enter(ctx, memory)
	if t == nil {
		return g, err
	}
	select {
	case g, ok := <-t.called:
		if !ok {
			return grant{}, fmt.Errorf("%w: the turn came when the time was nearly over", ErrOverloaded)
		}
		return g, nil
	case <-ctx.Done():
		q.leave(t)
		err := ended(ctx, "queue")
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("%w: %w", ErrOverloaded, err) // nothing was done yet
		}
		return grant{}, err
	}
}

// enter returns what is free, or a place in the queue.
func (q *queue) enter(ctx context.Context, memory int64) (grant, *ticket, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fits(memory) {
		return q.take(memory), nil, nil
	}
	if len(q.waiting) >= q.limit {
		return grant{}, nil, ErrOverloaded
	}
	t := &ticket{ctx: ctx, memory: memory, called: make(chan grant, 1)}
	if deadline, ok := ctx.Deadline(); ok {
		wait, left := q.wait(), time.Until(deadline)
		if left < wait+wait/2 { // it is only a mean
			return grant{}, nil, fmt.Errorf("%w: a slot is expected in %v, and the time may be over then", ErrOverloaded, wait)
		}
		t.least = left / 4
	}
	q.waiting = append(q.waiting, t)
	return grant{}, t, nil
}

// leave gives up a place in the queue, or what was granted in the meantime.
func (q *queue) leave(t *ticket) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if at := slices.Index(q.waiting, t); at >= 0 {
		q.waiting = slices.Delete(q.waiting, at, at+1)
		return
	}
	if g, ok := <-t.called; ok {
		q.put(g)
	}
}

// release gives back what work has held.
func (q *queue) release(g grant) {
	const weight = 16 // the mean is mostly of twice as many
	q.mu.Lock()
	defer q.mu.Unlock()
	held := time.Since(g.since)
	if q.mean == 0 {
		q.mean = held
	}
	q.mean += (held - q.mean) / weight
	q.put(g)
}

// put makes a grant free and calls those for whom there is room now. Who has
// left costs nothing more, and neither does who has so little time left that the
// work would hardly be done in it. The lock is held.
func (q *queue) put(g grant) {
	q.free = append(q.free, g.slot)
	q.memory += g.memory
	for i := 0; i < len(q.waiting) && len(q.free) > 0; {
		t := q.waiting[i]
		switch late := q.late(t); {
		case t.ctx.Err() != nil, !late && !q.fits(t.memory):
			i++
			continue
		case late:
			close(t.called)
		default:
			t.called <- q.take(t.memory)
		}
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
}

// late reports whether work that began now would be done too late, most likely.
func (q *queue) late(t *ticket) bool {
	deadline, ok := t.ctx.Deadline()
	return ok && time.Until(deadline) < max(t.least, q.mean+q.mean/2)
}

func (q *queue) fits(memory int64) bool { return len(q.free) > 0 && memory <= q.memory }

func (q *queue) take(memory int64) grant {
	last := len(q.free) - 1
	g := grant{q.free[last], memory, time.Now()}
	q.free = q.free[:last]
	q.memory -= memory
	return g
}

// wait is how long the next to come will wait.
func (q *queue) wait() time.Duration {
	return time.Duration(len(q.waiting)+1) * q.mean / time.Duration(q.slots)
}

// state returns how many slots are free, how many images wait and how long the
// next one will.
func (q *queue) state() (free, waiting int, wait time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.free), len(q.waiting), q.wait()
}
