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
// slice of the operating system. Where one of them uses up its own, the server
// would nearly stop, so that it waits no more than a part of its time.
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
			t.letThreadsGo()
		}
		runtime.Gosched()
	})
}

// letThreadsGo lets threads of other programs run, if the last time that they
// took is a while ago: they get at most a fifth of this one's time.
func (t *turns) letThreadsGo() {
	const ours = 4 // times as long as it was theirs
	before := time.Since(t.began)
	if int64(before) < t.again.Load() {
		return
	}
	t.yield()
	after := time.Since(t.began)
	again := int64(after + ours*(after-before))
	for old := t.again.Load(); old < again && !t.again.CompareAndSwap(old, again); old = t.again.Load() {
	}
}
