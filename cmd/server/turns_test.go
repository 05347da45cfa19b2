package main

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"
)

// Who waits for a thread gets it before a request is served and before it is
// answered: on a single one, nothing else would let them run.
func TestRequestsTakeTurns(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var before, after atomic.Bool
	go before.Store(true)
	h := inTurns(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if !before.Load() {
			t.Error("who waited before the request has not run when it is served")
		}
		go after.Store(true)
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	if !after.Load() {
		t.Error("who waited during the request has not run when it is answered")
	}
}
