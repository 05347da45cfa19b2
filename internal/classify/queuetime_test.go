package classify

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

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
			if err := <-result; errors.Is(err, errQueueTooLong) != (i > 6) {
				t.Errorf("%d: %v", i, err)
			}
		}
		soon, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if g, err := q.acquire(soon, some); err != nil {
			t.Errorf("nobody waits: %v", err)
		} else {
			q.release(g, true)
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
		if !errors.Is(err, errWaitedTooLong) || !errors.Is(err, ErrOverloaded) || !errors.As(err, &in) || in.Stage != "queue" {
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
			soon, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			working := join(t.Context(), q, some, 300*time.Millisecond, func() {})
			if err := <-join(soon, q, cost{work: work}, 0, func() {}); !errors.Is(err, want) {
				t.Errorf("one of %d, for which there is 1s: %v", work, err)
			}
			<-working
		})
	}
}

// The estimate is for as many at once as there are slots and memory for, after
// the least that is in work.
func TestQueueEstimatesTheWait(t *testing.T) {
	const second = 100 // of work
	piece := func(seconds, memory int64) cost { return cost{work: seconds * second, memory: memory} }
	for name, test := range map[string]struct {
		limits Limits
		pieces []cost
		want   time.Duration
	}{
		"slots are free":           {Limits{Slots: 8}, []cost{piece(10, 0)}, 0},
		"two slots":                {Limits{Slots: 2}, []cost{piece(2, 0), piece(2, 0), piece(4, 0), piece(4, 0)}, 6 * time.Second},
		"a large one and a small":  {Limits{Slots: 2}, []cost{piece(40, 0), piece(1, 0)}, time.Second},
		"memory for one at a time": {Limits{Slots: 4, Memory: 100}, []cost{piece(1, 90), piece(1, 90), piece(1, 90), piece(1, 90)}, 4 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := NewQueue(test.limits)
				<-join(t.Context(), q, cost{work: second}, time.Second, func() {})
				var results []<-chan error
				for _, c := range test.pieces {
					results = append(results, join(t.Context(), q, c, time.Minute, func() {}))
				}
				if _, _, wait := q.state(); wait != test.want {
					t.Errorf("the next waits for %v, want %v", wait, test.want)
				}
				for _, result := range results {
					<-result
				}
			})
		})
	}
}

// Work that was not done says nothing when it ended sooner than was expected: a
// file may declare much and break off at once.
func TestQueueIsNotHurriedByWhatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(Limits{Slots: 1})
		<-join(t.Context(), q, some, time.Second, func() {})
		for _, test := range []struct {
			took time.Duration
			want time.Duration
		}{{time.Millisecond, time.Second}, {1000 * time.Second, time.Second}, {2000 * time.Second, 2 * time.Second}} {
			g, err := q.acquire(t.Context(), cost{work: 1000})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(test.took)
			q.release(g, false)
			if got := q.pace.of(1); got < test.want*9/10 || got > test.want*11/10 {
				t.Errorf("a thousand that failed after %v: one takes %v, want %v", test.took, got, test.want)
			}
		}
	})
}

// Who has less than a quarter of its time left when its turn comes is refused,
// however little its work seems to be.
func TestQueueKeepsAReserveOfTime(t *testing.T) {
	for held, want := range map[time.Duration]error{3700 * time.Millisecond: nil, 3800 * time.Millisecond: errTurnTooLate} {
		synctest.Test(t, func(t *testing.T) {
			q := NewQueue(Limits{Slots: 1})
			<-join(t.Context(), q, some, time.Millisecond, func() {})
			slow := join(t.Context(), q, some, held, func() {})
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			if err := <-join(ctx, q, some, 0, func() {}); !errors.Is(err, want) {
				t.Errorf("%v of 5s are over: %v", held, err)
			}
			<-slow
		})
	}
}
