package httpapi

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
)

// instrument counts and times requests.
func (a *API) instrument(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.metrics.inFlight.Inc()
		defer func() {
			a.metrics.inFlight.Dec()
			x := exchangeOf(r)
			observe(a.metrics.requests.WithLabelValues(a.route(r), methodLabel(r.Method), strconv.Itoa(x.status())),
				time.Since(x.began).Seconds(), x.trace)
		}()
		next.ServeHTTP(w, r)
	})
}

// observe puts a value into a histogram, with the trace that it is an example
// of when that is recorded elsewhere.
func observe(histogram prometheus.Observer, v float64, t trace) {
	if examples, ok := histogram.(prometheus.ExemplarObserver); ok && t.sampled {
		examples.ObserveWithExemplar(v, prometheus.Labels{"trace_id": t.id})
		return
	}
	histogram.Observe(v)
}

// route returns the pattern that the request matched, once it has been routed.
func (a *API) route(r *http.Request) string {
	pattern := chi.RouteContext(r.Context()).RoutePattern()
	if slices.Contains(a.metrics.patterns, pattern) {
		return pattern
	}
	return unmatched
}

const unmatched = "unmatched" // the route of requests that match none

var methods = []string{http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPatch, http.MethodPost, http.MethodPut}

// methodLabel returns the method, or "other" for one that is not common.
func methodLabel(method string) string {
	if slices.Contains(methods, method) {
		return method
	}
	return "other"
}
