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
		// The routes tell whether there is the path that a preflight is about.
		OptionsPassthrough: true,
	})
}

// preflightAllowed reports whether allowOrigins has put the answer to a preflight
// into the reply's headers.
func preflightAllowed(w http.ResponseWriter) bool {
	return w.Header().Get("Access-Control-Allow-Methods") != ""
}
