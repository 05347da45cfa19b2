package httpapi

import (
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/go-chi/chi/v5/middleware"
)

// rates is a token bucket for each client. All that it keeps of one is when its
// bucket will be full again.
type rates struct {
	period time.Duration // from one token to the next
	burst  int           // tokens in a full bucket

	mutex sync.Mutex
	full  map[netip.Prefix]time.Time
	limit int // clients at which the full buckets are thrown away
}

// take takes a client's token, or returns how long it has to wait for one.
func (r *rates) take(client netip.Prefix, now time.Time) (wait time.Duration) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	full := r.full[client]
	if full.Before(now) {
		full = now
	}
	if wait = full.Sub(now) - time.Duration(r.burst-1)*r.period; wait > 0 {
		return wait
	}
	if len(r.full) >= r.limit {
		r.sweep(now)
	}
	r.full[client] = full.Add(r.period)
	return 0
}

// sweep throws away the buckets that are full. It comes again when there are
// twice as many as are left, so that a request pays for a few at most.
func (r *rates) sweep(now time.Time) {
	for client, full := range r.full {
		if !full.After(now) {
			delete(r.full, client)
		}
	}
	r.limit = max(2*len(r.full), 1024)
}

// rateError is errRateLimited with the time to wait.
type rateError struct{ wait time.Duration }

func (e rateError) Error() string {
	return fmt.Sprintf("%v; its next is in %v", errRateLimited, e.wait)
}
func (rateError) Is(target error) bool { return target == errRateLimited }

// limitRate refuses the requests of a client, or of a network of 64 bits in
// IPv6, that sends more than it may.
func (a *API) limitRate() func(http.Handler) http.Handler {
	o := a.options
	if o.RateLimit <= 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	rates := &rates{period: time.Duration(float64(time.Second) / o.RateLimit), burst: o.RateBurst, full: map[netip.Prefix]time.Time{}}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if wait := rates.take(network(middleware.GetClientIPAddr(r.Context())), time.Now()); wait > 0 {
				a.fail(w, r, rateError{wait})
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// network is who counts as one client. Those without an address are one too.
func network(address netip.Addr) netip.Prefix {
	address = address.Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	prefix, _ := address.Prefix(bits) // of no address it is none
	return prefix
}
