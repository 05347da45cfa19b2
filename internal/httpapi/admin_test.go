package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"digits/internal/httpapi"
)

func status(h http.Handler, method, path string) int {
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, httptest.NewRequest(method, path, nil))
	return recorder.Code
}

// What is for those who run the service is on its own listener, and nowhere
// else.
func TestAdminListener(t *testing.T) {
	a := httpapi.New(httpapi.Options{Classifier: panicking(), AdminListener: true, Model: httpapi.Model{Pages: pages(t), AdminPages: pages(t)}})
	reloads := 0
	admin := a.Admin(func(context.Context) (httpapi.Model, error) {
		reloads++
		return httpapi.Model{Version: "new"}, nil
	})
	a.SetReady(true)
	for _, route := range []struct {
		method, path  string
		admin, public int
	}{
		{"GET", "/metrics", 200, 404},
		{"POST", "/-/reload", 200, 404},
		{"GET", "/debug/pprof/", 200, 404},
		{"GET", "/debug/pprof/heap", 200, 404},
		{"GET", "/livez", 200, 200},
		{"GET", "/healthz", 200, 200},
		{"GET", "/readyz", 200, 200},
		{"GET", "/status", 200, 200},
		{"GET", "/assets/0/status.js", 200, 200},
		{"GET", "/assets/0/none.js", 404, 404},
		{"GET", "/", 404, 200},
		{"GET", "/docs", 404, 200},
		{"GET", "/-/reload", 405, 404},
		{"POST", "/predict", 404, 400},
		{"GET", "/nowhere", 404, 404},
	} {
		if got := status(admin, route.method, route.path); got != route.admin {
			t.Errorf("admin: %s %s is %d, want %d", route.method, route.path, got, route.admin)
		}
		if got := status(a, route.method, route.path); got != route.public {
			t.Errorf("public: %s %s is %d, want %d", route.method, route.path, got, route.public)
		}
	}
	if reloads != 1 {
		t.Errorf("%d reloads", reloads)
	}
	a.Drain()
	if got := status(admin, "GET", "/readyz"); got != 503 {
		t.Errorf("draining: readyz is %d", got)
	}
}

// The operators' pages keep the headers of the public ones.
func TestAdminPagesAreGuarded(t *testing.T) {
	a := httpapi.New(httpapi.Options{Classifier: panicking(), AdminListener: true, Model: httpapi.Model{Pages: pages(t), AdminPages: pages(t)}})
	admin := a.Admin(nil)
	for _, path := range []string{"/status", "/assets/0/status.js"} {
		var headers [2]http.Header
		for i, h := range []http.Handler{a, admin} {
			recorder := httptest.NewRecorder()
			h.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
			headers[i] = recorder.Header()
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options"} {
			if public, got := headers[0].Get(name), headers[1].Get(name); got == "" || got != public {
				t.Errorf("%s: %s is %q, on the public listener %q", path, name, got, public)
			}
		}
	}
}

func TestReloadIsAnswered(t *testing.T) {
	c := loadContract(t)
	a := newAPI(t)
	for _, test := range []struct {
		err    error
		status int
		says   string
	}{
		{nil, 200, `"model":{"name":"digits","version":"new"}`},
		{errors.New("w.safetensors: damaged"), 500, "w.safetensors: damaged"},
		{context.Canceled, 500, "context canceled"},
	} {
		admin := a.Admin(func(context.Context) (httpapi.Model, error) { return httpapi.Model{Version: "new"}, test.err })
		got, body := c.send(t, admin, httptest.NewRequest(http.MethodPost, "/-/reload", nil))
		if got != test.status || !strings.Contains(string(body), test.says) {
			t.Errorf("%v: %d %s", test.err, got, body)
		}
	}
}

// Who hangs up does not keep the model from being reloaded.
func TestReloadGoesOnWithoutItsClient(t *testing.T) {
	admin := newAPI(t).Admin(func(ctx context.Context) (httpapi.Model, error) { return httpapi.Model{Version: "new"}, ctx.Err() })
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	recorder := httptest.NewRecorder()
	admin.ServeHTTP(recorder, httptest.NewRequestWithContext(gone, http.MethodPost, "/-/reload", nil))
	if recorder.Code != 200 {
		t.Errorf("%d %s", recorder.Code, recorder.Body)
	}
}
