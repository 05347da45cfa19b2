package httpapi

import (
	"io"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/classify"
)

// budget bounds the bytes of bodies that are in memory at once, over all
// requests.
type budget struct {
	limit int64
	used  atomic.Int64
}

// gauge shows what is used.
func (b *budget) gauge() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "digits_body_memory_bytes",
		Help: "Bytes of request bodies that are in memory."}, func() float64 { return float64(b.used.Load()) })
}

// share is what one request has of a budget.
type share struct {
	of   *budget
	held int64
}

// fits reports whether the share may grow to so many bytes. No share may be
// more than it leaves for others: large bodies are refused first, and a few of
// them do not keep the small ones out.
func (s *share) fits(size int64) bool {
	return size <= s.of.limit-s.of.used.Load()-(size-s.held)
}

// grow takes n bytes, unless there is no room for them.
func (s *share) grow(n int64) bool {
	s.of.used.Add(n)
	s.held += n
	return s.fits(s.held)
}

// release gives everything back.
func (s *share) release() {
	s.of.used.Add(-s.held)
	s.held = 0
}

// meter counts what is read. What is announced and not sent costs nothing: it
// would be too easy to keep others out by announcing.
type meter struct {
	io.Reader
	share *share
}

func (m meter) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if !m.share.grow(int64(n)) {
		return 0, errBuffersFull
	}
	return n, err
}

var errBuffersFull = classify.NewOverload("buffers_full", "too many bytes of bodies are in memory; --max-buffered-bytes is the limit")
