package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/classify"
	"digits/internal/httpapi"
	"digits/internal/lifecycle"
	"digits/pkg/cnn"
)

// serve answers requests until the context ends.
func serve(ctx context.Context, c config, stderr io.Writer) error {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP) // before anything slow, or it would end the process
	defer signal.Stop(hangups)
	spare := spareHeap()
	defer runtime.KeepAlive(spare)
	logger := c.logger(stderr)
	for _, name := range strangers(os.Environ(), new(config).flags()) {
		logger.Warn("the environment has a variable that belongs to no flag", "variable", name)
	}
	queue := classify.NewQueue(classify.Limits{Slots: c.slots, Memory: c.maxDecodedBytes}) // for all models that follow one another
	load := func() (lifecycle.Served, error) { return c.load(queue) }
	initial, err := load()
	if err != nil {
		return err
	}
	options := c.apiOptions(initial, logger)
	api := httpapi.New(options)
	keeper := lifecycle.New(lifecycle.Options{API: api, Initial: initial, Load: load, Registry: options.Registry, Logger: logger})
	listeners, err := c.listeners(api, keeper, logger)
	if err != nil {
		return err
	}
	_ = keeper.SelfTest(ctx) // it logs its error, and the API is not ready
	if ctx.Err() != nil {    // nothing has been served, so there is nothing to drain
		logger.Info("stopped")
		return closeAll(listeners)
	}
	for _, admin := range listeners[1:] {
		logger.Info("admin", "addr", admin.Addr().String())
	}
	logger.Info("listening", "addr", listeners[0].Addr().String(), "version", programVersion(), "model", initial.Model.Version, "kernel", cnn.Kernel())
	var keeping sync.WaitGroup
	defer keeping.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	keeping.Go(func() { keeper.Run(ctx, c.selfTestInterval, hangups) })
	return c.serveUntil(ctx, listeners, api, logger)
}

// spareHeap returns memory that is never written, and so is none of the
// process' resident memory. The garbage collector starts when the heap has
// doubled; that of a server of small pictures is so small that it would start
// every few hundred requests. With this in it, as much garbage may come before
// it starts. GOMEMLIMIT counts it.
func spareHeap() []byte { return make([]byte, 24<<20) }

func (c config) apiOptions(initial lifecycle.Served, logger *slog.Logger) httpapi.Options {
	o := httpapi.Options{
		Classifier:       initial.Classifier,
		Model:            initial.Model,
		Build:            httpapi.Build{Version: programVersion(), Kernel: cnn.Kernel()},
		Registry:         prometheus.NewRegistry(),
		Logger:           logger,
		MaxBodyBytes:     c.maxBodyBytes,
		MaxBufferedBytes: c.maxBufferedBytes,
		MaxPixels:        c.maxPixels,
		MaxImages:        c.maxImages,
		RequestTimeout:   c.requestTimeout,
		TrustedProxies:   c.trustedProxies,
		Origins:          c.corsOrigins,
		RateLimit:        c.rateLimit,
		RateBurst:        c.rateBurst,
		LogSample:        c.logSample,
		AdminListener:    c.adminAddr != "",
	}
	if c.feedback {
		o.FeedbackWindow = httpapi.DefaultFeedbackWindow
	}
	return o
}

// listeners opens the public listener and, if there is to be one, that of the
// operators.
func (c config) listeners(api *httpapi.API, keeper *lifecycle.Keeper, logger *slog.Logger) ([]listener, error) {
	server := c.server(api, logger)
	server.WriteTimeout = c.writeTimeout
	public, err := listen("addr", c.addr, server)
	if err != nil || c.adminAddr == "" {
		return []listener{public}, err
	}
	admin, err := listen("admin-addr", c.adminAddr, c.server(api.Admin(keeper.Reload), logger)) // a profile takes as long as it is asked to
	if err != nil {
		return nil, errors.Join(err, public.Close())
	}
	return []listener{public, admin}, nil
}

func closeAll(listeners []listener) error {
	var errs []error
	for _, l := range listeners {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}
