package main

import (
	"net/http"
	"runtime"
)

// inTurns lets the other goroutines that are ready go first, before a request
// and before its reply is sent. Without that a connection whose client has its
// next request there already is served again and again, for up to the ten
// milliseconds of the scheduler's time slice, while the others wait.
func inTurns(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		runtime.Gosched()
		h.ServeHTTP(w, r)
		runtime.Gosched()
	})
}
