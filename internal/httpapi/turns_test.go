package httpapi

import (
	"net/http"
	"net/http/httptest"
	"runtime"
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

// With many requests at once threads of other programs go first, too, but most
// of the time is the server's, however long that takes.
func TestThreadsTakeTurns(t *testing.T) {
	for name, tt := range map[string]struct {
		others      int64 // requests that are here, too
		takes       time.Duration
		least, most float64 // share of the time that is theirs
	}{
		"few requests":          {3, time.Millisecond, 0, 0},
		"many":                  {40, 100 * time.Microsecond, 0.15, 0.23},
		"many, beside a loop":   {40, 3 * time.Millisecond, 0.15, 0.23},
		"many, and a long wait": {40, 400 * time.Millisecond, 0.15, 0.23},
	} {
		synctest.Test(t, func(t *testing.T) {
			turns := newTurns()
			turns.requests.Add(tt.others)
			theirs, began := time.Duration(0), time.Now()
			turns.yield = func() { theirs += tt.takes; time.Sleep(tt.takes) }
			h := turns.take(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(50 * time.Microsecond) }))
			for time.Since(began) < 9*time.Second {
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
			}
			if share := theirs.Seconds() / time.Since(began).Seconds(); share < tt.least || share > tt.most {
				t.Errorf("%s: %.3f of the time is theirs; want %v to %v", name, share, tt.least, tt.most)
			}
		})
	}
}
