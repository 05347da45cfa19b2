package httpapi

import (
	"context"
	"errors"
	"time"

	"digits/internal/classify"
	"digits/internal/drift"
)

// observeStage puts the time of a stage into metrics and log.
func (a *API) observeStage(x *exchange, stage int, d time.Duration) {
	a.metrics.stage[stage].Observe(d.Seconds())
	x.stages[stage] += d
}

// recordDurations accounts for the stages of an image.
func (a *API) recordDurations(x *exchange, d *classify.Durations) {
	a.observeStage(x, stageQueue, d.Queue)
	a.observeStage(x, stageDecode, d.Decode)
	a.observeStage(x, stagePrepare, d.Prepare)
	a.observeStage(x, stageInfer, d.Infer)
}

// recordReading accounts for what s read from a tensor: metrics, log, drift, and
// the window in which feedback can be given. id is the prediction's.
func (a *API) recordReading(x *exchange, s *serving, id string, r *classify.Result, tensor []float32) {
	x.digit, x.confidence, x.reason = r.Digit, r.Confidence, r.Reason
	a.metrics.digits[r.Digit].Inc()
	a.metrics.confidence.Observe(r.Confidence)
	if !r.Accepted {
		a.metrics.abstentions.WithLabelValues(r.Reason).Inc()
	}
	for _, flag := range r.Image.Flags {
		a.metrics.flags.WithLabelValues(flag).Inc()
	}
	s.drift.Observe(drift.Sample{Digit: r.Digit, Confidence: r.Confidence, Ink: inkOf(tensor)})
	a.recent.remember(id, r.Digit)
}

// inkOf is the mean of what the network saw.
func inkOf(tensor []float32) float64 {
	sum := float32(0)
	for _, v := range tensor {
		sum += v
	}
	return float64(sum) / float64(len(tensor))
}

// countCancelled counts a request that ended because nobody waits for it.
func (a *API) countCancelled(cause error) {
	var in *classify.StageError
	switch {
	case errors.As(cause, &in):
		a.metrics.cancelled.WithLabelValues(in.Stage).Inc()
	case errors.Is(cause, errTruncatedBody), errors.Is(cause, errSlowBody):
		a.metrics.cancelled.WithLabelValues(stageNames[stageRead]).Inc()
	}
}

// countUnread counts a reply that was sent to nobody.
func (a *API) countUnread(ctx context.Context) {
	if ctx.Err() != nil {
		a.metrics.cancelled.WithLabelValues(stageNames[stageEncode]).Inc()
	}
}
