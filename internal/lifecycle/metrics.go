package lifecycle

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	reloads     *prometheus.CounterVec // result
	loaded      prometheus.Gauge
	failures    prometheus.Counter
	lastSuccess prometheus.Gauge
	accuracy    prometheus.Gauge
}

func newMetrics(registry *prometheus.Registry) *metrics {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	m := &metrics{
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "digits_model_reloads_total",
			Help: "Times that the weights were loaded anew, by how that went."}, []string{"result"}),
		loaded:      gauge("digits_model_loaded_timestamp_seconds", "When the weights in use were loaded."),
		failures:    prometheus.NewCounter(prometheus.CounterOpts{Name: "digits_selftest_failures_total", Help: "Self-tests of the weights in use that failed."}),
		lastSuccess: gauge("digits_selftest_last_success_timestamp_seconds", "When a self-test last passed; 0 before the first."),
		accuracy:    gauge("digits_selftest_accuracy_ratio", "Share of the pictures of the last self-test that were read as they must be."),
	}
	for _, result := range []string{"success", "failure"} {
		m.reloads.WithLabelValues(result)
	}
	registry.MustRegister(m.reloads, m.loaded, m.failures, m.lastSuccess, m.accuracy)
	return m
}

func (m *metrics) loadedNow() { m.loaded.SetToCurrentTime() }

func (m *metrics) reloaded(err error) {
	result := "success"
	if err != nil {
		result = "failure"
	}
	m.reloads.WithLabelValues(result).Inc()
}

// tested records a self-test of the model in use.
func (m *metrics) tested(err error) {
	m.accuracy.Set(accuracy(err))
	if err != nil {
		m.failures.Inc()
		return
	}
	m.lastSuccess.SetToCurrentTime()
}
