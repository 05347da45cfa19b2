package httpapi

import (
	"net/http"
	"time"

	"github.com/go-chi/httprate"
)

// ratePeriod is the time from one request of a client to the next when it sends
// as many as it may.
func (o Options) ratePeriod() time.Duration {
	return time.Duration(float64(time.Second) / o.RateLimit)
}

// limitRate refuses the requests of a client, or of a network of 64 bits in
// IPv6, that sends more than it may. It counts them over the time for a burst.
func (a *API) limitRate() func(http.Handler) http.Handler {
	o := a.options
	if o.RateLimit <= 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	client := func(r *http.Request) (string, error) { return httprate.CanonicalizeIP(clientOf(r)), nil }
	return httprate.LimitBy(o.RateBurst, time.Duration(o.RateBurst)*o.ratePeriod(), client,
		httprate.WithResponseHeaders(httprate.ResponseHeaders{}), // the problem has its own
		httprate.WithLimitHandler(func(w http.ResponseWriter, r *http.Request) { a.fail(w, r, errRateLimited) }))
}
