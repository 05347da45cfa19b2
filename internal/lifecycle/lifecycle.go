// Package lifecycle keeps a model in service that has proved itself: it tests
// the one in use again and again, and exchanges it for another while requests
// go on.
package lifecycle

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/classify"
	"digits/internal/httpapi"
)

// Classifier reads digits, and can prove that it does: the error of SelfTest is
// the context's or wraps classify.ErrSelfTest.
type Classifier interface {
	httpapi.Classifier
	SelfTest(context.Context) error
}

// Served is a model that can answer requests.
type Served struct {
	Classifier Classifier
	Model      httpapi.Model
}

// Options say what a Keeper keeps.
type Options struct {
	API      *httpapi.API
	Initial  Served                 // what the API answers with at first
	Load     func() (Served, error) // loads and checks the weights anew
	Registry *prometheus.Registry
	Logger   *slog.Logger
}

// Keeper owns the model of an API. Any number of goroutines may use it.
type Keeper struct {
	options Options
	metrics *metrics

	mutex   sync.Mutex // held during a test or a reload: one after the other
	current Served
	failing bool // the last self-test of the current model failed
}

// New returns a keeper of the initial model, which has not been tested.
func New(o Options) *Keeper {
	k := &Keeper{options: o, metrics: newMetrics(o.Registry), current: o.Initial}
	k.metrics.loadedNow()
	return k
}

// SelfTest has the model in use prove itself, and makes the API ready or not
// ready by that. The error is the context's, which says nothing about the model
// and changes nothing, or wraps classify.ErrSelfTest.
func (k *Keeper) SelfTest(ctx context.Context) error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	err := k.current.Classifier.SelfTest(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	k.metrics.tested(err)
	if err != nil {
		k.options.Logger.Error("not ready: this instance must not be used", "error", err)
	} else if k.failing {
		k.options.Logger.Info("ready again: the self-test passes", "model", k.current.Model.Version)
	}
	k.failing = err != nil
	k.options.API.SetReady(err == nil)
	return err
}

// Reload loads the weights anew, has them prove themselves, and lets them
// answer the requests that begin from then on; those that have begun keep their
// model. It returns the new model. On an error the old one stays.
func (k *Keeper) Reload(ctx context.Context) (httpapi.Model, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	began := time.Now()
	next, err := k.options.Load()
	if err == nil {
		err = next.Classifier.SelfTest(ctx)
	}
	k.metrics.reloaded(err)
	if err != nil {
		k.options.Logger.Error("not reloaded: the model from before still answers", "error", err, "model", k.current.Model.Version)
		return httpapi.Model{}, err
	}
	k.options.API.SetModel(next.Classifier, next.Model)
	k.current, k.failing = next, false
	k.metrics.tested(nil)
	k.metrics.loadedNow()
	k.options.API.SetReady(true)
	k.options.Logger.Info("reloaded", "model", next.Model.Version, "digest", next.Model.Digest, "duration", time.Since(began))
	return next.Model, nil
}

// Run tests the model in every interval, unless that is 0, and reloads it at
// each signal, until the context ends.
func (k *Keeper) Run(ctx context.Context, interval time.Duration, signals <-chan os.Signal) {
	var ticks <-chan time.Time
	if interval > 0 {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		ticks = ticker.C
	}
	for {
		select { // both log their errors
		case <-ctx.Done():
			return
		case <-ticks:
			_ = k.SelfTest(ctx)
		case <-signals:
			_, _ = k.Reload(ctx)
		}
	}
}

// accuracy is the share of the self-test's pictures that were read right.
func accuracy(err error) float64 {
	var failure *classify.SelfTestError
	if errors.As(err, &failure) {
		return 1 - float64(failure.Failed)/float64(failure.Checks)
	}
	return 1
}
