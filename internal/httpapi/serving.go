package httpapi

import (
	"context"

	"digits/internal/classify"
	"digits/internal/drift"
)

// Classifier reads the digit in an encoded image, or in tensors of 784 numbers
// as classify.Classifier does.
type Classifier interface {
	Classify(ctx context.Context, data []byte) (classify.Result, error)
	Explain(ctx context.Context, data []byte) (classify.Result, error)
	ClassifyTensors(ctx context.Context, tensors []float32, each func(i int, r *classify.Result)) (classify.Durations, error)
}

// modelName is what the service calls its model, whichever weights it has.
const modelName = "digits"

// Model says which weights give the answers, and what was measured with them.
type Model struct {
	Version, Digest string
	Number          int64            // the version where it must be one, as TensorFlow Serving has it
	Statistics      drift.Statistics // zero where the weights have none
	Pages           Pages            // about it, for people; nil means none, if that of Options.Model is nil too
	AdminPages      Pages            // of Admin: /status, which draws /metrics, and what it loads; nil as Pages
}

func (m Model) pages() Pages      { return m.Pages }
func (m Model) adminPages() Pages { return m.AdminPages }

// serving is a classifier with what belongs to its weights. A request has one
// from beginning to end, so that its reply names what gave the answer.
type serving struct {
	Classifier
	Model
	drift *drift.Monitor
}

// SetModel lets another model answer the requests that begin from now on. Those
// that have begun keep theirs.
func (a *API) SetModel(c Classifier, m Model) {
	a.current.Store(&serving{c, m, drift.NewMonitor(m.Statistics)})
}

// serving returns what answers a request that begins now.
func (a *API) serving() *serving { return a.current.Load() }

func (s *serving) reply() modelReply { return modelReply{Name: modelName, Version: s.Version} }
