package client

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"digits/internal/classify"
	"digits/internal/httpapi"
	"digits/pkg/cnn"
	"digits/weights"
)

// serve returns a client of a server with the embedded weights, and a seven.
func serve(t *testing.T) (*Client, []byte) {
	t.Helper()
	m, err := cnn.Load(bytes.NewReader(weights.Default()))
	if err != nil {
		t.Fatal(err)
	}
	classifier, err := classify.New(m, classify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(httpapi.New(httpapi.Options{Classifier: classifier, Model: httpapi.Model{Version: "test"}, FeedbackWindow: 10}))
	t.Cleanup(server.Close)
	seven, err := os.ReadFile("../../api/examples/seven.png")
	if err != nil {
		t.Fatal(err)
	}
	return &Client{URL: server.URL}, seven
}

func TestPredictAndFeedback(t *testing.T) {
	c, seven := serve(t)
	p, err := c.Predict(t.Context(), seven)
	if err != nil || p.Digit != 7 || p.Confidence < 0.9 || p.Probabilities[7] != p.Confidence || !p.Accepted || len(p.Candidates) != 1 ||
		p.Image.Format != "png" || p.Image.Width != 28 || p.Image.Height != 28 {
		t.Fatalf("%+v, %v", p, err)
	}
	if err := c.Feedback(t.Context(), p.ID, 7); err != nil {
		t.Error(err)
	}
	var problem *Problem
	if err := c.Feedback(t.Context(), p.ID, 7); !errors.As(err, &problem) || problem.Status != 409 || problem.Type != "urn:digits:problem:feedback-given" {
		t.Errorf("twice: %v", err)
	}
}

func TestPredictAll(t *testing.T) {
	c, seven := serve(t)
	all, err := c.PredictAll(t.Context(), seven, []byte("text"), seven)
	if err != nil || len(all) != 3 || all[0].Digit != 7 || all[2].Digit != 7 || all[0].Problem != nil {
		t.Fatalf("%+v, %v", all, err)
	}
	if p := all[1].Problem; p == nil || p.Type != "urn:digits:problem:unsupported-media-type" || p.Status != 415 {
		t.Errorf("the text: %+v", p)
	}
	if err := c.Feedback(t.Context(), all[2].ID, 1); err != nil {
		t.Error(err)
	}
}

func TestProblemsAreErrors(t *testing.T) {
	c, _ := serve(t)
	c.Retries = 5
	var problem *Problem
	if _, err := c.Predict(t.Context(), []byte("text")); !errors.As(err, &problem) || problem.Status != 415 || problem.ID == "" || !strings.Contains(err.Error(), problem.Detail) {
		t.Errorf("error %v", err)
	}
}

// script is a server in a synctest bubble: it gives one reply after another.
type script struct {
	replies []func() *http.Response
	sent    []time.Time
	bodies  []string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	s.sent, s.bodies = append(s.sent, time.Now()), append(s.bodies, string(body))
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	next := s.replies[min(len(s.sent), len(s.replies))-1]()
	if next == nil {
		return nil, &net.OpError{Op: "read", Err: io.ErrUnexpectedEOF}
	}
	return next, nil
}

func answer(status int, retryAfter, body string) func() *http.Response {
	return func() *http.Response {
		h := http.Header{}
		if retryAfter != "" {
			h.Set("Retry-After", retryAfter)
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
	}
}

func TestRetries(t *testing.T) {
	busy, lost := answer(503, "3", `{"type":"urn:digits:problem:overloaded","status":503}`), func() *http.Response { return nil }
	seven := answer(200, "", `{"digit":7}`)
	for name, test := range map[string]struct {
		replies     []func() *http.Response
		retries     int
		tries       int
		least, most time.Duration // of the whole
		status      int           // of the problem; 0 for a prediction
	}{
		"at once":            {[]func() *http.Response{seven}, 3, 1, 0, 0, 0},
		"Retry-After":        {[]func() *http.Response{busy, seven}, 3, 2, 3 * time.Second, 3100 * time.Millisecond, 0},
		"none allowed":       {[]func() *http.Response{busy, seven}, 0, 1, 0, 0, 503},
		"too often":          {[]func() *http.Response{busy}, 2, 3, 6 * time.Second, 6300 * time.Millisecond, 503},
		"lost":               {[]func() *http.Response{lost, lost, seven}, 3, 3, 300 * time.Millisecond, 600 * time.Millisecond, 0},
		"a proxy's own page": {[]func() *http.Response{answer(502, "", "<html>"), seven}, 1, 2, 100 * time.Millisecond, 200 * time.Millisecond, 0},
		"a bad image":        {[]func() *http.Response{answer(422, "", `{"status":422}`), seven}, 3, 1, 0, 0, 422},
		"a date":             {[]func() *http.Response{answer(429, "Sat, 01 Jan 2000 00:00:10 GMT", ""), seven}, 3, 2, 10 * time.Second, 10100 * time.Millisecond, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &script{replies: test.replies}
				c := &Client{URL: "http://digits", HTTP: &http.Client{Transport: server}, Retries: test.retries}
				began := time.Now()
				p, err := c.Predict(t.Context(), []byte("image"))
				var problem *Problem
				switch {
				case test.status == 0 && (err != nil || p.Digit != 7):
					t.Errorf("%+v, %v", p, err)
				case test.status != 0 && (!errors.As(err, &problem) || problem.Status != test.status):
					t.Errorf("error %v", err)
				}
				if took := time.Since(began); len(server.sent) != test.tries || took < test.least || took > test.most {
					t.Errorf("%d tries in %v", len(server.sent), took)
				}
				for _, body := range server.bodies {
					if body != "image" {
						t.Errorf("the body was %q", body)
					}
				}
			})
		})
	}
}

// The context ends the waiting; what would come too late is not waited for.
func TestContextEndsTheRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &script{replies: []func() *http.Response{answer(503, "60", "")}}
		c := &Client{URL: "http://digits", HTTP: &http.Client{Transport: server}, Retries: 9}
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var problem *Problem
		if _, err := c.Predict(ctx, nil); !errors.As(err, &problem) || time.Since(began) > 0 {
			t.Errorf("a deadline: %v after %v", err, time.Since(began))
		}
		ctx, cancel = context.WithCancel(t.Context())
		go func() {
			time.Sleep(time.Second)
			cancel()
		}()
		if _, err := c.Predict(ctx, nil); err == nil || time.Since(began) != time.Second || len(server.sent) != 2 {
			t.Errorf("cancelled: %v after %v, %d tries", err, time.Since(began), len(server.sent))
		}
	})
}
