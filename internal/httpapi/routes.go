package httpapi

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
)

// route is what log and metrics call the paths of one pattern. All values of
// their labels are known in advance: nothing that a client sends can add one.
type route struct {
	name      string                 // of its paths
	methods   []string               // that it has
	quiet     bool                   // its successes are no news
	durations [6]prometheus.Observer // by class of status, 2 for 2xx; nil where they are not measured
}

// Labels of requests for which there is no route, or no such method of it.
const (
	unmatched   = "unmatched"
	otherMethod = "other"
)

var (
	noRoute   = route{name: unmatched}
	profiles  = route{name: profilesPath}
	preflight = route{name: "preflight", methods: []string{http.MethodOptions}} // of any path
)

// label is the value for a request's method. HEAD is a GET without the reply's
// body.
func (r *route) label(method string) string {
	switch {
	case !slices.Contains(r.methods, method):
		return otherMethod
	case method == http.MethodHead:
		return http.MethodGet
	}
	return method
}

// addRoute makes a pattern a route, with series for all that it answers.
func (m *metrics) addRoute(method, pattern string) {
	r := m.routes[pattern]
	if r == nil {
		r = &route{name: routeName(pattern)}
		r.quiet = slices.Contains(probeRoutes, r.name) || r.name == assetRoute
		m.routes[pattern] = r
	}
	if slices.Contains(r.methods, method) {
		return
	}
	r.methods = append(r.methods, method)
	if method == http.MethodHead { // has the series of GET
		return
	}
	for _, code := range codesOf(method, pattern) {
		m.requests.WithLabelValues(r.name, method, strconv.Itoa(code))
	}
	m.requests.WithLabelValues(r.name, otherMethod, strconv.Itoa(http.StatusMethodNotAllowed))
	for _, class := range timedClasses(method, r.name) {
		r.durations[class] = m.durations.of(r.name, method, class)
	}
}

// routeName leaves out the model's version, and the slash that /v2 may have.
func routeName(pattern string) string {
	name := strings.Replace(pattern, versionPath, "", 1)
	if len(name) > 1 {
		name = strings.TrimSuffix(name, "/")
	}
	return name
}

// codesOf returns the statuses that a route answers with, as the contract has
// them. A 500 to GET is a bug, which digits_panics_total counts.
func codesOf(method, pattern string) []int {
	switch {
	case pattern == reloadPath:
		return []int{200, 500}
	case pattern == feedbackPath:
		return []int{204, 400, 404, 408, 409, 415, 429, 499, 500, 503}
	case strings.Contains(pattern, versionPath): // beside those without it
		return []int{404}
	case method == http.MethodPost:
		return []int{200, 400, 408, 413, 415, 422, 429, 499, 500, 503, 504}
	case pattern == assetRoute:
		return []int{200, 304, 404}
	case strings.HasSuffix(pattern, "/ready"), pattern == "/readyz":
		return []int{200, 503}
	case slices.Contains(pageRoutes, pattern):
		return []int{200, 304}
	}
	return []int{200}
}

// probeRoutes are asked all the time by balancers and Prometheus.
var probeRoutes = []string{"/livez", "/healthz", "/readyz", "/metrics", "/v2/health/live", "/v2/health/ready", "/v2/models/" + modelName + "/ready"}

// timedClasses returns the classes of statuses, 2 for 2xx, of which a route's
// durations are measured: of what clients ask for, and not their balancers or
// browsers. What a GET is refused for is a path, which takes no time.
func timedClasses(method, name string) []int {
	switch {
	case name == reloadPath, slices.Contains(probeRoutes, name), slices.Contains(pageRoutes, name):
		return nil
	case method == http.MethodPost:
		return []int{2, 4, 5}
	}
	return []int{2}
}

// routeOf returns the route of a request that has been routed.
func (a *API) routeOf(r *http.Request) *route {
	if route := exchangeOf(r).route; route != nil {
		return route
	}
	pattern := chi.RouteContext(r.Context()).RoutePattern()
	if route := a.metrics.routes[pattern]; route != nil {
		return route
	}
	if strings.HasPrefix(pattern, profilesPath) {
		return &profiles
	}
	return &noRoute
}

var methods = []string{http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPatch, http.MethodPost, http.MethodPut}

// methodName is the method as the log has it.
func methodName(method string) string {
	if slices.Contains(methods, method) {
		return method
	}
	return otherMethod
}
