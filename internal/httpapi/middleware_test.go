package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/classify"
	"digits/internal/httpapi"
	"digits/pkg/imageprep"
)

// logLines returns what a JSON logger wrote, line by line.
func logLines(t *testing.T, log *bytes.Buffer) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for text := range strings.Lines(log.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestRequestIDs(t *testing.T) {
	a := newAPI(t)
	made := map[string]bool{}
	for _, test := range []struct{ sent, want string }{
		{"", ""}, {"", ""}, {"a-B.7_x", "a-B.7_x"}, {strings.Repeat("x", 64), strings.Repeat("x", 64)},
		{strings.Repeat("x", 65), ""}, {"two words", ""}, {"line\nbreak", ""}, {"<b>", ""}, {"ä", ""}, {"a@b", ""}, {"[", ""}, {"`", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/livez", nil)
		r.Header["X-Request-Id"] = []string{test.sent}
		recorder := httptest.NewRecorder()
		a.ServeHTTP(recorder, r)
		got := recorder.Header().Get("X-Request-Id")
		switch {
		case test.want != "" && got != test.want:
			t.Errorf("%q became %q", test.sent, got)
		case test.want == "" && (len(got) < 16 || got == test.sent || made[got]):
			t.Errorf("%q gave %q, which is not a new id", test.sent, got)
		}
		made[got] = true
	}
}

func TestAccessLog(t *testing.T) {
	var log bytes.Buffer
	a := newAPIWith(t, httpapi.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
	r := post("image/png", readFile(t, "seven.png"))
	r.Header.Set("X-Request-Id", "seven")
	a.ServeHTTP(httptest.NewRecorder(), r)
	a.ServeHTTP(httptest.NewRecorder(), form(t, "image", readFile(t, "seven.png"), nil))
	a.ServeHTTP(httptest.NewRecorder(), post("image/png", blank(t, 28, 28)))
	a.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/livez", nil)) // below the level
	lines := logLines(t, &log)
	if len(lines) != 3 {
		t.Fatalf("%d lines: %s", len(lines), &log)
	}
	for i, want := range []map[string]any{
		{"id": "seven", "method": "POST", "route": "/predict", "status": 200.0, "digit": 7.0, "images": 1.0, "level": "INFO"},
		{"status": 200.0, "images": 2.0, "digit": nil},
		{"status": 422.0, "problem": "no-ink", "digit": nil, "level": "INFO"},
	} {
		for key, value := range want {
			if lines[i][key] != value {
				t.Errorf("line %d: %s is %v, want %v", i, key, lines[i][key], value)
			}
		}
	}
	if confidence, ok := lines[0]["confidence"].(float64); !ok || confidence < 0.5 || confidence > 1 {
		t.Errorf("confidence %v", lines[0]["confidence"])
	}
	for _, key := range []string{"bytes", "duration"} {
		if n, ok := lines[0][key].(float64); !ok || n <= 0 {
			t.Errorf("%s is %v", key, lines[0][key])
		}
	}
}

// A bug is a problem for one client, a line in the log and a counter; the
// service goes on.
func TestPanicsAreContained(t *testing.T) {
	for name, classifier := range map[string]httpapi.Classifier{
		"in the handler": panicking(),
		"in a stage":     failing(fmt.Errorf("%w: a bug", classify.ErrPanic)),
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			registry := prometheus.NewRegistry()
			a := httpapi.New(httpapi.Options{Classifier: classifier, Registry: registry, Logger: slog.New(slog.NewJSONHandler(&log, nil))})
			server := serve(t, a, nil)
			for range 2 {
				reply, err := http.Post(server.URL+"/predict", "", bytes.NewReader([]byte("x")))
				if err != nil {
					t.Fatal(err)
				}
				if slug := problemType(t, reply); reply.StatusCode != 500 || slug != "internal" {
					t.Errorf("%d %s", reply.StatusCode, slug)
				}
				reply.Body.Close()
			}
			server.Close() // ends the handlers, and with them the log
			lines := logLines(t, &log)
			if len(lines) != 2 || lines[0]["level"] != "ERROR" || !strings.Contains(fmt.Sprint(lines[0]["cause"]), "a bug") {
				t.Errorf("log: %s", &log)
			}
			if got := families(t, registry)["digits_panics_total"].GetMetric()[0].GetCounter().GetValue(); got != 2 {
				t.Errorf("digits_panics_total is %v", got)
			}
		})
	}
}

// A decoder's bug is counted and logged, though the client gets what belongs to
// a damaged image, alone or among others.
func TestPanicsOfDecodersAreCounted(t *testing.T) {
	var log bytes.Buffer
	registry := prometheus.NewRegistry()
	bug := fmt.Errorf("%w: %w: a bug", imageprep.ErrMalformed, imageprep.ErrPanic)
	a := httpapi.New(httpapi.Options{Classifier: failing(bug), Registry: registry, Logger: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelError}))})
	one, two := httptest.NewRecorder(), httptest.NewRecorder()
	a.ServeHTTP(one, post("", []byte("x")))
	a.ServeHTTP(two, form(t, "image", []byte("x"), []byte("y")))
	if one.Code != 400 || two.Code != 200 || strings.Count(two.Body.String(), "malformed-image") != 2 {
		t.Errorf("%d, %d %s", one.Code, two.Code, two.Body)
	}
	if got := families(t, registry)["digits_panics_total"].GetMetric()[0].GetCounter().GetValue(); got != 3 {
		t.Errorf("digits_panics_total is %v", got)
	}
	if lines := logLines(t, &log); len(lines) != 3 || !strings.Contains(fmt.Sprint(lines[2]["error"]), "a bug") {
		t.Errorf("log: %s", &log)
	}
}

func TestSecurityHeaders(t *testing.T) {
	a := newAPI(t)
	for _, path := range []string{"/livez", "/nowhere", "/openapi.yaml"} {
		recorder := httptest.NewRecorder()
		a.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		for header, want := range map[string]string{
			"X-Content-Type-Options":      "nosniff",
			"Content-Security-Policy":     "default-src 'none'; frame-ancestors 'none'",
			"Access-Control-Allow-Origin": "",
		} {
			if got := recorder.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", path, header, got, want)
			}
		}
	}
}

func TestAllowListsTheMethods(t *testing.T) {
	a := newAPI(t)
	for path, want := range map[string]string{"/predict": "POST", "/livez": "GET, HEAD", "/metrics": "GET, HEAD"} {
		recorder := httptest.NewRecorder()
		a.ServeHTTP(recorder, httptest.NewRequest(http.MethodPatch, path, nil))
		if got := recorder.Header().Get("Allow"); recorder.Code != 405 || got != want {
			t.Errorf("%s: %d, Allow %q, want %q", path, recorder.Code, got, want)
		}
	}
}

func TestReadiness(t *testing.T) {
	a := httpapi.New(httpapi.Options{Classifier: panicking()})
	check := func(moment, path string, status int, close bool) {
		t.Helper()
		recorder := httptest.NewRecorder()
		a.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		if got := recorder.Header().Get("Connection") == "close"; recorder.Code != status || got != close {
			t.Errorf("%s: %s is %d, close %v", moment, path, recorder.Code, got)
		}
		if retry := recorder.Header().Get("Retry-After"); (retry != "") != (status == 503) {
			t.Errorf("%s: %s has Retry-After %q", moment, path, retry)
		}
	}
	check("at first", "/readyz", 503, false)
	check("at first", "/livez", 200, false)
	a.SetReady(true)
	check("ready", "/readyz", 200, false)
	a.Drain()
	check("draining", "/readyz", 503, true)
	check("draining", "/livez", 200, true)
	check("draining", "/healthz", 200, true)
}

func TestRequestTimeout(t *testing.T) {
	a := httpapi.New(httpapi.Options{Classifier: slow(make(chan struct{}, 1)), RequestTimeout: time.Millisecond})
	recorder := httptest.NewRecorder()
	a.ServeHTTP(recorder, post("", []byte("x")))
	if slug := problemType(t, recorder.Result()); recorder.Code != 504 || slug != "deadline-exceeded" {
		t.Errorf("%d %s", recorder.Code, slug)
	}
}

// A client that leaves ends its work; only the log and the metrics hear of it.
func TestClientsThatLeave(t *testing.T) {
	registry := prometheus.NewRegistry()
	began := make(chan struct{})
	a := httpapi.New(httpapi.Options{Classifier: slow(began), Registry: registry, RequestTimeout: time.Hour})
	server := serve(t, a, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-began
		cancel()
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/predict", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := http.DefaultClient.Do(request); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	server.Close() // waits for the handler
	want := map[string]string{"route": "/predict", "method": "POST", "code": "499"}
	if got := metric(families(t, registry)["digits_http_requests_total"], want).GetCounter().GetValue(); got != 1 {
		t.Errorf("%v is %v", want, got)
	}
}

// A client that closes its side of the connection while it waits gets its answer or
// none, but no status that is for the log only.
func TestHalfClosedConnections(t *testing.T) {
	began := make(chan struct{}, 1)
	server := serve(t, httpapi.New(httpapi.Options{Classifier: slow(began)}), nil)
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprint(connection, "POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Length: 1\r\n\r\nx")
	<-began
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(connection); err != nil || len(got) > 0 {
		t.Errorf("%q, %v", got, err)
	}
}

// One of several images that the service cannot read for its own reasons fails
// the whole request.
func TestServiceFailuresFailTheWholeRequest(t *testing.T) {
	a := httpapi.New(httpapi.Options{Classifier: failing(classify.ErrOverloaded)})
	recorder := httptest.NewRecorder()
	a.ServeHTTP(recorder, form(t, "image", []byte("x"), []byte("y")))
	if slug := problemType(t, recorder.Result()); recorder.Code != 503 || slug != "overloaded" {
		t.Errorf("%d %s", recorder.Code, slug)
	}
}
