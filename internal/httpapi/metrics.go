package httpapi

import (
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"digits/internal/classify"
	"digits/pkg/imageprep"
)

// Stages of a request. Label values are known in advance: nothing that a client
// sends can add one.
const (
	stageRead = iota
	stageQueue
	stageDecode
	stagePrepare
	stageInfer
	stageEncode
	stageCount
)

var stageNames = [stageCount]string{"read", "queue", "decode", "prepare", "infer", "encode"}

type metrics struct {
	requests    *prometheus.HistogramVec // route, method, code
	inFlight    prometheus.Gauge
	stages      *prometheus.HistogramVec // stage
	predictions *prometheus.CounterVec   // digit
	confidence  prometheus.Histogram
	abstentions *prometheus.CounterVec // reason
	flags       *prometheus.CounterVec // flag
	rejected    *prometheus.CounterVec // reason
	cancelled   *prometheus.CounterVec // stage
	feedback    *prometheus.CounterVec // predicted, actual
	panics      prometheus.Counter

	digits   [classify.Classes]prometheus.Counter
	stage    [stageCount]prometheus.Observer
	patterns []string // of all routes
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
		predictions: counters("digits_predictions_total", "Images that were answered, by the most probable digit, accepted or not.", "digit"),
		confidence: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "digits_prediction_confidence",
			Help: "Probability of the most probable digit of each image.", Buckets: []float64{0.5, 0.8, 0.9, 0.95, 0.99, 0.999}}),
		abstentions: counters("digits_abstentions_total", "Images among those answered whose digit was not accepted.", "reason"),
		flags:       counters("digits_input_flags_total", "Images among those answered that have something doubtful.", "flag"),
		rejected:    counters("digits_requests_rejected_total", "Requests, or single images of several, that were answered with a problem.", "reason"),
		cancelled:   counters("digits_requests_cancelled_total", "Requests whose client left or whose time was over, by the last stage.", "stage"),
		feedback:    counters("digits_feedback_total", "Predictions on which clients said what the image showed.", "predicted", "actual"),
		panics:      prometheus.NewCounter(prometheus.CounterOpts{Name: "digits_panics_total", Help: "Panics that were caught."}),
	}
	o.Registry.MustRegister(m.requests, m.inFlight, m.stages, m.predictions, m.confidence, m.abstentions, m.flags, m.rejected, m.cancelled,
		m.feedback, m.panics, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "digits_build_info", Help: "The running program.", ConstLabels: prometheus.Labels{
		"version": o.Build.Version, "go_version": runtime.Version(), "kernel": o.Build.Kernel}})
	build.Set(1)
	o.Registry.MustRegister(build)
	m.create(o)
	return m
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

// create makes the series exist before their first event, so that a rate over
// them begins at zero.
func (m *metrics) create(o Options) {
	for stage, name := range stageNames {
		m.stage[stage] = m.stages.WithLabelValues(name)
	}
	for digit := range m.digits {
		m.digits[digit] = m.predictions.WithLabelValues(strconv.Itoa(digit))
		for actual := range m.digits {
			if o.FeedbackWindow > 0 {
				m.feedback.WithLabelValues(strconv.Itoa(digit), strconv.Itoa(actual))
			}
		}
	}
	for i := range problems {
		m.rejected.WithLabelValues(problems[i].reason())
	}
	m.rejected.WithLabelValues(internal.reason())
	for vector, values := range map[*prometheus.CounterVec][]string{m.abstentions: classify.Reasons(), m.flags: imageprep.Flags(), m.cancelled: stageNames[:]} {
		for _, value := range values {
			vector.WithLabelValues(value)
		}
	}
}

// addRoute makes a route's pattern a label. Of the durations, only those of
// the successes of POST are made in advance: the others are many, rejected has a
// counter for each problem, and probes come at once.
func (m *metrics) addRoute(method, pattern string) {
	if !slices.Contains(m.patterns, pattern) {
		m.patterns = append(m.patterns, pattern)
	}
	if method == "POST" {
		code := "200"
		if pattern == feedbackPath {
			code = "204"
		}
		m.requests.WithLabelValues(pattern, method, code)
	}
}
