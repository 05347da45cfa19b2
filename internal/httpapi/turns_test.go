package httpapi

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Who waits for a thread gets it before a request is served and before it is
// answered: on a single one, nothing else would let them run. Now and then the
// scheduler takes the one that let them go first.
func TestRequestsTakeTurns(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const requests, most = 50, 40
	before, after := 0, 0
	for range requests {
		var waited, woken atomic.Bool
		go waited.Store(true)
		h := newTurns().take(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			if waited.Load() {
				before++
			}
			go woken.Store(true)
		}))
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		if woken.Load() {
			after++
		}
	}
	if before < most || after < most {
		t.Errorf("of %d requests, %d let others go first before they were served, and %d before they were answered", requests, before, after)
	}
}

// With many requests at once threads of other programs go first, too, but
// nearly all of the time is the server's when that takes long.
func TestThreadsTakeTurns(t *testing.T) {
	for name, tt := range map[string]struct {
		requests int
		takes    time.Duration
		least    int // yields while 100 milliseconds' requests are served
		most     int
	}{
		"few requests":          {4, 0, 0, 0},
		"many":                  {40, 100 * time.Microsecond, 500, 4000},
		"many, beside a loop":   {40, 3 * time.Millisecond, 2, 100},
		"many, and a long wait": {40, time.Second, 1, 40},
	} {
		synctest.Test(t, func(t *testing.T) {
			turns := newTurns()
			var yields atomic.Int64
			turns.yield = func() { yields.Add(1); time.Sleep(tt.takes) }
			h := turns.take(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Millisecond) }))
			var clients sync.WaitGroup
			for range tt.requests {
				clients.Go(func() {
					for end := time.Now().Add(100 * time.Millisecond); time.Now().Before(end); {
						h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
					}
				})
			}
			clients.Wait()
			if n := int(yields.Load()); n < tt.least || n > tt.most {
				t.Errorf("%s: %d yields; want %d to %d", name, n, tt.least, tt.most)
			}
		})
	}
}
