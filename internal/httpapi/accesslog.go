package httpapi

import (
	"log/slog"
	"net/http"
	"time"
)

// logAccess writes a line for each request, never with anything of the image.
func (a *API) logAccess(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			x := exchangeOf(r)
			route := a.route(r)
			level := accessLevel(x.images > 0, x.status())
			if !a.options.Logger.Enabled(r.Context(), level) {
				return
			}
			attributes := append(make([]slog.Attr, 0, 12),
				slog.String("id", x.id),
				slog.String("method", methodLabel(r.Method)),
				slog.String("route", route),
				slog.Int("status", x.status()),
				slog.Int("bytes", x.reply.BytesWritten()),
				slog.Duration("duration", time.Since(x.began)),
			)
			if x.images > 0 {
				attributes = append(attributes, slog.Int("images", x.images))
			}
			if x.confidence > 0 {
				attributes = append(attributes, slog.Int("digit", x.digit), slog.Float64("confidence", x.confidence))
			}
			if x.reason != "" {
				attributes = append(attributes, slog.String("reason", x.reason))
			}
			if x.problem != nil {
				attributes = append(attributes, slog.String("problem", x.problem.slug), slog.Any("cause", x.cause))
			}
			a.options.Logger.LogAttrs(r.Context(), level, "request", attributes...)
		}()
		next.ServeHTTP(w, r)
	})
}

// accessLevel keeps the probes and scrapes that succeed out of the usual log.
func accessLevel(images bool, status int) slog.Level {
	switch {
	case status >= 500 && status != http.StatusServiceUnavailable:
		return slog.LevelError
	case status >= 400 || images:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}
