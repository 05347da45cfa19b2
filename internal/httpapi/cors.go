package httpapi

import (
	"net/http"

	"github.com/go-chi/cors"
)

// allowOrigins lets the pages of other sites ask from a browser. Without any,
// there is not a header about it.
func allowOrigins(origins []string) func(http.Handler) http.Handler {
	if len(origins) == 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	return cors.Handler(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{"Accept", "Content-Type", headerLengthHeader, traceparentHeader, idHeader},
		ExposedHeaders: []string{headerLengthHeader, "Retry-After", traceresponseHeader, idHeader},
		MaxAge:         600,
	})
}
