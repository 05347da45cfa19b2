package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"digits/internal/httpapi"
)

// listener is a listener with what answers on it.
type listener struct {
	net.Listener
	server *http.Server
}

// listen opens the address that a flag names.
func listen(flag, addr string, server *http.Server) (listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return listener{}, fmt.Errorf("cannot listen on %s: %w; choose another address with --%s", addr, err, flag)
	}
	return listener{l, server}, nil
}

// server returns the HTTP server of a handler, without a limit for replies.
func (c config) server(h http.Handler, logger *slog.Logger) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true) // for clients and proxies that know that the server speaks it
	return &http.Server{
		Handler:           h,
		Protocols:         &protocols,
		HTTP2:             &http.HTTP2Config{SendPingTimeout: c.readHeaderTimeout, PingTimeout: c.readTimeout}, // or headers in HTTP/2 could take the idle timeout
		ReadHeaderTimeout: c.readHeaderTimeout,
		ReadTimeout:       c.readTimeout,
		IdleTimeout:       c.idleTimeout,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}

// serveUntil serves on the listeners, the public one first, until the context
// ends: then /readyz fails, the service goes on for the drain delay, and the last
// requests get the drain timeout. The other listener stays until the end, so that
// the metrics of all that can be read.
func (c config) serveUntil(ctx context.Context, listeners []listener, api *httpapi.API, logger *slog.Logger) error {
	ended := make(chan error, len(listeners))
	var serving sync.WaitGroup
	defer serving.Wait()
	for _, l := range listeners {
		serving.Go(func() { ended <- l.server.Serve(l) })
		defer l.server.Close()
	}
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
	public := listeners[0].server
	if err := public.Shutdown(ctx); err != nil {
		return fmt.Errorf("stopping: %w; the last requests were cut off", errors.Join(err, public.Close()))
	}
	logger.Info("stopped")
	return nil
}
