package httpapi_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	"digits/internal/classify"
	"digits/internal/httpapi"
)

// families gathers the metrics of a registry by name.
func families(t *testing.T, registry *prometheus.Registry) map[string]*dto.MetricFamily {
	t.Helper()
	gathered, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]*dto.MetricFamily{}
	for _, family := range gathered {
		byName[family.GetName()] = family
	}
	return byName
}

// labels returns a metric's labels.
func labels(m *dto.Metric) map[string]string {
	all := map[string]string{}
	for _, pair := range m.GetLabel() {
		all[pair.GetName()] = pair.GetValue()
	}
	return all
}

// metric returns the family's metric with exactly those labels, or nil.
func metric(family *dto.MetricFamily, want map[string]string) *dto.Metric {
	for _, m := range family.GetMetric() {
		if maps.Equal(labels(m), want) {
			return m
		}
	}
	return nil
}

func TestMetricNamesFollowTheConventions(t *testing.T) {
	registry := prometheus.NewRegistry()
	httpapi.New(httpapi.Options{Classifier: panicking(), Registry: registry})
	problems, err := testutil.GatherAndLint(registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// The series exist before their first event.
func TestMetricSeriesExistFromTheStart(t *testing.T) {
	registry := prometheus.NewRegistry()
	a := newAPIWith(t, httpapi.Options{Registry: registry, FeedbackWindow: 10,
		Model: httpapi.Model{Version: "v", Digest: "d"}, Build: httpapi.Build{Version: "b", Kernel: "k"}})
	a.Admin(nil)
	for name, want := range map[string]int{
		"digits_http_request_duration_seconds": 18,
		"digits_http_requests_total":           86,
		"digits_http_requests_in_flight":       1,
		"digits_stage_duration_seconds":        6,
		"digits_predictions_total":             10,
		"digits_abstentions_total":             2,
		"digits_requests_rejected_total":       44,
		"digits_overloads_total":               5,
		"digits_requests_cancelled_total":      6,
		"digits_prediction_confidence":         1,
		"digits_input_flags_total":             6,
		"digits_input_drift_psi":               3,
		"digits_feedback_total":                100,
		"digits_slots":                         1,
		"digits_queue_depth":                   1,
		"digits_panics_total":                  1,
		"digits_body_memory_bytes":             1,
		"digits_build_info":                    1,
		"digits_model_info":                    1,
		"go_goroutines":                        1,
		"process_cpu_seconds_total":            1,
	} {
		if got := len(families(t, registry)[name].GetMetric()); got != want {
			t.Errorf("%s has %d series, want %d", name, got, want)
		}
	}
	for name, want := range map[string]map[string]string{
		"digits_model_info": {"name": "digits", "version": "v", "digest": "d"},
		"digits_build_info": {"version": "b", "go_version": runtime.Version(), "kernel": "k"},
	} {
		if metric(families(t, registry)[name], want) == nil {
			t.Errorf("%s is not %v", name, want)
		}
	}
}

// All durations have native buckets. Classic ones are series of their own: the
// requests that the objective is on have them, and in fewer the stages.
func TestBucketsBeginAtATenthOfAMillisecond(t *testing.T) {
	registry := prometheus.NewRegistry()
	httpapi.New(httpapi.Options{Classifier: panicking(), Registry: registry, FeedbackWindow: 10})
	for name, classic := range map[string]func(labels map[string]string) (count int, last float64){
		"digits_stage_duration_seconds": func(map[string]string) (int, float64) { return 8, 1.6384 },
		"digits_http_request_duration_seconds": func(labels map[string]string) (int, float64) {
			if labels["method"] == "POST" && labels["code"] == "2xx" {
				return 13, 5
			}
			return 0, 0
		},
	} {
		for _, m := range families(t, registry)[name].GetMetric() {
			h := m.GetHistogram()
			n, last := classic(labels(m))
			if b := h.GetBucket(); len(b) != n || n > 0 && (b[0].GetUpperBound() != 0.0001 || b[n-1].GetUpperBound() != last) {
				t.Errorf("%s%v: %d buckets: %v", name, labels(m), len(b), b)
			}
			if h.Schema == nil {
				t.Errorf("%s%v is no native histogram", name, labels(m))
			}
		}
	}
}

// A refusal that takes no time does not make the answers look fast. What
// balancers and browsers ask for, and what there is not, is not timed.
func TestDurationsAreMeasuredByClassOfStatus(t *testing.T) {
	registry := prometheus.NewRegistry()
	a := newAPIWith(t, httpapi.Options{Registry: registry, FeedbackWindow: 10, Model: httpapi.Model{Version: "test", Pages: pages(t)}})
	admin := a.Admin(func(context.Context) (httpapi.Model, error) { return httpapi.Model{}, nil })
	a.ServeHTTP(httptest.NewRecorder(), with(post("image/png", readFile(t, "seven.png")), "X-Request-Id", "known"))
	a.ServeHTTP(httptest.NewRecorder(), post("image/png", []byte("text")))
	a.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/predict", bug{}))
	a.ServeHTTP(httptest.NewRecorder(), feedback(`{"id": "known", "label": 7}`))
	admin.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/-/reload", nil))
	for _, path := range []string{"/openapi.yaml", "/v2", "/v2/models/digits", "/v2/models/digits/versions/test", "/v2/models/digits/versions/none", "/predict",
		"/livez", "/readyz", "/metrics", "/v2/health/live", "/v2/models/digits/ready", "/", "/status", "/assets/0/style.css", "/nowhere"} {
		a.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	got := map[string]uint64{}
	for _, m := range families(t, registry)["digits_http_request_duration_seconds"].GetMetric() {
		if n, l := m.GetHistogram().GetSampleCount(), labels(m); n > 0 {
			got[l["method"]+" "+l["route"]+" "+l["code"]] = n
		}
	}
	want := map[string]uint64{"POST /predict 2xx": 1, "POST /predict 4xx": 1, "POST /predict 5xx": 1, "POST /feedback 2xx": 1,
		"GET /openapi.yaml 2xx": 1, "GET /v2 2xx": 1, "GET /v2/models/digits 2xx": 2}
	if !maps.Equal(got, want) {
		t.Errorf("timed: %v, want %v", got, want)
	}
}

// Requests are counted under their route; nothing that a client invents
// becomes a label.
func TestRequestsAreCounted(t *testing.T) {
	registry := prometheus.NewRegistry()
	a := newAPIWith(t, httpapi.Options{Registry: registry})
	seven := readFile(t, "seven.png")
	for range 2 {
		a.ServeHTTP(httptest.NewRecorder(), post("image/png", seven))
	}
	a.ServeHTTP(httptest.NewRecorder(), form(t, "image", seven, blank(t, 28, 28)))
	a.ServeHTTP(httptest.NewRecorder(), post("image/png", []byte("text")))
	a.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("INVENTED", "/predict", nil))
	for _, path := range []string{"/a", "/b", "/c"} {
		a.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("INVENTED", path, nil))
		a.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}

	all := families(t, registry)
	requests := all["digits_http_requests_total"]
	for _, want := range []struct {
		route, method, code string
		count               float64
	}{
		{"/predict", "POST", "200", 3},
		{"/predict", "POST", "415", 1},
		{"/predict", "other", "405", 1},
		{"unmatched", "other", "404", 6},
	} {
		m := metric(requests, map[string]string{"route": want.route, "method": want.method, "code": want.code})
		if got := m.GetCounter().GetValue(); got != want.count {
			t.Errorf("%+v: %v", want, got)
		}
	}
	for _, want := range []struct {
		family, label, value string
		count                float64
	}{
		{"digits_predictions_total", "digit", "7", 3},
		{"digits_requests_rejected_total", "reason", "no_ink", 1},
		{"digits_requests_rejected_total", "reason", "unsupported_media_type", 1},
		{"digits_requests_rejected_total", "reason", "not_found", 6},
	} {
		if got := metric(all[want.family], map[string]string{want.label: want.value}).GetCounter().GetValue(); got != want.count {
			t.Errorf("%+v: %v", want, got)
		}
	}
	for stage, want := range map[string]uint64{"read": 4, "queue": 3, "decode": 3, "prepare": 3, "infer": 3, "encode": 3} {
		m := metric(all["digits_stage_duration_seconds"], map[string]string{"stage": stage})
		if got := m.GetHistogram().GetSampleCount(); got != want {
			t.Errorf("stage %s: %d, want %d", stage, got, want)
		}
	}
	if got := all["digits_http_requests_in_flight"].GetMetric()[0].GetGauge().GetValue(); got != 0 {
		t.Errorf("in flight: %v", got)
	}
}

func TestMetricsAreServedAsOpenMetricsToo(t *testing.T) {
	server := serve(t, newAPI(t), nil)
	request, err := http.NewRequest(http.MethodGet, server.URL+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/openmetrics-text; version=1.0.0")
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil || !strings.HasSuffix(string(body), "# EOF\n") {
		t.Errorf("%v, %v: %.100s", reply.Header, err, body)
	}
}

// The flags that are counted are those that the document describes.
func TestFlagsOfTheDocumentAreCounted(t *testing.T) {
	registry := prometheus.NewRegistry()
	httpapi.New(httpapi.Options{Classifier: panicking(), Registry: registry})
	described := loadContract(t).document.Components.Schemas["Image"].Value.Properties["flags"].Value.Items.Value.Enum
	counted := families(t, registry)["digits_input_flags_total"]
	for _, flag := range described {
		if metric(counted, map[string]string{"flag": flag.(string)}) == nil {
			t.Errorf("%s is not counted", flag)
		}
	}
	if len(counted.GetMetric()) != len(described) {
		t.Errorf("%d flags are counted, %d described", len(counted.GetMetric()), len(described))
	}
}

// serveRecorded serves a request, and reports whether the reply was cut off, as
// for a client that has left.
func serveRecorded(h http.Handler, r *http.Request) (aborted bool) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			aborted = true
		} else if p != nil {
			panic(p)
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), r)
	return false
}

// Work that ends because nobody waits is counted by its last stage.
func TestCancellationsAreCountedByStage(t *testing.T) {
	for stage, test := range map[string]struct {
		classifier httpapi.Classifier
		request    *http.Request
	}{
		"read":    {panicking(), httptest.NewRequest(http.MethodPost, "/predict", brokenOff{os.ErrDeadlineExceeded})},
		"queue":   {failing(&classify.StageError{Stage: "queue", Err: context.DeadlineExceeded}), post("", []byte("x"))},
		"decode":  {failing(&classify.StageError{Stage: "decode", Err: context.Canceled}), post("", []byte("x"))},
		"prepare": {failing(&classify.StageError{Stage: "prepare", Err: context.Canceled}), form(t, "image", []byte("x"), []byte("y"))},
	} {
		registry := prometheus.NewRegistry()
		aborted := serveRecorded(httpapi.New(httpapi.Options{Classifier: test.classifier, Registry: registry}), test.request)
		if left := stage == "decode" || stage == "prepare"; aborted != left {
			t.Errorf("%s: the reply was cut off: %v", stage, aborted)
		}
		for _, m := range families(t, registry)["digits_requests_cancelled_total"].GetMetric() {
			if got, want := m.GetCounter().GetValue(), labels(m)["stage"] == stage; got != 0 != want {
				t.Errorf("%s: %v", stage, m)
			}
		}
	}
}
