package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/httpapi"
)

func feedback(body string) *http.Request {
	return with(httptest.NewRequest(http.MethodPost, "/feedback", strings.NewReader(body)), "Content-Type", "application/json")
}

// predictions posts images in a form and returns their ids, or the request's.
func predictions(t testing.TB, h http.Handler, requestID string, images ...[]byte) []string {
	t.Helper()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, with(form(t, "image", images...), "X-Request-Id", requestID))
	var reply struct {
		ID          string
		Predictions []struct{ ID string }
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &reply); err != nil {
		t.Fatal(err)
	}
	if reply.Predictions == nil {
		return []string{reply.ID}
	}
	var ids []string
	for _, p := range reply.Predictions {
		ids = append(ids, p.ID)
	}
	return ids
}

func TestFeedbackIsCountedOncePerPrediction(t *testing.T) {
	registry := prometheus.NewRegistry()
	a := newAPIWith(t, httpapi.Options{Registry: registry, FeedbackWindow: 10})
	c, seven := loadContract(t), readFile(t, "seven.png")
	ids := append(predictions(t, a, "one", seven), predictions(t, a, "two", seven, seven)...)
	if want := []string{"one", "two-0", "two-1"}; fmt.Sprint(ids) != fmt.Sprint(want) {
		t.Fatalf("ids %v, want %v", ids, want)
	}
	for i, id := range ids {
		for _, want := range []int{204, 409} {
			if status, _ := c.send(t, a, feedback(fmt.Sprintf(`{"id": %q, "label": %d}`, id, 1+6*(i%2)))); status != want {
				t.Errorf("%s: %d, want %d", id, status, want)
			}
		}
	}
	series := families(t, registry)["digits_feedback_total"]
	for actual, want := range map[string]float64{"1": 2, "7": 1, "0": 0} {
		if got := metric(series, map[string]string{"predicted": "7", "actual": actual}).GetCounter().GetValue(); got != want {
			t.Errorf("a 7 that was a %s: %v, want %v", actual, got, want)
		}
	}
}

// The window holds the last predictions and no more; one that could not be read
// is none.
func TestFeedbackWindow(t *testing.T) {
	a := newAPIWith(t, httpapi.Options{FeedbackWindow: 3})
	c, seven := loadContract(t), readFile(t, "seven.png")
	for i := range 5 {
		predictions(t, a, fmt.Sprint("request-", i), seven)
	}
	predictions(t, a, "blank", seven, blank(t, 28, 28))
	for id, want := range map[string]int{"request-2": 404, "request-3": 204, "request-4": 204, "blank-0": 204, "blank-1": 404, "blank": 404, "other": 404} {
		if status, _ := c.send(t, a, feedback(fmt.Sprintf(`{"id": %q, "label": 7}`, id))); status != want {
			t.Errorf("%s: %d, want %d", id, status, want)
		}
	}
}

func TestFeedbackThatCannotBeRead(t *testing.T) {
	a, c := newAPIWith(t, httpapi.Options{FeedbackWindow: 3}), loadContract(t)
	predictions(t, a, "one", readFile(t, "seven.png"))
	for _, body := range []string{"", "null", "[]", "{}", `{"id": "one"}`, `{"label": 7}`, `{"id": "one", "label": 10}`, `{"id": "one", "label": -1}`,
		`{"id": "one", "label": 1.5}`, `{"id": "one", "label": "7"}`, `{"id": 1, "label": 7}`, `{"id": "one", "label": 7, "sure": true}`,
		`{"id": "one", "label": 7}{}`, `{"id": "one", "label": 7`, `{"id": "one", "label": null}`, `{"label": 7, "id": "` + strings.Repeat("x", 2000) + `"}`} {
		status, reply := c.send(t, a, feedback(body))
		if status != 400 || !bytes.Contains(reply, []byte("invalid-feedback")) {
			t.Errorf("%.40s: %d %s", body, status, reply)
		}
	}
	if status, _ := c.send(t, a, with(feedback(`{"id": "one", "label": 7}`), "Content-Encoding", "gzip")); status != 415 {
		t.Errorf("compressed: %d", status)
	}
	if status, _ := c.send(t, a, feedback(`{"id": "one", "label": 7}`)); status != 204 {
		t.Errorf("afterwards: %d", status)
	}
}

func TestFeedbackCanBeSwitchedOff(t *testing.T) {
	registry := prometheus.NewRegistry()
	a := newAPIWith(t, httpapi.Options{Registry: registry})
	predictions(t, a, "one", readFile(t, "seven.png"))
	recorder := httptest.NewRecorder()
	a.ServeHTTP(recorder, feedback(`{"id": "one", "label": 7}`))
	if slug := problemType(t, recorder.Result()); recorder.Code != 404 || slug != "not-found" {
		t.Errorf("%d %s", recorder.Code, slug)
	}
	if n := len(families(t, registry)["digits_feedback_total"].GetMetric()); n != 0 {
		t.Errorf("%d series", n)
	}
}
