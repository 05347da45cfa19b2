package lifecycle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"digits/internal/classify"
	"digits/internal/httpapi"
)

// fake is a classifier that reads one digit and can fail its self-test.
type fake struct {
	httpapi.Classifier
	digit  int
	failed atomic.Int64 // of 10 pictures
	tests  atomic.Int64
}

func (f *fake) Classify(context.Context, []byte) (classify.Result, error) {
	r := classify.Result{Digit: f.digit, Accepted: true, Candidates: []int{f.digit}}
	r.Probabilities[f.digit] = 1
	return r, nil
}

func (f *fake) SelfTest(ctx context.Context) error {
	f.tests.Add(1)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if n := int(f.failed.Load()); n > 0 {
		return &classify.SelfTestError{Checks: 10, Failed: n, First: errors.New("a wrong logit")}
	}
	return nil
}

func served(f *fake) Served {
	return Served{f, httpapi.Model{Version: fmt.Sprint("v", f.digit), Digest: fmt.Sprint("d", f.digit)}}
}

// bench is a keeper of the model 1, with its API, its log, and what is loaded
// next.
type bench struct {
	*Keeper
	first    *fake
	api      *httpapi.API
	log      bytes.Buffer
	registry *prometheus.Registry
	next     func() (Served, error)
}

func newBench() *bench {
	b := &bench{first: &fake{digit: 1}, registry: prometheus.NewRegistry()}
	logger := slog.New(slog.NewTextHandler(&b.log, nil))
	initial := served(b.first)
	b.api = httpapi.New(httpapi.Options{Classifier: initial.Classifier, Model: initial.Model, Registry: b.registry})
	b.Keeper = New(Options{API: b.api, Initial: initial, Registry: b.registry, Logger: logger,
		Load: func() (Served, error) { return b.next() }})
	return b
}

// answer returns the digit and the model's version of a reply.
func (b *bench) answer(t *testing.T) (digit int, version string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	b.api.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/predict", strings.NewReader("x")))
	var reply struct {
		Digit int
		Model struct{ Version string }
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &reply); err != nil || recorder.Code != 200 {
		t.Fatalf("%d %s", recorder.Code, recorder.Body)
	}
	return reply.Digit, reply.Model.Version
}

func (b *bench) ready() bool {
	recorder := httptest.NewRecorder()
	b.api.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	return recorder.Code == 200
}

// value returns the sum of a metric's series with a label's value, or of all.
func (b *bench) value(t *testing.T, name, label string) float64 {
	t.Helper()
	gathered, err := b.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, family := range gathered {
		for _, m := range family.GetMetric() {
			if family.GetName() == name && (label == "" || m.GetLabel()[0].GetValue() == label) {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return sum
}

func TestReloadExchangesTheModel(t *testing.T) {
	b := newBench()
	b.next = func() (Served, error) { return served(&fake{digit: 2}), nil }
	m, err := b.Reload(t.Context())
	if err != nil || m.Version != "v2" {
		t.Fatalf("%+v, %v", m, err)
	}
	if digit, version := b.answer(t); digit != 2 || version != "v2" {
		t.Errorf("%d by %s", digit, version)
	}
	if !b.ready() || b.value(t, "digits_model_reloads_total", "success") != 1 || !strings.Contains(b.log.String(), "msg=reloaded model=v2 digest=d2") {
		t.Errorf("ready %v: %s", b.ready(), &b.log)
	}
	if at := b.value(t, "digits_model_loaded_timestamp_seconds", ""); at < float64(time.Now().Add(-time.Minute).Unix()) {
		t.Errorf("loaded at %v", at)
	}
}

// A file that cannot be loaded, or that does not prove itself, changes nothing
// and is told.
func TestBadFilesLeaveTheOldModel(t *testing.T) {
	broken := &fake{digit: 2}
	broken.failed.Store(3)
	for name, next := range map[string]func() (Served, error){
		"damaged":               func() (Served, error) { return Served{}, fmt.Errorf("w: %w", io.ErrUnexpectedEOF) },
		"failing the self-test": func() (Served, error) { return served(broken), nil },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench()
			b.next = next
			if err := b.SelfTest(t.Context()); err != nil {
				t.Fatal(err)
			}
			loaded := b.value(t, "digits_model_loaded_timestamp_seconds", "")
			if m, err := b.Reload(t.Context()); err == nil || m.Version != "" {
				t.Errorf("%+v, %v", m, err)
			}
			if digit, version := b.answer(t); digit != 1 || version != "v1" || !b.ready() {
				t.Errorf("%d by %s, ready %v", digit, version, b.ready())
			}
			if b.value(t, "digits_model_reloads_total", "failure") != 1 || b.value(t, "digits_model_reloads_total", "success") != 0 ||
				b.value(t, "digits_model_loaded_timestamp_seconds", "") != loaded || b.value(t, "digits_selftest_accuracy_ratio", "") != 1 {
				t.Error("the metrics are of the file that is not served")
			}
			if !strings.Contains(b.log.String(), "level=ERROR msg=\"not reloaded") {
				t.Errorf("log: %s", &b.log)
			}
		})
	}
}

// A model that no longer proves itself is taken out of service, and comes back
// when it does, or when another takes its place.
func TestSelfTestDecidesReadiness(t *testing.T) {
	b := newBench()
	if b.ready() {
		t.Error("ready before any test")
	}
	check := func(moment string, failed int64, ready bool, failures, accuracy float64) {
		t.Helper()
		b.first.failed.Store(failed)
		if err := b.SelfTest(t.Context()); errors.Is(err, classify.ErrSelfTest) == ready {
			t.Errorf("%s: %v", moment, err)
		}
		if b.ready() != ready || b.value(t, "digits_selftest_failures_total", "") != failures || b.value(t, "digits_selftest_accuracy_ratio", "") != accuracy {
			t.Errorf("%s: ready %v, %v failures, accuracy %v", moment, b.ready(), b.value(t, "digits_selftest_failures_total", ""),
				b.value(t, "digits_selftest_accuracy_ratio", ""))
		}
	}
	check("at first", 0, true, 0, 1)
	success := b.value(t, "digits_selftest_last_success_timestamp_seconds", "")
	check("broken", 3, false, 1, 0.7)
	check("still broken", 10, false, 2, 0)
	if !strings.Contains(b.log.String(), "a wrong logit") || b.value(t, "digits_selftest_last_success_timestamp_seconds", "") != success {
		t.Errorf("log: %s", &b.log)
	}
	check("well again", 0, true, 2, 1)
	if !strings.Contains(b.log.String(), "ready again") {
		t.Errorf("log: %s", &b.log)
	}
	check("broken again", 1, false, 3, 0.9)
	b.next = func() (Served, error) { return served(&fake{digit: 2}), nil }
	if _, err := b.Reload(t.Context()); err != nil || !b.ready() || b.value(t, "digits_selftest_accuracy_ratio", "") != 1 {
		t.Errorf("another model: %v, ready %v", err, b.ready())
	}
}

// A test that the server's end breaks off says nothing about the model.
func TestBrokenOffTestSaysNothing(t *testing.T) {
	b := newBench()
	if err := b.SelfTest(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.SelfTest(ctx); !errors.Is(err, context.Canceled) || !b.ready() || b.value(t, "digits_selftest_failures_total", "") != 0 || b.log.Len() > 0 {
		t.Errorf("%v, ready %v: %s", err, b.ready(), &b.log)
	}
}

func TestRunTestsAndReloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		second := &fake{digit: 2}
		b.next = func() (Served, error) { return served(second), nil }
		signals := make(chan os.Signal, 1)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			b.Run(ctx, time.Minute, signals)
			close(ended)
		}()
		time.Sleep(3*time.Minute + time.Second)
		synctest.Wait()
		if n := b.first.tests.Load(); n != 3 {
			t.Errorf("%d tests in three minutes", n)
		}
		signals <- syscall.SIGHUP
		synctest.Wait()
		if _, version := b.answer(t); version != "v2" {
			t.Errorf("after the signal %s answers", version)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if first, n := b.first.tests.Load(), second.tests.Load(); first != 3 || n != 2 {
			t.Errorf("%d tests of the old model, %d of the new", first, n)
		}
		cancel()
		<-ended
	})
}

func TestMetricNamesFollowTheConventions(t *testing.T) {
	b := newBench()
	problems, err := testutil.GatherAndLint(b.registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}
