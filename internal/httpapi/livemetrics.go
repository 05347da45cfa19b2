package httpapi

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/drift"
)

// liveMetrics are read from what is served at the moment of the scrape: they
// cannot be left behind by a swap, or leak.
type liveMetrics struct {
	serving func() *serving
}

var (
	modelInfoDesc = prometheus.NewDesc("digits_model_info", "The weights in use.", []string{"name", "version", "digest"}, nil)
	driftDesc     = prometheus.NewDesc("digits_input_drift_psi",
		"Population stability index of the last 1000 images against the validation images; NaN while unknown, above 0.2 much has changed.", []string{"feature"}, nil)
	loadDescs = []struct {
		desc *prometheus.Desc
		of   func(loaded) int
	}{
		{prometheus.NewDesc("digits_slots", "Images that can be in work at once.", nil, nil), loaded.Slots},
		{prometheus.NewDesc("digits_slots_busy", "Images that are in work.", nil, nil), loaded.Busy},
		{prometheus.NewDesc("digits_queue_capacity", "Images that may wait for a slot.", nil, nil), loaded.QueueCapacity},
		{prometheus.NewDesc("digits_queue_depth", "Images that wait for a slot.", nil, nil), loaded.Waiting},
	}
)

// loaded is a classifier that tells its load.
type loaded interface {
	Slots() int
	Busy() int
	QueueCapacity() int
	Waiting() int
	Wait() time.Duration
}

// Describe is part of prometheus.Collector.
func (l liveMetrics) Describe(descs chan<- *prometheus.Desc) {
	descs <- modelInfoDesc
	descs <- driftDesc
	for _, d := range loadDescs {
		descs <- d.desc
	}
}

// Collect is part of prometheus.Collector.
func (l liveMetrics) Collect(metrics chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, v float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}
	s := l.serving()
	gauge(modelInfoDesc, 1, modelName, s.Version, s.Digest)
	for _, feature := range drift.Features() {
		gauge(driftDesc, s.drift.Index(feature), feature)
	}
	if c, ok := s.Classifier.(loaded); ok {
		for _, d := range loadDescs {
			gauge(d.desc, float64(d.of(c)))
		}
	}
}
