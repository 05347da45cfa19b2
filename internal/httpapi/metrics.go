package httpapi

import (
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"digits/internal/classify"
)

// Label values are known in advance: nothing that a client sends can add one.
var (
	methods    = []string{http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPatch, http.MethodPost, http.MethodPut}
	stageNames = []string{"read", "queue", "decode", "prepare", "infer", "encode"}
)

const unmatched = "unmatched" // the route of requests that match none

type metrics struct {
	requests    *prometheus.HistogramVec // route, method, code
	inFlight    prometheus.Gauge
	stages      *prometheus.HistogramVec // stage
	predictions *prometheus.CounterVec   // digit
	abstentions *prometheus.CounterVec   // reason
	rejected    *prometheus.CounterVec   // reason
	panics      prometheus.Counter
	digits      [classify.Classes]prometheus.Counter
	patterns    []string
}

// seconds are options of a histogram of durations, from 0.1 ms, as classic and
// as native buckets. A client can choose the values, so the number of native
// buckets is bounded.
func seconds(name, help string) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{
		Name:                            name,
		Help:                            help,
		Buckets:                         append(prometheus.ExponentialBuckets(0.0001, 2, 15), 5),
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  100,
		NativeHistogramMinResetDuration: time.Hour,
	}
}

func newMetrics(o Options) *metrics {
	m := &metrics{
		requests: prometheus.NewHistogramVec(seconds("digits_http_request_duration_seconds",
			"Time from the request's headers to the end of its reply."), []string{"route", "method", "code"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "digits_http_requests_in_flight",
			Help: "Requests that are being answered."}),
		stages: prometheus.NewHistogramVec(seconds("digits_stage_duration_seconds",
			"Time that a request spent reading and encoding, and each of its images, or its tensors together, in queue, decode, prepare and infer."), []string{"stage"}),
		predictions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "digits_predictions_total",
			Help: "Images that were answered, by the most probable digit, accepted or not."}, []string{"digit"}),
		abstentions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "digits_abstentions_total",
			Help: "Images among those answered whose digit was not accepted."}, []string{"reason"}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "digits_requests_rejected_total",
			Help: "Requests, or single images of several, that were answered with a problem."}, []string{"reason"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{Name: "digits_panics_total",
			Help: "Panics that were caught."}),
	}
	o.Registry.MustRegister(m.requests, m.inFlight, m.stages, m.predictions, m.abstentions, m.rejected, m.panics,
		info("digits_build_info", "The running program.", prometheus.Labels{
			"version": o.Build.Version, "go_version": runtime.Version(), "kernel": o.Build.Kernel}),
		info("digits_model_info", "The weights in use.", prometheus.Labels{
			"name": modelName, "version": o.Model.Version, "digest": o.Model.Digest}),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// info is a metric whose labels are its content.
func info(name, help string, labels prometheus.Labels) prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels})
	g.Set(1)
	return g
}

// create makes the series exist before their first event, so that a rate over
// them begins at zero. Of the request durations only those of successes are
// made, and only of the routes that read digits: the others are many, and rejected
// has a counter for each problem.
func (m *metrics) create(routes chi.Routes) {
	_ = chi.Walk(routes, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !slices.Contains(m.patterns, pattern) {
			m.patterns = append(m.patterns, pattern)
		}
		if method == http.MethodPost {
			m.requests.WithLabelValues(pattern, method, "200")
		}
		return nil
	})
	for _, stage := range stageNames {
		m.stages.WithLabelValues(stage)
	}
	for digit := range m.digits {
		m.digits[digit] = m.predictions.WithLabelValues(strconv.Itoa(digit))
	}
	for _, reason := range classify.Reasons() {
		m.abstentions.WithLabelValues(reason)
	}
	for i := range problems {
		m.rejected.WithLabelValues(problems[i].reason())
	}
	m.rejected.WithLabelValues(internal.reason())
}

func (m *metrics) observeStage(stage string, d time.Duration) {
	m.stages.WithLabelValues(stage).Observe(d.Seconds())
}

func (m *metrics) observeResult(r *classify.Result) {
	m.observeDurations(&r.Durations)
	m.observeReading(r)
}

func (m *metrics) observeDurations(d *classify.Durations) {
	m.observeStage("queue", d.Queue)
	m.observeStage("decode", d.Decode)
	m.observeStage("prepare", d.Prepare)
	m.observeStage("infer", d.Infer)
}

func (m *metrics) observeReading(r *classify.Result) {
	m.digits[r.Digit].Inc()
	if !r.Accepted {
		m.abstentions.WithLabelValues(r.Reason).Inc()
	}
}
