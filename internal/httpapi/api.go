// Package httpapi is the service over HTTP: routes, limits, replies, problems
// and metrics, as api/openapi.yaml describes them.
package httpapi

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"digits/api"
	"digits/pkg/imageprep"
)

// Build says which program gives the answers.
type Build struct{ Version, Kernel string }

// Options say how an API works. Only the Classifier is needed.
type Options struct {
	Classifier       Classifier // with Model, what answers until SetModel is called
	Model            Model
	Build            Build
	Registry         *prometheus.Registry // takes the metrics and is served by /metrics; nil means a new one
	Logger           *slog.Logger         // nil means no log
	MaxBodyBytes     int64                // 0 means DefaultMaxBodyBytes
	MaxBufferedBytes int64                // of all bodies that are in memory at once; 0 means DefaultMaxBufferedBytes
	MaxPixels        int                  // of an image, as the Classifier has it, for problems to tell; 0 means DefaultMaxPixels
	MaxImages        int                  // of one request; 0 means DefaultMaxImages
	RequestTimeout   time.Duration        // for an answer, once the request has been read; 0 means DefaultRequestTimeout
	TrustedProxies   []string             // networks as 10.0.0.0/8 whose X-Forwarded-For is believed; an invalid one panics
	RateLimit        float64              // requests with a body that a client may send in a second; 0 means any number
	RateBurst        int                  // of these, how many at once; 0 means DefaultRateBurst
	Origins          []string             // of pages that may ask from a browser, as https://example.org, or *
	LogSample        float64              // share of the requests that succeed, up to 1, that is logged; 0 means all
	FeedbackWindow   int                  // last predictions that feedback can be given on; 0 means that there is no /feedback
	AdminListener    bool                 // /metrics is served by Admin and not here
}

// Defaults of Options.
const (
	DefaultMaxBodyBytes     = 8 << 20
	DefaultMaxBufferedBytes = 256 << 20
	DefaultMaxPixels        = 25_000_000
	DefaultMaxImages        = 16
	DefaultRequestTimeout   = 5 * time.Second
	DefaultFeedbackWindow   = 10_000
	DefaultRateBurst        = 20
)

// API answers the service's requests. It starts out not ready.
type API struct {
	options Options
	router  *chi.Mux
	current atomic.Pointer[serving]
	metrics *metrics
	health  health
	sample  sample
	recent  *recent
	bodies  budget            // memory for them
	limits  *strings.Replacer // puts the limits into the texts of problems
}

// New returns an API. It panics without a classifier, and when the registry
// already has its metrics.
func New(options Options) *API {
	if options.Classifier == nil {
		panic("httpapi: Options.Classifier is nil")
	}
	options = options.withDefaults()
	a := &API{options: options, router: chi.NewRouter(), metrics: newMetrics(options), limits: options.limits(), recent: newRecent(options.FeedbackWindow)}
	a.SetModel(options.Classifier, options.Model)
	a.options.Classifier = nil // it may not be the one that answers
	a.bodies.limit = options.MaxBufferedBytes
	a.sample.share = options.LogSample
	options.Registry.MustRegister(a.bodies.gauge(), liveMetrics{a.serving})
	a.router.Use(a.track, clientAddress(options.TrustedProxies), a.securityHeaders, a.closeWhileDraining, a.instrument, a.logAccess, a.recoverPanics, allowOrigins(options.Origins), newTurns().take)
	a.routes()
	return a
}

func (o Options) withDefaults() Options {
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.MaxBodyBytes <= 0 {
		o.MaxBodyBytes = DefaultMaxBodyBytes
	}
	if o.MaxBufferedBytes <= 0 {
		o.MaxBufferedBytes = DefaultMaxBufferedBytes
	}
	if o.MaxPixels <= 0 {
		o.MaxPixels = DefaultMaxPixels
	}
	if o.MaxImages <= 0 {
		o.MaxImages = DefaultMaxImages
	}
	if o.RateBurst <= 0 {
		o.RateBurst = DefaultRateBurst
	}
	if o.LogSample <= 0 {
		o.LogSample = 1
	}
	if o.RequestTimeout <= 0 {
		o.RequestTimeout = DefaultRequestTimeout
	}
	return o
}

func (o Options) limits() *strings.Replacer {
	return strings.NewReplacer("{bytes}", fmt.Sprint(o.MaxBodyBytes), "{pixels}", fmt.Sprint(o.MaxPixels), "{images}", fmt.Sprint(o.MaxImages),
		"{tensors}", fmt.Sprint(maxTensors), "{progressive}", fmt.Sprint(min(o.MaxPixels, imageprep.MaxProgressivePixels)),
		"{lossless}", fmt.Sprint(min(o.MaxPixels, imageprep.MaxLosslessPixels)))
}

func (a *API) routes() {
	limited := a.router.With(a.limitRate())
	limited.Post("/predict", a.predict)
	if a.options.FeedbackWindow > 0 {
		limited.Post(feedbackPath, a.feedback)
	}
	a.healthRoutes(a.router)
	if !a.options.AdminListener {
		a.get(a.router, "/metrics", a.metricsHandler())
	}
	a.get(a.router, "/openapi.yaml", http.HandlerFunc(document))
	a.inferenceRoutes(limited)
	a.pages(a.router, Model.pages, pageRoutes)
	a.addRoutes(a.router)
}

func (a *API) healthRoutes(router chi.Router) {
	a.get(router, "/livez", http.HandlerFunc(a.livez))
	a.get(router, "/healthz", http.HandlerFunc(a.livez))
	a.get(router, "/readyz", http.HandlerFunc(a.readyz))
}

// get adds a handler for GET and HEAD.
func (a *API) get(router chi.Router, pattern string, h http.Handler) {
	router.Method(http.MethodGet, pattern, h)
	router.Method(http.MethodHead, pattern, h)
}

// addRoutes completes a router: its metrics, and what there is no route for.
func (a *API) addRoutes(router chi.Router) {
	router.NotFound(a.notFound)
	router.MethodNotAllowed(a.methodNotAllowed)
	_ = chi.Walk(router, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		a.metrics.addRoute(method, pattern)
		return nil
	})
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.router.ServeHTTP(w, r) }

// Routes returns the route table, for tools that list it.
func (a *API) Routes() chi.Routes { return a.router }

func document(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, "application/yaml", api.Document())
}
