package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Admin returns the routes for those who run the service, which belong on a
// listener that the public cannot reach: metrics and the page that
// draws them, profiles, health, and POST /-/reload, which calls reload and tells
// its error. It must be called before the first request.
func (a *API) Admin(reload func(context.Context) (Model, error)) chi.Router {
	router := chi.NewRouter()
	router.Use(a.track, clientAddress(a.options.TrustedProxies), a.securityHeaders, a.instrument, a.logAccess, a.recoverPanics)
	a.healthRoutes(router)
	a.get(router, "/metrics", a.metricsHandler())
	a.pages(router, Model.adminPages, adminPageRoutes)
	router.Post(reloadPath, func(w http.ResponseWriter, r *http.Request) { a.reload(w, r, reload) })
	a.addRoutes(router)
	router.Mount(profilesPath, middleware.Profiler())
	return router
}

// Paths on the operators' listener only.
const (
	reloadPath   = "/-/reload"
	profilesPath = "/debug"
)

func (a *API) reload(w http.ResponseWriter, r *http.Request, reload func(context.Context) (Model, error)) {
	m, err := reload(context.WithoutCancel(r.Context())) // who asked may hang up
	if err != nil {
		a.fail(w, r, fmt.Errorf("%w: %w", errReload, err))
		return
	}
	a.answer(w, r, reloadReply{ID: exchangeOf(r).id, Model: modelReply{Name: modelName, Version: m.Version}})
}

func (a *API) metricsHandler() http.Handler {
	return promhttp.HandlerFor(a.options.Registry, promhttp.HandlerOpts{
		EnableOpenMetrics: true,
		ErrorLog:          slog.NewLogLogger(a.options.Logger.Handler(), slog.LevelError),
	})
}
