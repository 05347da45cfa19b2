package httpapi_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/httpapi"
)

// bug is a body that no handler is made for.
type bug struct{}

func (bug) Read([]byte) (int, error) { panic("a bug") }

// counting is an API with both its listeners, and its metrics.
type counting struct {
	*httpapi.API
	admin    http.Handler
	registry *prometheus.Registry
}

// newCounting returns an API that is ready, whose /-/reload fails with the error.
func newCounting(t *testing.T, o httpapi.Options, reload error) counting {
	o.Registry, o.FeedbackWindow, o.Model = prometheus.NewRegistry(), 100, testModel
	o.Model.Pages = pages(t)
	var a *httpapi.API
	if o.Classifier == nil {
		a = newAPIWith(t, o)
	} else {
		a = httpapi.New(o)
	}
	a.SetReady(true)
	return counting{a, a.Admin(func(context.Context) (httpapi.Model, error) { return o.Model, reload }), o.Registry}
}

func (c counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/-/") {
		c.admin.ServeHTTP(w, r)
		return
	}
	c.API.ServeHTTP(w, r)
}

// requestSeries are the counters of requests that there are, with their values.
func (c counting) requestSeries(t *testing.T) map[string]float64 {
	counts := map[string]float64{}
	for _, m := range families(t, c.registry)["digits_http_requests_total"].GetMetric() {
		l := labels(m)
		counts[l["method"]+" "+l["route"]+" "+l["code"]] = m.GetCounter().GetValue()
	}
	return counts
}

// good is a body that an operation answers with its success.
func good(t *testing.T, path string) []byte {
	switch {
	case path == "/feedback":
		return []byte(`{"id": "known", "label": 7}`)
	case strings.HasSuffix(path, ":predict"):
		return asJSON(t, map[string]any{"instances": []any{map[string]any{"b64": readFile(t, "seven.png")}}})
	case strings.HasSuffix(path, "/infer"):
		return asJSON(t, map[string]any{"inputs": []any{map[string]any{"name": "image", "shape": []int{1}, "datatype": "BYTES", "data": [][]byte{readFile(t, "seven.png")}}}})
	}
	return readFile(t, "seven.png")
}

// concrete fills in a path's parameters with what there is.
func concrete(path string) string {
	return strings.NewReplacer("{version}", "test", "{name}", "style.css").Replace(withVersion(path))
}

// etag is that of a page.
func etag(t *testing.T, path string) string {
	recorder := httptest.NewRecorder()
	pages(t).ServePage(recorder, httptest.NewRequest(http.MethodGet, concrete(path), nil))
	return recorder.Header().Get("ETag")
}

// provoke returns a request of an operation, and an API that answers it with the
// status; ok is false where nothing but a bug does.
func provoke(t *testing.T, method, path string, status int) (c counting, r *http.Request, ok bool) {
	var o httpapi.Options
	var reload error
	body := io.Reader(bytes.NewReader(good(t, path)))
	header := map[string]string{"Content-Type": ""}
	switch {
	case status == 500 && path == "/-/reload":
		reload = io.ErrUnexpectedEOF
	case status == 500 && method != http.MethodPost:
		return c, nil, false
	case status == 304:
		header["If-None-Match"] = etag(t, path)
	case status == 400:
		body = strings.NewReader("{")
	case status == 404:
		path = strings.NewReplacer("{version}", "other", "{name}", "none.js").Replace(path)
		body = strings.NewReader(`{"id": "unknown", "label": 7}`)
	case status == 408:
		body = brokenOff{os.ErrDeadlineExceeded}
	case status == 413:
		body = io.LimitReader(zeros{}, 9<<20)
	case status == 415:
		header["Content-Encoding"] = "gzip"
	case status == 422:
		body = bytes.NewReader(bytes.ReplaceAll(good(t, path), asJSON(t, readFile(t, "seven.png")), asJSON(t, blank(t, 28, 28))))
		if path == "/predict" {
			body = bytes.NewReader(blank(t, 28, 28))
		}
	case status == 429:
		o.RateLimit, o.RateBurst = 0.01, 1
	case status == 500:
		body = bug{}
	case status == 503:
		o.MaxBufferedBytes = 1
	case status == 504:
		o.Classifier = failing(context.DeadlineExceeded)
	}
	c = newCounting(t, o, reload)
	if path == "/feedback" || status == 429 {
		c.ServeHTTP(httptest.NewRecorder(), with(post("", readFile(t, "seven.png")), "X-Request-Id", "known"))
	}
	if status == 409 {
		c.ServeHTTP(httptest.NewRecorder(), feedback(string(good(t, path))))
	}
	c.SetReady(status != 503)
	r = httptest.NewRequest(method, concrete(path), body)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return c, r, true
}

// Every operation of the contract is answered with every status that it has
// there, and none of these replies makes a series: they are all there before.
func TestContractStatusesAreAnsweredAndCounted(t *testing.T) {
	contract := loadContract(t)
	for path, item := range contract.document.Paths.Map() {
		for method, operation := range item.Operations() {
			for text := range operation.Responses.Map() {
				status, err := strconv.Atoi(text)
				if err != nil {
					t.Fatalf("%s %s has the status %s", method, path, text)
				}
				c, r, ok := provoke(t, method, path, status)
				if !ok {
					continue
				}
				before := c.requestSeries(t)
				if got, body := contract.send(t, c, r); got != status {
					t.Errorf("%s %s: %d, want %d: %.300s", method, path, got, status, body)
				}
				after := c.requestSeries(t)
				counted := maps.Collect(func(yield func(string, float64) bool) {
					for name, v := range after {
						if v != before[name] && !yield(name, v-before[name]) {
							return
						}
					}
				})
				if len(after) != len(before) || len(counted) != 1 || !strings.HasSuffix(slices.Collect(maps.Keys(counted))[0], text) {
					t.Errorf("%s %s %d: %d series before, %d after; counted %v", method, path, status, len(before), len(after), counted)
				}
			}
		}
	}
}

// With one reply of each kind, and whatever else clients try, a server has fewer
// than 500 series.
func TestSeriesAreBounded(t *testing.T) {
	c := newCounting(t, httpapi.Options{Origins: []string{"*"}}, nil)
	before := len(c.requestSeries(t))
	for path := range loadContract(t).document.Paths.Map() {
		path = concrete(path)
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} {
			for _, h := range []http.Handler{c.API, c.admin} {
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, nil))
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path+"x", nil))
			}
		}
	}
	for _, h := range []http.Handler{c.API, c.admin} {
		h.ServeHTTP(httptest.NewRecorder(), newPreflight("/predict"))
		h.ServeHTTP(httptest.NewRecorder(), newPreflight("/nowhere"))
		for _, path := range []string{"/debug", "/debug/pprof", "/debug/pprof/cmdline", "/debug/pprof/none", "/debug/none"} {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, path, nil))
		}
	}
	if after := len(c.requestSeries(t)); after != before {
		t.Errorf("%d series of requests became %d: %v", before, after, c.requestSeries(t))
	}
	recorder := httptest.NewRecorder()
	c.admin.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	series := strings.Count(recorder.Body.String(), "\n") - strings.Count(recorder.Body.String(), "\n#") - 1
	t.Logf("%d series", series)
	if series < 400 || series > 492 { // internal/lifecycle has seven more
		t.Errorf("%d series", series)
	}
}
