package httpapi

import (
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// seconds are options of a histogram of durations, with classic buckets, which
// may be none, and native ones. A client can choose the values, so the number of
// native buckets is bounded.
func seconds(name, help string, classic []float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{
		Name:                            name,
		Help:                            help,
		Buckets:                         classic,
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  100,
		NativeHistogramMinResetDuration: time.Hour,
	}
}

// durations is the metric of how long requests take, by route, method and class
// of status. A classic bucket is a series of its own, so only the successes that
// the objective is on have them; the others have the native ones, count and sum.
type durations struct{ classic, native *prometheus.HistogramVec }

func newDurations() durations {
	histograms := func(classic []float64) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(seconds("digits_http_request_duration_seconds",
			"Time from the headers of a request to the end of its reply.", classic), []string{"route", "method", "code"})
	}
	// Beyond the objective of 0.1024 s, wider buckets are enough.
	return durations{classic: histograms(append(prometheus.ExponentialBuckets(0.0001, 2, 11), 0.8192, 5)), native: histograms(nil)}
}

// of returns the histogram for a class of statuses, 2 for 2xx.
func (d durations) of(route, method string, class int) prometheus.Observer {
	histograms := d.native
	if method == http.MethodPost && class == 2 {
		histograms = d.classic
	}
	return histograms.WithLabelValues(route, method, fmt.Sprintf("%dxx", class))
}

// Describe is part of prometheus.Collector.
func (d durations) Describe(descs chan<- *prometheus.Desc) { d.classic.Describe(descs) }

// Collect is part of prometheus.Collector.
func (d durations) Collect(metrics chan<- prometheus.Metric) {
	d.classic.Collect(metrics)
	d.native.Collect(metrics)
}
