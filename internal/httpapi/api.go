// Package httpapi is the service over HTTP: routes, limits, replies, problems
// and metrics, as api/openapi.yaml describes them.
package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"digits/api"
	"digits/internal/classify"
)

// Classifier reads the digit in an encoded image.
type Classifier interface {
	Classify(ctx context.Context, data []byte) (classify.Result, error)
}

// modelName is what the service calls its model, whichever weights it has.
const modelName = "digits"

// Model says which weights give the answers.
type Model struct{ Version, Digest string }

// Build says which program gives the answers.
type Build struct{ Version, Kernel string }

// Options say how an API works. Only the Classifier is needed.
type Options struct {
	Classifier       Classifier
	Model            Model
	Build            Build
	Pages            Pages                // for people; nil means none
	Registry         *prometheus.Registry // takes the metrics and is served by /metrics; nil means a new one
	Logger           *slog.Logger         // nil means no log
	MaxBodyBytes     int64                // 0 means DefaultMaxBodyBytes
	MaxBufferedBytes int64                // of all bodies that are in memory at once; 0 means DefaultMaxBufferedBytes
	MaxPixels        int                  // of an image, as the Classifier has it, for problems to tell; 0 means DefaultMaxPixels
	MaxImages        int                  // of one request; 0 means DefaultMaxImages
	RequestTimeout   time.Duration        // for an answer, once the request has been read; 0 means DefaultRequestTimeout
}

// Defaults of Options.
const (
	DefaultMaxBodyBytes     = 8 << 20
	DefaultMaxBufferedBytes = 256 << 20
	DefaultMaxPixels        = 25_000_000
	DefaultMaxImages        = 16
	DefaultRequestTimeout   = 5 * time.Second
)

// API answers the service's requests. It starts out not ready.
type API struct {
	options Options
	router  *chi.Mux
	metrics *metrics
	health  health
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
	a := &API{options: options, router: chi.NewRouter(), metrics: newMetrics(options), limits: options.limits()}
	a.bodies.limit = options.MaxBufferedBytes
	options.Registry.MustRegister(a.bodies.gauge())
	a.router.Use(a.track, a.securityHeaders, a.closeWhileDraining, a.instrument, a.logAccess, a.recoverPanics)
	a.routes()
	a.metrics.create(a.router)
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
	if o.RequestTimeout <= 0 {
		o.RequestTimeout = DefaultRequestTimeout
	}
	return o
}

func (o Options) limits() *strings.Replacer {
	return strings.NewReplacer("{bytes}", fmt.Sprint(o.MaxBodyBytes), "{pixels}", fmt.Sprint(o.MaxPixels), "{images}", fmt.Sprint(o.MaxImages))
}

func (a *API) routes() {
	a.router.NotFound(a.notFound)
	a.router.MethodNotAllowed(a.methodNotAllowed)
	a.router.Post("/predict", a.predict)
	a.get("/livez", http.HandlerFunc(a.livez))
	a.get("/healthz", http.HandlerFunc(a.livez))
	a.get("/readyz", http.HandlerFunc(a.readyz))
	a.get("/metrics", promhttp.HandlerFor(a.options.Registry, promhttp.HandlerOpts{
		EnableOpenMetrics: true,
		ErrorLog:          slog.NewLogLogger(a.options.Logger.Handler(), slog.LevelError),
	}))
	a.get("/openapi.yaml", http.HandlerFunc(document))
	if a.options.Pages != nil {
		for _, pattern := range pageRoutes {
			a.get(pattern, http.HandlerFunc(a.page))
		}
	}
}

// get adds a handler for GET and HEAD.
func (a *API) get(pattern string, h http.Handler) {
	a.router.Method(http.MethodGet, pattern, h)
	a.router.Method(http.MethodHead, pattern, h)
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.router.ServeHTTP(w, r) }

// Routes returns the route table, for tools that list it.
func (a *API) Routes() chi.Routes { return a.router }

func document(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, "application/yaml", api.Document())
}
