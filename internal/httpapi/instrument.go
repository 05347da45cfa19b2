package httpapi

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
)

// instrument counts and times requests.
func (a *API) instrument(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.metrics.inFlight.Inc()
		defer func() {
			a.metrics.inFlight.Dec()
			x := exchangeOf(r)
			a.metrics.requests.WithLabelValues(a.route(r), methodLabel(r.Method), strconv.Itoa(x.status())).
				Observe(time.Since(x.began).Seconds())
		}()
		next.ServeHTTP(w, r)
	})
}

// route returns the pattern that the request matched, once it has been routed.
func (a *API) route(r *http.Request) string {
	pattern := chi.RouteContext(r.Context()).RoutePattern()
	if slices.Contains(a.metrics.patterns, pattern) {
		return pattern
	}
	return unmatched
}

// methodLabel returns the method, or "other" for one that is not common.
func methodLabel(method string) string {
	if slices.Contains(methods, method) {
		return method
	}
	return "other"
}
