package httpapi

import (
	"net/http"

	"github.com/go-chi/chi/v5/middleware"
)

// clientAddress finds out who asks: the peer, unless that is a trusted proxy,
// which may say for whom it asks. Nobody else's X-Forwarded-For is believed.
func clientAddress(trusted []string) func(http.Handler) http.Handler {
	if len(trusted) == 0 {
		return middleware.ClientIPFromRemoteAddr
	}
	return func(next http.Handler) http.Handler {
		return middleware.ClientIPFromRemoteAddr(middleware.ClientIPFromXFF(trusted...)(next))
	}
}

// clientOf returns the client's address, or "unknown" where the peer has none.
func clientOf(r *http.Request) string {
	if address := middleware.GetClientIP(r.Context()); address != "" {
		return address
	}
	return "unknown"
}
