package httpapi

import (
	"net/http"
	"runtime"
)

// takeTurns lets the other goroutines that are ready go first, before a request
// is served and before a short reply is sent. Without that a connection whose
// client has its next request there already is served again and again, for up
// to the ten milliseconds of the scheduler's time slice, while the others wait.
func takeTurns(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		runtime.Gosched()
		next.ServeHTTP(w, r)
		runtime.Gosched()
	})
}
