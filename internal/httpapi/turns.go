package httpapi

import (
	"net/http"
	"runtime"
	"sync/atomic"
	"time"
)

// turns lets others go first, before a request is served and before a short
// reply is sent. Without that a connection whose client has its next request
// there already is served again and again, for up to the ten milliseconds of
// the scheduler's time slice, while the others wait.
//
// With many requests at once that goes for the threads of other programs as
// well, clients and proxies on the same cores, which else wait for the time
// slice of the operating system. Where some program uses up its own, the server
// would nearly stop: it then does without for most of the time.
type turns struct {
	yield    func()       // the thread
	requests atomic.Int64 // that are here
	again    atomic.Int64 // not before this time, in nanoseconds since began
	began    time.Time
}

func newTurns() *turns { return &turns{yield: yieldThread, began: time.Now()} }

// take is a middleware.
func (t *turns) take(next http.Handler) http.Handler {
	const many = 16
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests := t.requests.Add(1)
		defer t.requests.Add(-1)
		runtime.Gosched()
		next.ServeHTTP(w, r)
		if requests >= many {
			t.yieldThread()
		}
		runtime.Gosched()
	})
}

// yieldThread lets other threads run, unless that has taken long lately: at
// most a twentieth of its time goes to such waits.
func (t *turns) yieldThread() {
	const long, share = 2 * time.Millisecond, 20
	before := time.Since(t.began)
	if before < time.Duration(t.again.Load()) {
		return
	}
	t.yield()
	if after := time.Since(t.began); after-before > long {
		t.again.Store(int64(after + share*(after-before)))
	}
}
