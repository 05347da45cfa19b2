package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"digits/internal/classify"
	"digits/internal/httpapi"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
	"digits/weights"
)

// serve answers requests until the context ends.
func serve(ctx context.Context, c config, stderr io.Writer) error {
	logger := c.logger(stderr)
	model, err := c.model()
	if err != nil {
		return err
	}
	version := modelVersion(model)
	classifier, err := classify.New(model, classify.Options{Slots: c.slots, Image: imageprep.Options{MaxPixels: c.maxPixels}})
	if err != nil {
		return fmt.Errorf("%s: %w", cmp.Or(c.weights, "embedded weights"), err)
	}
	pages, err := c.pages(model)
	if err != nil {
		return err
	}
	api := httpapi.New(httpapi.Options{
		Classifier:       classifier,
		Model:            httpapi.Model{Version: version, Digest: model.Digest()},
		Build:            httpapi.Build{Version: programVersion(), Kernel: cnn.Kernel()},
		Pages:            pages,
		Logger:           logger,
		MaxBodyBytes:     c.maxBodyBytes,
		MaxBufferedBytes: c.maxBufferedBytes,
		MaxPixels:        c.maxPixels,
		MaxImages:        c.maxImages,
		RequestTimeout:   c.requestTimeout,
	})
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; choose another address with --addr", c.addr, err)
	}
	err = classifier.SelfTest(ctx)
	if ctx.Err() != nil { // nothing has been served, so there is nothing to drain
		logger.Info("stopped")
		return listener.Close()
	}
	if err != nil {
		logger.Error("not ready: this instance must not be used", "error", err)
	} else {
		api.SetReady(true)
	}
	logger.Info("listening", "addr", listener.Addr().String(), "version", programVersion(), "model", version,
		"kernel", cnn.Kernel(), "slots", classifier.Slots())
	return c.serveUntil(ctx, listener, api, logger)
}

// serveUntil serves until the context ends: then /readyz fails, the service
// goes on for the drain delay, and the last requests get the drain timeout.
func (c config) serveUntil(ctx context.Context, listener net.Listener, api *httpapi.API, logger *slog.Logger) error {
	server := &http.Server{
		Handler:           api,
		ReadHeaderTimeout: c.readHeaderTimeout,
		ReadTimeout:       c.readTimeout,
		WriteTimeout:      c.writeTimeout,
		IdleTimeout:       c.idleTimeout,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving ended: %w", err)
	case <-ctx.Done():
	}
	api.Drain()
	logger.Info("draining", "delay", c.drainDelay, "timeout", c.drainTimeout)
	select {
	case err := <-ended:
		return fmt.Errorf("serving ended: %w", err)
	case <-time.After(c.drainDelay):
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.drainTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return fmt.Errorf("stopping: %w; the last requests were cut off", errors.Join(err, server.Close()))
	}
	logger.Info("stopped")
	return nil
}

// model loads the weights file, or the embedded weights.
func (c config) model() (*cnn.Model, error) {
	if c.weights != "" {
		return cnn.LoadFile(c.weights)
	}
	return cnn.Load(bytes.NewReader(weights.Default()))
}

// modelVersion is what the weights file says, or the start of its digest.
func modelVersion(m *cnn.Model) string {
	if version := m.Metadata()["version"]; version != "" {
		return version
	}
	return m.Digest()[:12]
}

func (c config) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.logLevel)) // the flag is valid
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: durationsAsText}
	if c.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// durationsAsText makes the JSON log say 1.5ms as the text log does, and not
// 1500000 of an unnamed unit.
func durationsAsText(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}
