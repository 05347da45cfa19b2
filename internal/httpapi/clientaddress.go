package httpapi

import (
	"net/http"
	"net/netip"

	"github.com/go-chi/chi/v5/middleware"
)

// clientAddress finds out who asks: the peer, unless that is a trusted proxy,
// which says for whom it asks. Nobody else's X-Forwarded-For is believed.
func clientAddress(trusted []string) func(http.Handler) http.Handler {
	if len(trusted) == 0 {
		return middleware.ClientIPFromRemoteAddr
	}
	return middleware.ClientIPFromXFF(trusted...)
}

// clientOf returns the client's address. It is the peer's where a trusted proxy
// names nobody else, and "unknown" where the peer has none.
func clientOf(r *http.Request) string {
	if address := middleware.GetClientIP(r.Context()); address != "" {
		return address
	}
	if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return peer.Addr().Unmap().String()
	}
	return "unknown"
}
