package httpapi

import (
	"net/http"
	"sync/atomic"
)

// health is what /readyz tells.
type health struct{ ready, draining atomic.Bool }

// SetReady says whether the instance may be sent traffic.
func (a *API) SetReady(ready bool) { a.health.ready.Store(ready) }

// Drain makes /readyz fail and every reply close its connection, from now on.
// Requests are still answered.
func (a *API) Drain() { a.health.draining.Store(true) }

func (a *API) livez(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, jsonType, []byte(`{"status":"ok"}`+"\n"))
}

func (a *API) readyz(w http.ResponseWriter, r *http.Request) {
	if err := a.readiness(); err != nil {
		a.fail(w, r, err)
		return
	}
	a.livez(w, r)
}

// readiness returns errDraining, errNotReady or nil.
func (a *API) readiness() error {
	switch {
	case a.health.draining.Load():
		return errDraining
	case !a.health.ready.Load():
		return errNotReady
	}
	return nil
}

// closeWhileDraining makes clients with a kept connection look for another
// instance.
func (a *API) closeWhileDraining(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.health.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
