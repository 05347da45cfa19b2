package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/classify"
	"digits/internal/httpapi"
)

// limited returns an API whose client, that of httptest, has sent what it may.
func limited(t testing.TB) http.Handler {
	a := newAPIWith(t, httpapi.Options{RateLimit: 0.01, RateBurst: 1})
	a.ServeHTTP(httptest.NewRecorder(), post("", nil))
	return a
}

// Each client may send a burst and then goes on at its rate, the next when
// Retry-After says and not before; another one is not hindered, and neither are
// probes. A /64 of IPv6 is one client.
func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewRegistry()
		a := httpapi.New(httpapi.Options{Classifier: reading(1), RateLimit: 0.5, RateBurst: 4, Registry: registry})
		send := func(client, path string) (int, string) {
			r := postTo(path, "", []byte("x"))
			r.RemoteAddr = client
			if path == "/livez" || path == "/metrics" {
				r.Method = http.MethodGet
			}
			recorder := httptest.NewRecorder()
			a.ServeHTTP(recorder, r)
			return recorder.Code, recorder.Header().Get("Retry-After")
		}
		expect := func(moment, client, path string, want int) {
			t.Helper()
			status, retry := send(client, path)
			if status != want || (retry == "2") != (want == 429) {
				t.Errorf("%s: %s at %s got %d, Retry-After %q; want %d", moment, client, path, status, retry, want)
			}
		}
		for range 4 {
			expect("burst", "192.0.2.1:1", "/predict", 200)
			expect("burst", "[2001:db8::1]:1", "/predict", 200)
		}
		for _, client := range []string{"192.0.2.1:1", "192.0.2.1:2", "[2001:db8::1]:1", "[2001:db8::2]:1"} {
			expect("more", client, "/predict", 429)
			expect("more", client, "/v1/models/digits:predict", 429)
			expect("probe", client, "/livez", 200)
			expect("probe", client, "/metrics", 200)
		}
		expect("another", "192.0.2.2:1", "/predict", 200)
		expect("another", "[2001:db8:0:1::1]:1", "/predict", 200)
		if got := metric(families(t, registry)["digits_requests_rejected_total"], map[string]string{"reason": "rate_limited"}).GetCounter().GetValue(); got != 8 {
			t.Errorf("%v are counted, want 8", got)
		}
		for range 3 {
			time.Sleep(2*time.Second - time.Millisecond)
			if status, retry := send("192.0.2.1:1", "/predict"); status != 429 || retry != "1" {
				t.Errorf("a millisecond too early: %d, Retry-After %q", status, retry)
			}
			time.Sleep(time.Millisecond)
			expect("in time", "192.0.2.1:1", "/predict", 200)
			expect("at once again", "192.0.2.1:1", "/predict", 429)
		}
		time.Sleep(time.Hour)
		for range 4 {
			expect("later", "192.0.2.1:1", "/predict", 200)
		}
		expect("later", "192.0.2.1:1", "/predict", 429)
	})
}

// waiting is a classifier that is full, with a queue that takes so long.
type waiting struct {
	httpapi.Classifier
	wait time.Duration
}

func (w waiting) Slots() int          { return 1 }
func (w waiting) Busy() int           { return 1 }
func (w waiting) Waiting() int        { return 1 }
func (w waiting) QueueCapacity() int  { return 1 }
func (w waiting) Wait() time.Duration { return w.wait }

// Who is refused is told when those before it are served.
func TestRetryAfterIsMeasured(t *testing.T) {
	for wait, want := range map[time.Duration]string{0: "1", 20 * time.Millisecond: "1", 1500 * time.Millisecond: "2", 7 * time.Second: "7", time.Hour: "30"} {
		a := httpapi.New(httpapi.Options{Classifier: waiting{failing(classify.ErrOverloaded), wait}})
		recorder := httptest.NewRecorder()
		a.ServeHTTP(recorder, post("", []byte("x")))
		if got := recorder.Header().Get("Retry-After"); recorder.Code != 503 || got != want {
			t.Errorf("a wait of %v: %d, Retry-After %q; want %q", wait, recorder.Code, got, want)
		}
	}
}
