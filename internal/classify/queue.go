package classify

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

// DefaultMemory is the memory for decoded images, in bytes. It is enough for
// most images of imageprep's largest size.
const DefaultMemory = 512 << 20

// Limits bound what is done at once. The zero value is useful.
type Limits struct {
	Slots   int // images in work at once; 0 means GOMAXPROCS
	Waiting int // images that may wait for a slot; 0 means 128 for each slot
	// Memory bounds the bytes that images in work take together, decoded; 0
	// means DefaultMemory. One that takes more is alone.
	Memory int64
}

// Queue hands out the slots and the memory for decoded images, to one classifier
// or to those that follow one another. Who waits the longest is first; an image
// for whose memory there is no room lets the smaller ones behind it pass. Any
// number of goroutines may use it.
//
// TestOrders shows why the first to come is the first to be served, and why those
// whose time may not suffice are refused.
type Queue struct {
	limits Limits

	mu      sync.Mutex
	free    []int   // slots
	work    []int64 // in each slot, or 0
	memory  int64   // that is left, in bytes
	waiting []*ticket
	pace    pace
}

// NewQueue returns a queue in which nobody waits.
func NewQueue(l Limits) *Queue {
	if l.Slots <= 0 {
		l.Slots = runtime.GOMAXPROCS(0)
	}
	if l.Waiting <= 0 {
		l.Waiting = 128 * l.Slots
	}
	if l.Memory <= 0 {
		l.Memory = DefaultMemory
	}
	q := &Queue{limits: l, work: make([]int64, l.Slots), memory: l.Memory}
	for i := range l.Slots {
		q.free = append(q.free, i)
	}
	return q
}

// cost is what an image takes, as its file declares it.
type cost struct {
	memory int64 // bytes, at the same time
	work   int64 // in the unit of imageprep.File.Work
}

// ticket is a place in the queue.
type ticket struct {
	cost
	ctx    context.Context
	least  time.Duration // that must be left of its time when its turn comes
	called chan grant    // has room for one; closed instead when the turn comes too late
}

// grant is a slot with memory, from some time on.
type grant struct {
	cost
	slot  int
	since time.Time
}

// acquire waits for a slot and the memory. It refuses at once when the queue is
// full, or so long that the context may end first.
func (q *Queue) acquire(ctx context.Context, c cost) (grant, error) {
	if err := ended(ctx, "queue"); err != nil {
		return grant{}, err
	}
	c.memory = min(c.memory, q.limits.Memory)
	g, t, err := q.enter(ctx, c)
	if t == nil {
		return g, err
	}
	select {
	case g, ok := <-t.called:
		if !ok {
			return grant{}, errTurnTooLate
		}
		return g, nil
	case <-ctx.Done():
		q.leave(t)
		err := ended(ctx, "queue")
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("%w: %w", errWaitedTooLong, err) // nothing was done yet
		}
		return grant{}, err
	}
}

// enter returns what is free, or a place in the queue.
func (q *Queue) enter(ctx context.Context, c cost) (grant, *ticket, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fits(c) {
		return q.take(c), nil, nil
	}
	if len(q.waiting) >= q.limits.Waiting {
		return grant{}, nil, errQueueFull
	}
	t := &ticket{ctx: ctx, cost: c, called: make(chan grant, 1)}
	if deadline, ok := ctx.Deadline(); ok {
		needed, left := max(q.wait(), q.pace.of(c.work)), time.Until(deadline)
		if left < needed+needed/2 { // it is only a mean
			return grant{}, nil, errQueueTooLong
		}
		t.least = left / 4
	}
	q.waiting = append(q.waiting, t)
	return grant{}, t, nil
}

// leave gives up a place in the queue, or what was granted in the meantime.
func (q *Queue) leave(t *ticket) {
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

// release gives back what work has held that was done, or ended before.
func (q *Queue) release(g grant, done bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	// What a file declares and does not keep would make the others seem quick.
	if held := time.Since(g.since); done || held > q.pace.of(g.work) {
		q.pace.add(held, g.work)
	}
	q.put(g)
}

// put makes a grant free and calls those for whom there is room now. Who has
// left costs nothing more, and neither does who has so little time left that the
// work would hardly be done in it. The lock is held.
func (q *Queue) put(g grant) {
	q.free = append(q.free, g.slot)
	q.work[g.slot] = 0
	q.memory += g.memory
	for i := 0; i < len(q.waiting) && len(q.free) > 0; {
		t := q.waiting[i]
		switch late := q.late(t); {
		case t.ctx.Err() != nil, !late && !q.fits(t.cost):
			i++
			continue
		case late:
			close(t.called)
		default:
			t.called <- q.take(t.cost)
		}
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
}

// late reports whether work that began now would be done too late, most likely.
func (q *Queue) late(t *ticket) bool {
	deadline, ok := t.ctx.Deadline()
	expected := q.pace.of(t.work)
	return ok && time.Until(deadline) < max(t.least, expected+expected/2)
}

func (q *Queue) fits(c cost) bool { return len(q.free) > 0 && c.memory <= q.memory }

func (q *Queue) take(c cost) grant {
	last := len(q.free) - 1
	g := grant{c, q.free[last], time.Now()}
	q.free = q.free[:last]
	q.work[g.slot] = c.work
	q.memory -= c.memory
	return g
}

// wait is about how long the next to come will wait: until the least piece of
// work is done, and for those before it, as many at once as there are slots and
// memory for.
func (q *Queue) wait() time.Duration {
	if len(q.free) > 0 && len(q.waiting) == 0 {
		return 0
	}
	var work int64
	memory := q.limits.Memory - q.memory
	for _, t := range q.waiting {
		work += t.work
		memory += t.memory
	}
	slots := q.limits.Slots
	if images := int64(slots - len(q.free) + len(q.waiting)); memory > 0 {
		slots = int(min(int64(slots), max(1, images*q.limits.Memory/memory)))
	}
	return q.pace.of(q.leastWork()) + q.pace.of(work)/time.Duration(slots)
}

// leastWork is the least that is in a slot.
func (q *Queue) leastWork() (least int64) {
	for _, w := range q.work {
		if w > 0 && (least == 0 || w < least) {
			least = w
		}
	}
	return least
}

// state returns how many slots are free, how many images wait and how long the
// next one will.
func (q *Queue) state() (free, waiting int, wait time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.free), len(q.waiting), q.wait()
}
