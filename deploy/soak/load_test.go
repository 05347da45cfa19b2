package main

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Every request that is due is sent and counted once, and every failure is seen.
func TestLoadCounts(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/metrics" {
			_, _ = w.Write([]byte("# HELP go_goroutines x\ngo_goroutines 7\nprocess_resident_memory_bytes 2e+07\nprocess_cpu_seconds_total 1.5\n"))
			return
		}
		switch asked.Add(1) % 8 {
		case 0:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 4:
			w.WriteHeader(http.StatusGatewayTimeout)
		}
	}))
	defer server.Close()
	c := config{duration: 400 * time.Millisecond, interval: 200 * time.Millisecond, rate: 100, out: t.TempDir()}
	points, err := load(context.Background(), c, server.URL, []string{server.URL, server.URL}, []byte("image"))
	if err != nil || len(points) != 2 {
		t.Fatalf("%d points, %v", len(points), err)
	}
	answered, refused, failed := 0, 0, 0
	for _, p := range points {
		answered, refused, failed = answered+len(p.latencies), refused+p.refused, failed+p.failed
		if p.memory != 2e7 || p.goroutines != 7 || p.processorTime != 3 {
			t.Errorf("scraped %v, %v, %v", p.memory, p.goroutines, p.processorTime)
		}
	}
	if answered != 30 || refused != 5 || failed != 5 || asked.Load() != 40 {
		t.Errorf("%d answered, %d refused, %d failed, %d asked", answered, refused, failed, asked.Load())
	}
	if err := failure(points, "DIR"); !errors.Is(err, errFailed) || !strings.Contains(err.Error(), "the answer is 504 Gateway Timeout; see DIR") {
		t.Errorf("error %v", err)
	}
	if text := summary(c, points); !strings.HasPrefix(text, "40 requests at 100 a second in 400ms: 5 refused, 5 failed; ") {
		t.Error(text)
	}
}

// A stall is in the latency of all that it held up, not of one request.
func TestStallIsSeenByAll(t *testing.T) {
	begin := time.Now()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Until(begin.Add(400 * time.Millisecond)))
	}))
	defer server.Close()
	c := config{duration: 200 * time.Millisecond, interval: 100 * time.Millisecond, rate: 100}
	points, err := load(context.Background(), c, server.URL, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := points[0].quantile(0); len(points[0].latencies) != 10 || got < 200*time.Millisecond {
		t.Errorf("%d answers, the fastest within %v", len(points[0].latencies), got)
	}
}

func TestQuantile(t *testing.T) {
	p := point{latencies: []time.Duration{1, 2, 3, 4}}
	for share, want := range map[float64]time.Duration{0: 1, 0.5: 3, 0.99: 4, 1: 4} {
		if got := p.quantile(share); got != want {
			t.Errorf("%v: %v, want %v", share, got, want)
		}
	}
	if (point{}).quantile(0.5) != 0 {
		t.Error("a quantile of nothing is not 0")
	}
}

// A program that has ended is not waited for.
func TestProgramThatEnds(t *testing.T) {
	running, stop, err := start(t.Context(), exec.Command("false"))
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if err := awaitReady(running, "http://127.0.0.1:1/readyz"); err == nil || !strings.Contains(err.Error(), "false has ended: exit status 1") {
		t.Errorf("error %v", err)
	}
}

// What would load the machine without end, or give no report, is refused.
func TestFlagsAreChecked(t *testing.T) {
	good := config{rate: 200, duration: 10 * time.Minute, interval: 5 * time.Second}
	if err := good.check(nil); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(c *config){
		"--rate is 0;":     func(c *config) { c.rate = 0 },
		"--rate is -5;":    func(c *config) { c.rate = -5 },
		"--rate is 1e+09;": func(c *config) { c.rate = 1e9 },
		"--rate is NaN;":   func(c *config) { c.rate = math.NaN() },
		"--interval is 0s": func(c *config) { c.interval = 0 },
		"--interval is 6m": func(c *config) { c.interval = 6 * time.Minute },
	} {
		c := good
		change(&c)
		if err := c.check(nil); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := good.check([]string{"overload"}); err == nil || !strings.Contains(err.Error(), `"overload" is no flag`) {
		t.Error(err)
	}
}
