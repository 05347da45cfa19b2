package classify

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// What TestOrders does: clients come twice as fast as they are served, and leave
// when they have waited for long enough.
const (
	clients  = 4000
	takes    = 20 * time.Millisecond
	patience = time.Second
)

// arrivals returns when clients come, at random.
func arrivals() []time.Duration {
	random := rand.New(rand.NewPCG(3, 4))
	at, all := time.Duration(0), make([]time.Duration, clients)
	for i := range all {
		at += time.Duration(random.ExpFloat64() * float64(takes/2))
		all[i] = at
	}
	return all
}

// outcome is what became of the clients.
type outcome struct {
	answered int           // in time
	inVain   int           // waited, and were refused or left
	busy     time.Duration // for how long there was somebody to serve
}

// share is how much of what could be answered was.
func (o outcome) share() float64 { return float64(o.answered) / (float64(o.busy) / float64(takes)) }

// inOrder serves one client after the other, the last or the first to come of
// those who have not left.
func inOrder(lastFirst bool) (o outcome) {
	come, waiting := arrivals(), []time.Duration{}
	for now := time.Duration(0); len(come) > 0 || len(waiting) > 0; {
		for len(come) > 0 && come[0] <= now {
			waiting, come = append(waiting, come[0]), come[1:]
		}
		for len(waiting) > 0 && waiting[0]+patience <= now {
			waiting = waiting[1:]
			o.inVain++
		}
		if len(waiting) == 0 {
			if len(come) > 0 {
				now = come[0]
			}
			continue
		}
		next := waiting[0]
		if last := len(waiting) - 1; lastFirst {
			next, waiting = waiting[last], waiting[:last]
		} else {
			waiting = waiting[1:]
		}
		now += takes
		o.busy += takes
		if now <= next+patience {
			o.answered++
		} else {
			o.inVain++
		}
	}
	return o
}

// queued is the same with a Queue.
func queued(t *testing.T) (o outcome) {
	q := NewQueue(Limits{Slots: 1, Waiting: clients})
	results := make(chan [2]bool, clients) // answered, waited
	began := time.Now()
	for _, at := range arrivals() {
		time.Sleep(time.Until(began.Add(at)))
		go func() {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			came := time.Now()
			g, err := q.acquire(ctx, some)
			if err != nil {
				results <- [2]bool{false, time.Now() != came}
				return
			}
			time.Sleep(takes)
			q.release(g, true)
			results <- [2]bool{ctx.Err() == nil, true}
		}()
	}
	for range clients {
		switch r := <-results; {
		case r[0]:
			o.answered++
		case r[1]:
			o.inVain++
		}
	}
	o.busy = time.Since(began)
	return o
}

// Last come, first served answers as much as can be and lets half of its clients
// wait in vain. First come, first served works for clients that leave just then.
// A Queue, which refuses those whose time may not suffice, answers nearly all that
// can be and lets hardly anybody wait in vain.
func TestOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		last, first, queue := inOrder(true), inOrder(false), queued(t)
		for _, test := range []struct {
			name                                    string
			got                                     outcome
			leastShare, mostShare, vainFrom, vainTo float64
		}{
			{"last come, first served", last, 0.99, 1, 0.45, 0.55},
			{"first come, first served", first, 0, 0.6, 0.4, 1},
			{"Queue", queue, 0.98, 1.001, 0, 0.01},
		} {
			vain := float64(test.got.inVain) / clients
			t.Logf("%s: %.1f%% of the capacity, %.1f%% wait in vain", test.name, 100*test.got.share(), 100*vain)
			if share := test.got.share(); share < test.leastShare || share > test.mostShare || vain < test.vainFrom || vain > test.vainTo {
				t.Errorf("%s: %+v", test.name, test.got)
			}
		}
	})
}
