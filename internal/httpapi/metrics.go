package httpapi

import (
	"net/http"
	"regexp"
	"runtime"
	"strconv"

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
	requests    *prometheus.CounterVec // route, method, code
	durations   durations              // route, method, code
	inFlight    prometheus.Gauge
	stages      *prometheus.HistogramVec // stage
	predictions *prometheus.CounterVec   // digit
	confidence  prometheus.Histogram
	abstentions *prometheus.CounterVec // reason
	flags       *prometheus.CounterVec // flag
	rejected    *prometheus.CounterVec // reason
	overloads   *prometheus.CounterVec // cause
	cancelled   *prometheus.CounterVec // stage
	feedback    *prometheus.CounterVec // predicted, actual
	panics      prometheus.Counter

	digits [classify.Classes]prometheus.Counter
	stage  [stageCount]prometheus.Observer
	routes map[string]*route // by pattern
}

func newMetrics(o Options) *metrics {
	m := &metrics{
		routes:    map[string]*route{},
		requests:  counters("digits_http_requests_total", "Requests that were answered.", "route", "method", "code"),
		durations: newDurations(),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "digits_http_requests_in_flight",
			Help: "Requests that are being answered."}),
		stages: prometheus.NewHistogramVec(seconds("digits_stage_duration_seconds",
			"Time that a request spent reading and encoding, and each of its images, or its tensors together, in queue, decode, prepare and infer.",
			prometheus.ExponentialBuckets(0.0001, 4, 8)), []string{"stage"}),
		predictions: counters("digits_predictions_total", "Images that were answered, by the most probable digit, accepted or not.", "digit"),
		confidence: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "digits_prediction_confidence",
			Help: "Probability of the most probable digit of each image.", Buckets: []float64{0.5, 0.8, 0.9, 0.95, 0.99, 0.999}}),
		abstentions: counters("digits_abstentions_total", "Images among those answered whose digit was not accepted.", "reason"),
		flags:       counters("digits_input_flags_total", "Images among those answered that have something doubtful.", "flag"),
		rejected:    counters("digits_requests_rejected_total", "Requests, or single images of several, that were answered with a problem.", "reason"),
		overloads:   counters("digits_overloads_total", "The problems overloaded, by what there was too little of.", "cause"),
		cancelled:   counters("digits_requests_cancelled_total", "Requests whose client left or whose time was over, by the last stage.", "stage"),
		feedback:    counters("digits_feedback_total", "Predictions on which clients said what the image showed.", "predicted", "actual"),
		panics:      prometheus.NewCounter(prometheus.CounterOpts{Name: "digits_panics_total", Help: "Panics that were caught."}),
	}
	o.Registry.MustRegister(m.requests, m.durations, m.inFlight, m.stages, m.predictions, m.confidence, m.abstentions, m.flags, m.rejected, m.overloads, m.cancelled,
		m.feedback, m.panics, goCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "digits_build_info", Help: "The running program.", ConstLabels: prometheus.Labels{
		"version": o.Build.Version, "go_version": runtime.Version(), "kernel": o.Build.Kernel}})
	build.Set(1)
	o.Registry.MustRegister(build)
	m.create(o)
	return m
}

// goCollector has Go's metrics, but of its memory only what the heap holds and
// what was allocated: all of them would be twenty series more.
func goCollector() prometheus.Collector {
	return collectors.NewGoCollector(collectors.WithGoCollectorMemStatsMetricsDisabled(), collectors.WithGoCollectorRuntimeMetrics(
		collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(`^(/memory/classes/heap/objects:bytes|/gc/heap/allocs:bytes)$`)}))
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
	m.requests.WithLabelValues(unmatched, otherMethod, "404")
	if len(o.Origins) > 0 {
		m.requests.WithLabelValues(preflight.name, http.MethodOptions, "200")
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
	m.overloads.WithLabelValues(errBuffersFull.Cause)
	for vector, values := range map[*prometheus.CounterVec][]string{m.abstentions: classify.Reasons(), m.flags: imageprep.Flags(), m.overloads: classify.OverloadCauses(), m.cancelled: stageNames[:]} {
		for _, value := range values {
			vector.WithLabelValues(value)
		}
	}
}
