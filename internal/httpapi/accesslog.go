package httpapi

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// logAccess writes a line for each request, or for a sample of those that
// succeed, never with anything of the image.
func (a *API) logAccess(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			x := exchangeOf(r)
			level := accessLevel(a.routeOf(r), x.status())
			if !a.options.Logger.Enabled(r.Context(), level) || x.status() < 400 && !a.sample.takes() {
				return
			}
			a.options.Logger.LogAttrs(r.Context(), level, "request", a.accessAttributes(r, x)...)
		}()
		next.ServeHTTP(w, r)
	})
}

func (a *API) accessAttributes(r *http.Request, x *exchange) []slog.Attr {
	attributes := append(make([]slog.Attr, 0, 20),
		slog.String("id", x.id),
		slog.String("client", clientOf(r)),
		slog.String("method", methodName(r.Method)),
		slog.String("route", a.routeOf(r).name),
		slog.Int("status", x.status()),
		slog.Int("bytes", x.reply.BytesWritten()),
		slog.Duration("duration", time.Since(x.began)),
	)
	for stage, d := range x.stages {
		if d > 0 {
			attributes = append(attributes, slog.Duration(stageNames[stage], d))
		}
	}
	if x.images > 0 {
		attributes = append(attributes, slog.Int("images", x.images))
	}
	if x.images == 1 && x.confidence > 0 {
		attributes = append(attributes, slog.Int("digit", x.digit), slog.Float64("confidence", x.confidence))
		if x.reason != "" {
			attributes = append(attributes, slog.String("reason", x.reason))
		}
	}
	if x.trace.id != "" {
		attributes = append(attributes, slog.String("trace", x.trace.id), slog.String("span", x.trace.span))
	}
	if x.problem != nil {
		attributes = append(attributes, slog.String("problem", x.problem.slug), slog.String("cause", atMost(4<<10, x.cause.Error())))
	}
	return attributes
}

// atMost is the text, or its beginning of so many bytes: no request may fill the
// log. A stack fits.
func atMost(bytes int, text string) string { return text[:min(len(text), bytes)] }

// accessLevel keeps probes, scrapes and the files of pages that succeed out of
// the usual log.
func accessLevel(route *route, status int) slog.Level {
	switch {
	case status >= 500 && status != http.StatusServiceUnavailable:
		return slog.LevelError
	case status < 400 && route.quiet:
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// sample takes a share of what it is asked about, evenly.
type sample struct {
	share float64 // 0 to 1
	asked atomic.Uint64
}

func (s *sample) takes() bool {
	if s.share >= 1 {
		return true
	}
	n := float64(s.asked.Add(1))
	return uint64(n*s.share) > uint64((n-1)*s.share)
}
