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
func join(ctx context.Context, q *queue, memory int64, work time.Duration, turn func()) <-chan error {
	result := make(chan error, 1)
	go func() {
		g, err := q.acquire(ctx, memory)
		if err == nil {
			turn()
			time.Sleep(work)
			q.release(g)
		}
		result <- err
	}()
	synctest.Wait()
	return result
}

func newTestQueue(slots, limit int, memory int64) *queue {
	var all []*slot
	for range slots {
		all = append(all, new(slot))
	}
	return newQueue(all, limit, memory)
}

// First come, first served, but for those who have left.
func TestQueueServesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newTestQueue(1, 9, 0)
		var order []int
		var results []<-chan error
		leave := make([]context.CancelFunc, 6)
		for i := range leave {
			var ctx context.Context
			ctx, leave[i] = context.WithCancel(t.Context())
			results = append(results, join(ctx, q, 0, time.Second, func() { order = append(order, i) }))
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
		q := newTestQueue(3, 9, 100)
		var mu sync.Mutex
		var order []int
		var results []<-chan error
		for i, memory := range []int64{60, 60, 40, 10} {
			work := time.Duration(1+i) * time.Second
			results = append(results, join(t.Context(), q, memory, work, func() {
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
		q := newTestQueue(1, 99, 0)
		<-join(t.Context(), q, 0, time.Second, func() {}) // is measured
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		var results []<-chan error
		for range 8 {
			results = append(results, join(ctx, q, 0, time.Second, func() {}))
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
		if g, err := q.acquire(soon, 0); err != nil {
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
		q := newTestQueue(1, 99, 0)
		<-join(t.Context(), q, 0, time.Second, func() {})
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		begun := 0
		var results []<-chan error
		began := time.Now()
		for range 7 {
			results = append(results, join(ctx, q, 0, 2*time.Second, func() { begun++ }))
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
		q := newTestQueue(1, 99, 0)
		working := join(t.Context(), q, 0, time.Minute, func() {})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := <-join(ctx, q, 0, 0, func() { t.Error("it was begun") })
		var in *StageError
		if !errors.Is(err, ErrOverloaded) || !errors.As(err, &in) || in.Stage != "queue" {
			t.Errorf("error %v", err)
		}
		<-working
	})
}

// The mean follows the work: fast work after slow brings it down.
func TestQueueMeasuresTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newTestQueue(2, 9, 0)
		for range 100 {
			<-join(t.Context(), q, 0, time.Second, func() {})
		}
		if _, _, wait := q.state(); wait != time.Second/2 {
			t.Errorf("two slots, work of 1s: wait %v", wait)
		}
		for range 100 {
			<-join(t.Context(), q, 0, 10*time.Millisecond, func() {})
		}
		if _, _, wait := q.state(); wait < 5*time.Millisecond || wait > 10*time.Millisecond {
			t.Errorf("then of 10ms: wait %v", wait)
		}
	})
}

// Nothing is lost, whoever leaves when.
func TestQueueLosesNothing(t *testing.T) {
	q := newTestQueue(3, 20, 1000)
	random := rand.New(rand.NewPCG(7, 8))
	var clients sync.WaitGroup
	for range 2000 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(500))*time.Microsecond)
		memory := random.Int64N(1001)
		clients.Go(func() {
			defer cancel()
			if g, err := q.acquire(ctx, memory); err == nil {
				q.release(g)
			}
		})
	}
	clients.Wait()
	if free, waiting, _ := q.state(); free != 3 || waiting != 0 || q.memory != 1000 {
		t.Errorf("%d slots free, %d wait, %d bytes left", free, waiting, q.memory)
	}
}

// An image that takes more than all the memory is alone, and is read.
func TestImagesBeyondTheMemoryAreRead(t *testing.T) {
	c := newClassifier(t, Options{Slots: 2, Memory: 1})
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
	held, err := c.queue.acquire(t.Context(), 1)
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
