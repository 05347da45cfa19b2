package httpapi

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"
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
		h := takeTurns(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
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
