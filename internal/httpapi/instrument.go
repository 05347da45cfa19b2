package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// instrument counts requests, and times those that its route has a histogram for.
// Profiles are none of the service's requests: they take the time that they are
// told to.
func (a *API) instrument(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.metrics.inFlight.Inc()
		defer func() {
			a.metrics.inFlight.Dec()
			x := exchangeOf(r)
			route := a.routeOf(r)
			if route == &profiles {
				return
			}
			method := route.label(r.Method)
			a.metrics.requests.WithLabelValues(route.name, method, strconv.Itoa(x.status())).Inc()
			if histogram := route.durations[x.status()/100]; histogram != nil && method != otherMethod {
				observe(histogram, time.Since(x.began).Seconds(), x.trace)
			}
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
