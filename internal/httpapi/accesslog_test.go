package httpapi_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/httpapi"
)

func TestAccessLogHasTheStagesAndTheTrace(t *testing.T) {
	var log bytes.Buffer
	registry := prometheus.NewRegistry()
	a := newAPIWith(t, httpapi.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil)), Registry: registry})
	r := with(post("image/png", readFile(t, "seven.png")), "Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	recorder := httptest.NewRecorder()
	a.ServeHTTP(recorder, r)
	line := logLines(t, &log)[0]
	for _, stage := range []string{"read", "queue", "decode", "prepare", "infer", "encode"} {
		if d, ok := line[stage].(float64); !ok || d <= 0 {
			t.Errorf("%s took %v", stage, line[stage])
		}
	}
	span := fmt.Sprint(line["span"])
	if line["trace"] != "4bf92f3577b34da6a3ce929d0e0e4736" || recorder.Header().Get("Traceresponse") != "00-4bf92f3577b34da6a3ce929d0e0e4736-"+span+"-01" {
		t.Errorf("trace %v, span %v, response %q", line["trace"], span, recorder.Header().Get("Traceresponse"))
	}
	request := metric(families(t, registry)["digits_http_request_duration_seconds"], map[string]string{"route": "/predict", "method": "POST", "code": "2xx"})
	var exemplars []string
	for _, bucket := range request.GetHistogram().GetBucket() {
		for _, label := range bucket.GetExemplar().GetLabel() {
			exemplars = append(exemplars, label.GetName()+"="+label.GetValue())
		}
	}
	if fmt.Sprint(exemplars) != "[trace_id=4bf92f3577b34da6a3ce929d0e0e4736]" {
		t.Errorf("exemplars %v", exemplars)
	}
	if strings.Contains(log.String(), "iVBOR") || strings.Contains(log.String(), "IHDR") {
		t.Error("the log has something of the image")
	}
}

// No error quotes the request, in which images are, and none can fill the log.
func TestLogDoesNotQuoteTheRequest(t *testing.T) {
	const secret = "\x89PNG-secret"
	number := strings.Repeat("1", 100_000)
	for name, r := range map[string]*http.Request{
		"an image where a part's header should be": post("multipart/form-data; boundary=x", []byte("--x\r\n"+secret+number)),
		"an image where a part's header ends":      post("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=image\r\n\r\n"+secret)),
		"base64 that is none":                      post("application/json", []byte(`{"image":"`+secret+number+`"}`)),
		"a field that there is not":                post("application/json", []byte(`{"`+secret+number+`":1}`)),
		"a size of many digits":                    postTo("/v2/models/digits/infer", "", []byte(`{"inputs":[{"name":"image","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":`+number+`}}]}`)),
		"a name that is a number":                  postTo("/v2/models/digits/infer", "", []byte(`{"id":`+number+`}`)),
		"feedback on nothing":                      feedback(`{"` + secret + `": "1"}`),
		"a parameter":                              postTo("/predict?explain=%zz"+number, "", []byte("x")),
	} {
		var log bytes.Buffer
		a := newAPIWith(t, httpapi.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil)), FeedbackWindow: 1})
		a.ServeHTTP(httptest.NewRecorder(), r)
		if log.Len() == 0 || log.Len() > 1000 || strings.Contains(log.String(), "secret") {
			t.Errorf("%s: %d bytes in the log, %.500s", name, log.Len(), log.String())
		}
	}
}

// Every request has a line but those that come by the dozen and tell nothing;
// these have one when they fail, or for who looks closely.
func TestRequestsThatAreLogged(t *testing.T) {
	const always, failing, never = "always", "failing", "never"
	for _, test := range []struct{ method, path, logged string }{
		{"POST", "/predict", always},
		{"GET", "/openapi.yaml", always},
		{"HEAD", "/openapi.yaml", always},
		{"GET", "/v2", always},
		{"GET", "/v2/models", always},
		{"GET", "/v2/models/digits", always},
		{"GET", "/v1/models/digits", always},
		{"GET", "/", always},
		{"GET", "/docs", always},
		{"GET", "/status", always},
		{"GET", "/nowhere", always},
		{"GET", "/assets/0/none.js", always},
		{"PUT", "/livez", always},
		{"POST", "/-/reload", always},
		{"GET", "/debug/pprof/cmdline", always},
		{"GET", "/readyz", failing},
		{"GET", "/v2/health/ready", failing},
		{"GET", "/v2/models/digits/ready", failing},
		{"GET", "/v2/models/digits/versions/test/ready", failing},
		{"GET", "/livez", never},
		{"HEAD", "/livez", never},
		{"GET", "/healthz", never},
		{"GET", "/metrics", never},
		{"GET", "/v2/health/live", never},
		{"GET", "/assets/0/style.css", never},
	} {
		for _, ready := range []bool{true, false} {
			for _, level := range []slog.Level{slog.LevelInfo, slog.LevelDebug} {
				want := test.logged == always || test.logged == failing && !ready || level == slog.LevelDebug
				if got := isLogged(t, test.method, test.path, ready, level); got != want {
					t.Errorf("%s %s, ready %v, %v: logged %v", test.method, test.path, ready, level, got)
				}
			}
		}
	}
}

// isLogged reports whether a request to the listener that has the path is logged
// at the level.
func isLogged(t *testing.T, method, path string, ready bool, level slog.Level) bool {
	var log bytes.Buffer
	a := httpapi.New(httpapi.Options{Classifier: reading(1), Model: httpapi.Model{Version: "test", Pages: pages(t)},
		Logger: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: level}))})
	a.SetReady(ready)
	var h http.Handler = a
	if admin := a.Admin(func(context.Context) (httpapi.Model, error) { return httpapi.Model{}, nil }); strings.HasPrefix(path, "/-/") || strings.HasPrefix(path, "/debug/") {
		h = admin
	}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, nil))
	return len(logLines(t, &log)) == 1
}

// An even share of the successes is logged, and every failure.
func TestLogSample(t *testing.T) {
	for share, want := range map[float64]int{0: 40, 1: 40, 0.25: 10, 0.1: 4} {
		var log bytes.Buffer
		a := newAPIWith(t, httpapi.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil)), LogSample: share})
		seven := readFile(t, "seven.png")
		for range 40 {
			a.ServeHTTP(httptest.NewRecorder(), post("image/png", seven))
		}
		for range 5 {
			a.ServeHTTP(httptest.NewRecorder(), post("image/png", nil))
			a.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/livez", nil)) // below the level, and not counted
		}
		logged := map[any]int{}
		for _, line := range logLines(t, &log) {
			logged[line["status"]]++
		}
		if logged[200.0] != want || logged[400.0] != 5 {
			t.Errorf("share %v: %v", share, logged)
		}
	}
}

// X-Forwarded-For is believed from trusted proxies only, and from the right.
func TestClientAddress(t *testing.T) {
	for _, test := range []struct {
		trusted         []string
		peer, forwarded string
		want            string
	}{
		{nil, "192.0.2.1:1234", "", "192.0.2.1"},
		{nil, "192.0.2.1:1234", "198.51.100.9", "192.0.2.1"},
		{nil, "[2001:db8::1]:1234", "", "2001:db8::1"},
		{nil, "@", "", "unknown"},
		{[]string{"10.0.0.0/8"}, "192.0.2.1:1234", "198.51.100.9", "192.0.2.1"},
		{[]string{"10.0.0.0/8"}, "10.1.2.3:1234", "198.51.100.9", "198.51.100.9"},
		{[]string{"10.0.0.0/8"}, "10.1.2.3:1234", "203.0.113.5, 198.51.100.9, 10.9.9.9", "198.51.100.9"},
		{[]string{"10.0.0.0/8"}, "10.1.2.3:1234", "198.51.100.9, <script>", "10.1.2.3"},
		{[]string{"10.0.0.0/8"}, "10.1.2.3:1234", "", "10.1.2.3"},
		{[]string{"10.0.0.0/8"}, "10.1.2.3:1234", "10.9.9.9", "10.1.2.3"},
		{[]string{"10.0.0.0/8"}, "@", "", "unknown"},
		{[]string{"10.0.0.0/8", "2001:db8::/32"}, "[2001:db8::1]:1234", "198.51.100.9", "198.51.100.9"},
	} {
		var log bytes.Buffer
		a := httpapi.New(httpapi.Options{Classifier: panicking(), TrustedProxies: test.trusted, Logger: slog.New(slog.NewJSONHandler(&log, nil))})
		r := httptest.NewRequest(http.MethodGet, "/nowhere", nil)
		r.RemoteAddr = test.peer
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-For", test.forwarded)
		}
		a.ServeHTTP(httptest.NewRecorder(), r)
		if got := logLines(t, &log)[0]["client"]; got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}
