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

	"digits/pkg/imageprep"
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
			q.release(g, true)
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
			if err := <-result; errors.Is(err, errTurnTooLate) != (i > 3) || err != nil && i <= 3 {
				t.Errorf("%d: %v after %v", i, err, time.Since(began))
			}
		}
		if free, waiting, _ := q.state(); begun != 4 || free != 1 || waiting != 0 {
			t.Errorf("%d were begun; %d slots free, %d wait", begun, free, waiting)
		}
	})
}

// Nothing is lost, whoever leaves when.
func TestQueueLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(Limits{Slots: 3, Waiting: 20, Memory: 1000})
		random := rand.New(rand.NewPCG(7, 8))
		var clients sync.WaitGroup
		for range 2000 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(1000+random.IntN(4000))*time.Microsecond)
			if random.IntN(4) == 0 {
				ctx, cancel = context.WithCancel(t.Context())
				time.AfterFunc(time.Duration(random.IntN(3000))*time.Microsecond, cancel)
			}
			c, takes := cost{memory: random.Int64N(1001), work: 1 + random.Int64N(9)}, time.Duration(random.IntN(1000))*time.Microsecond
			clients.Go(func() {
				defer cancel()
				if g, err := q.acquire(ctx, c); err == nil {
					time.Sleep(takes)
					q.release(g, takes%2 == 0)
				}
			})
			time.Sleep(time.Duration(random.IntN(300)) * time.Microsecond)
		}
		clients.Wait()
		if free, waiting, _ := q.state(); free != 3 || waiting != 0 || q.memory != 1000 || slices.Max(q.work) != 0 {
			t.Errorf("%d slots free, %d wait, %d bytes left, work %v", free, waiting, q.memory, q.work)
		}
	})
}

// Who leaves when its turn has just come gives back what it was granted.
func TestQueueTakesBackWhatComesTooLate(t *testing.T) {
	q := NewQueue(Limits{Slots: 1, Memory: 10})
	held, err := q.acquire(t.Context(), cost{memory: 10, work: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, place, err := q.enter(t.Context(), cost{memory: 10, work: 1})
	if err != nil {
		t.Fatal(err)
	}
	q.release(held, true)
	q.leave(place)
	if free, waiting, _ := q.state(); free != 1 || waiting != 0 || q.memory != 10 || q.work[0] != 0 {
		t.Errorf("%d slots free, %d wait, %d bytes left", free, waiting, q.memory)
	}
}

// What an image and tensors cost reaches the queue.
func TestCostsOfImagesAndTensors(t *testing.T) {
	data := picture(t)
	file, err := imageprep.Open(data, imageprep.Options{})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 1})})
		held := hold(t, c)
		for _, test := range []struct {
			do   func() error
			want cost
		}{
			{func() error { _, err := c.Classify(t.Context(), data); return err }, cost{memory: file.Memory, work: fixed + SelfTestPixels}},
			{func() error { _, err := c.ClassifyTensors(t.Context(), noise(3), func(int, *Result) {}); return err }, cost{work: 3 * fixed}},
		} {
			done := make(chan error)
			go func() { done <- test.do() }()
			synctest.Wait()
			if got := c.queue.waiting[0].cost; got != test.want {
				t.Errorf("it costs %+v, want %+v", got, test.want)
			}
			c.queue.release(held, true)
			if err := <-done; err != nil {
				t.Error(err)
			}
			held = hold(t, c)
		}
	})
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
	defer c.queue.release(held, true)
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
	old.queue.release(held, true)
	if _, err := next.Classify(t.Context(), picture(t)); err != nil {
		t.Errorf("there is memory again: %v", err)
	}
}
