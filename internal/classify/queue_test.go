package classify

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// join waits in the queue from a goroutine of its own, appends its name when its
// turn comes and works for some time. The result comes when it is through.
func join(ctx context.Context, q *Queue, c cost, takes time.Duration, turn func()) <-chan error {
	result := make(chan error, 1)
	go func() {
		g, err := q.acquire(ctx, c)
		if err == nil {
			turn()
			time.Sleep(takes)
			q.release(g)
		}
		result <- err
	}()
	synctest.Wait()
	return result
}

// some is the cost of an image like all others.
var some = cost{work: 1}

// First come, first served, but for those who have left.
func TestQueueServesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(Limits{Slots: 1, Waiting: 9})
		var order []int
		var results []<-chan error
		leave := make([]context.CancelFunc, 6)
		for i := range leave {
			var ctx context.Context
			ctx, leave[i] = context.WithCancel(t.Context())
			results = append(results, join(ctx, q, some, time.Second, func() { order = append(order, i) }))
		}
		leave[2]()
		leave[4]()
		synctest.Wait()
		if _, waiting, _ := q.state(); waiting != 3 {
			t.Errorf("%d wait, want 3", waiting)
		}
		for i, result := range results {
			if err := <-result; errors.Is(err, context.Canceled) != (i == 2 || i == 4) {
				t.Errorf("%d: %v", i, err)
			}
			leave[i]()
		}
		if want := []int{0, 1, 3, 5}; !slices.Equal(order, want) {
			t.Errorf("served %v, want %v", order, want)
		}
	})
}

// An image for whose memory there is no room waits for it, and not the smaller
// ones behind it.
func TestQueueBoundsTheMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(Limits{Slots: 3, Waiting: 9, Memory: 100})
		var mu sync.Mutex
		var order []int
		var results []<-chan error
		for i, memory := range []int64{60, 60, 40, 10} {
			work := time.Duration(1+i) * time.Second
			results = append(results, join(t.Context(), q, cost{memory: memory, work: 1}, work, func() {
				mu.Lock()
				defer mu.Unlock()
				order = append(order, i)
			}))
		}
		if free, waiting, _ := q.state(); free != 1 || waiting != 2 {
			t.Errorf("%d slots free, %d wait", free, waiting)
		}
		for i, result := range results {
			if err := <-result; err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		if want := []int{0, 2, 1, 3}; !slices.Equal(order, want) || q.memory != 100 {
			t.Errorf("served %v, %d bytes left; want %v, 100", order, q.memory, want)
		}
	})
}

// Of work that takes a second each, six are let into the queue by a deadline in
// nine seconds, two thirds of which are six. A queue in which nobody waits refuses
// nobody, so that the mean can recover.
func TestQueueRefusesWhatWillBeLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(Limits{Slots: 1, Waiting: 99})
		<-join(t.Context(), q, some, time.Second, func() {}) // is measured
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		var results []<-chan error
		for range 8 {
			results = append(results, join(ctx, q, some, time.Second, func() {}))
		}
		if _, _, wait := q.state(); wait != 7*time.Second {
			t.Errorf("the next waits for %v, want 7s", wait)
		}
		for i, result := range results {
			if err := <-result; errors.Is(err, ErrOverloaded) != (i > 6) {
				t.Errorf("%d: %v", i, err)
			}
		}
		soon, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if g, err := q.acquire(soon, some); err != nil {
			t.Errorf("nobody waits: %v", err)
		} else {
			q.release(g)
		}
	})
}

// Work that takes two seconds where one was expected: those whose turn comes when
// there is no time for it are refused then, and neither begun nor kept until their
// time is over.
func TestQueueRefusesWhoseTurnComesTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(Limits{Slots: 1, Waiting: 99})
		<-join(t.Context(), q, some, time.Second, func() {})
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		begun := 0
		var results []<-chan error
		began := time.Now()
		for range 7 {
			results = append(results, join(ctx, q, some, 2*time.Second, func() { begun++ }))
		}
		for i, result := range results {
			if err := <-result; errors.Is(err, ErrOverloaded) != (i > 3) || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%d: %v after %v", i, err, time.Since(began))
			}
		}
		if free, waiting, _ := q.state(); begun != 4 || free != 1 || waiting != 0 {
			t.Errorf("%d were begun; %d slots free, %d wait", begun, free, waiting)
		}
	})
}

// Whose time is over in the queue was refused, and nothing was done for it.
func TestDeadlineInTheQueueIsOverload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(Limits{Slots: 1, Waiting: 99})
		working := join(t.Context(), q, some, time.Minute, func() {})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := <-join(ctx, q, some, 0, func() { t.Error("it was begun") })
		var in *StageError
		if !errors.Is(err, ErrOverloaded) || !errors.As(err, &in) || in.Stage != "queue" {
			t.Errorf("error %v", err)
		}
		<-working
	})
}

// The pace follows the work: fast work after slow brings it up, and a large piece
// counts for as many small ones as it is worth.
func TestQueueMeasuresTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(Limits{Slots: 2})
		for range 100 {
			<-join(t.Context(), q, some, time.Second, func() {})
		}
		if took := q.pace.of(3); took != 3*time.Second {
			t.Errorf("work of 1s: three take %v", took)
		}
		for range 100 {
			<-join(t.Context(), q, some, 10*time.Millisecond, func() {})
		}
		if took := q.pace.of(1); took < 10*time.Millisecond || took > 20*time.Millisecond {
			t.Errorf("then of 10ms: one takes %v", took)
		}
		for range 100 {
			<-join(t.Context(), q, cost{work: 50}, time.Second, func() {})
		}
		if took := q.pace.of(1); took < 19*time.Millisecond || took > 21*time.Millisecond {
			t.Errorf("then of 1s for 50: one takes %v", took)
		}
	})
}

// Three that wait are few when they are small and many when they are large; so is
// the one that waits.
func TestQueueCountsTheWork(t *testing.T) {
	for work, want := range map[int64]error{1: nil, 100: errQueueTooLong} {
		synctest.Test(t, func(t *testing.T) {
			q := NewQueue(Limits{Slots: 1})
			<-join(t.Context(), q, some, 10*time.Millisecond, func() {})
			var results []<-chan error
			for range 4 {
				results = append(results, join(t.Context(), q, cost{work: work}, time.Duration(work)*10*time.Millisecond, func() {}))
			}
			if _, _, wait := q.state(); wait != time.Duration(4*work)*10*time.Millisecond {
				t.Errorf("four of %d: the next waits for %v", work, wait)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := <-join(ctx, q, some, 0, func() {}); !errors.Is(err, want) {
				t.Errorf("behind four of %d: %v", work, err)
			}
			for _, result := range results {
				<-result
			}
			if q.ahead != 0 {
				t.Errorf("%d of work is left when all is done", q.ahead)
			}
			soon, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			working := join(t.Context(), q, some, 300*time.Millisecond, func() {})
			if err := <-join(soon, q, cost{work: work}, 0, func() {}); (err == nil) != (want == nil) {
				t.Errorf("one of %d, for which there are 700ms when its turn comes: %v", work, err)
			}
			<-working
		})
	}
}

// Nothing is lost, whoever leaves when.
func TestQueueLosesNothing(t *testing.T) {
	q := NewQueue(Limits{Slots: 3, Waiting: 20, Memory: 1000})
	random := rand.New(rand.NewPCG(7, 8))
	var clients sync.WaitGroup
	for range 2000 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(500))*time.Microsecond)
		memory := random.Int64N(1001)
		clients.Go(func() {
			defer cancel()
			if g, err := q.acquire(ctx, cost{memory: memory, work: 1}); err == nil {
				q.release(g)
			}
		})
	}
	clients.Wait()
	if free, waiting, _ := q.state(); free != 3 || waiting != 0 || q.memory != 1000 || q.ahead != 0 {
		t.Errorf("%d slots free, %d wait, %d bytes left, %d of work", free, waiting, q.memory, q.ahead)
	}
}

// An image that takes more than all the memory is alone, and is read.
func TestImagesBeyondTheMemoryAreRead(t *testing.T) {
	c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 2, Memory: 1})})
	data := picture(t)
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			if _, err := c.Classify(t.Context(), data); err != nil {
				t.Error(err)
			}
		})
	}
	clients.Wait()
	held, err := c.queue.acquire(t.Context(), cost{memory: 1, work: fixed})
	if err != nil {
		t.Fatal(err)
	}
	defer c.queue.release(held)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := c.Classify(ctx, data); err == nil {
		t.Error("an image is read though the memory is taken")
	}
	if _, err := c.ClassifyTensors(t.Context(), make([]float32, 784), func(int, *Result) {}); err != nil {
		t.Errorf("a tensor, which needs none: %v", err)
	}
}

// What is in work in one classifier keeps slots and memory from another that has
// the same queue, as after a reload.
func TestClassifiersShareAQueue(t *testing.T) {
	q := NewQueue(Limits{Slots: 2, Memory: 1 << 20})
	old, next := newClassifier(t, Options{Queue: q}), newClassifier(t, Options{Queue: q})
	held, err := old.queue.acquire(t.Context(), cost{memory: 1 << 20, work: fixed})
	if err != nil {
		t.Fatal(err)
	}
	if next.Busy() != 1 || next.Slots() != 2 {
		t.Errorf("%d of %d are busy", next.Busy(), next.Slots())
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := next.Classify(ctx, picture(t)); !errors.Is(err, ErrOverloaded) {
		t.Errorf("there is no memory: %v", err)
	}
	old.queue.release(held)
	if _, err := next.Classify(t.Context(), picture(t)); err != nil {
		t.Errorf("there is memory again: %v", err)
	}
}
