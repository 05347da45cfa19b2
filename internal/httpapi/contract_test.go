package httpapi_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/go-chi/chi/v5"

	"digits/internal/classify"
	"digits/internal/httpapi"
	"digits/pkg/cnn"
	"digits/weights"
)

// contract judges requests and replies by api/openapi.yaml.
type contract struct {
	document *openapi3.T
	router   routers.Router
}

// urn begins the type of every problem.
const urn = "urn:digits:problem:"

// testModel is what newAPI calls its weights.
var testModel = httpapi.Model{Version: "test", Number: 42}

// newAPI returns a ready API with the embedded weights.
func newAPI(t testing.TB) *httpapi.API {
	t.Helper()
	const patient = time.Minute // the race detector on a busy machine needs seconds for a large image
	model := testModel
	model.Pages = pages(t)
	a := newAPIWith(t, httpapi.Options{RequestTimeout: patient, Model: model, FeedbackWindow: 100})
	a.SetReady(true)
	return a
}

// newAPIWith returns an API with the embedded weights and other options.
func newAPIWith(t testing.TB, options httpapi.Options) *httpapi.API {
	t.Helper()
	options.Classifier = embedded(t, classify.Options{})
	return httpapi.New(options)
}

// embedded returns a classifier of the embedded weights.
func embedded(t testing.TB, options classify.Options) *classify.Classifier {
	t.Helper()
	model, err := embeddedModel()
	if err != nil {
		t.Fatal(err)
	}
	classifier, err := classify.New(model, options)
	if err != nil {
		t.Fatal(err)
	}
	return classifier
}

// embeddedModel is read once for all tests.
var embeddedModel = sync.OnceValues(func() (*cnn.Model, error) { return cnn.Load(bytes.NewReader(weights.Default())) })

// loadContract reads the document that the service hands out.
func loadContract(t testing.TB) contract {
	t.Helper()
	c, err := served()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// served is the contract that the server hands out, read once for all tests.
var served = sync.OnceValues(func() (contract, error) {
	reply := httptest.NewRecorder()
	httpapi.New(httpapi.Options{Classifier: panicking()}).ServeHTTP(reply, httptest.NewRequest(http.MethodGet, "/openapi.yaml", nil))
	document, err := openapi3.NewLoader().LoadFromData(reply.Body.Bytes())
	if err != nil {
		return contract{}, err
	}
	router, err := legacy.NewRouter(routable(document))
	return contract{document, router}, err
})

// ordinary headers say nothing about this API; the document leaves them out.
var ordinary = []string{
	"Cache-Control", "Connection", "Content-Length", "Content-Security-Policy", "Content-Type", "Cross-Origin-Opener-Policy", "Permissions-Policy",
	"Referrer-Policy", "Traceresponse", "Vary", "X-Content-Type-Options",
}

// checkRequest says why the document does not allow the request, whose body
// stays readable.
func (c contract) checkRequest(r *http.Request) error {
	route, params, err := c.router.FindRoute(routableRequest(r))
	if err != nil {
		return err
	}
	return openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
	})
}

// checkReply says why the document does not describe the reply: its status,
// media type, headers and body.
func (c contract) checkReply(r *http.Request, reply *http.Response) error {
	route, err := c.routeOf(r)
	if err != nil {
		return err
	}
	described := route.Operation.Responses.Status(reply.StatusCode)
	if described == nil {
		return fmt.Errorf("status %d is not described", reply.StatusCode)
	}
	if len(described.Value.Content) == 0 {
		if left, err := io.ReadAll(reply.Body); len(left) > 0 || err != nil || reply.Header.Get("Content-Type") != "" {
			return fmt.Errorf("status %d has the body %.100q, %v; none is described", reply.StatusCode, left, err)
		}
	} else if described.Value.Content.Get(reply.Header.Get("Content-Type")) == nil {
		return fmt.Errorf("media type %q of status %d is not described", reply.Header.Get("Content-Type"), reply.StatusCode)
	}
	for name := range reply.Header {
		if _, ok := described.Value.Headers[name]; !ok && !slices.Contains(ordinary, name) {
			return fmt.Errorf("header %s of status %d is not described", name, reply.StatusCode)
		}
	}
	head := r.Method == http.MethodHead
	if head { // kin-openapi does not look at replies to HEAD
		r = r.Clone(r.Context())
		r.Method = http.MethodGet
	}
	return openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: route},
		Status:                 reply.StatusCode,
		Header:                 reply.Header,
		Body:                   reply.Body,
		Options:                &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: head},
	})
}

// routeOf finds the operation. Where there is none, it is one that answers
// only with what components/responses has for that.
func (c contract) routeOf(r *http.Request) (*routers.Route, error) {
	if route := c.routeFor(r, r.Method); route != nil {
		return route, nil
	}
	status, name := http.StatusNotFound, "NotFound"
	for _, method := range []string{http.MethodGet, http.MethodPost} { // every path has one of them
		if c.routeFor(r, method) != nil {
			status, name = http.StatusMethodNotAllowed, "MethodNotAllowed"
		}
	}
	if inferencePath(r.URL.Path) {
		name = "Inference" + name
	}
	responses := openapi3.NewResponses(openapi3.WithStatus(status, c.document.Components.Responses[name]))
	return &routers.Route{Spec: c.document, Operation: &openapi3.Operation{Responses: responses}}, nil
}

// routeFor returns the operation of a path and a method, or nil. The router takes
// a path for the same with a slash behind it.
func (c contract) routeFor(r *http.Request, method string) *routers.Route {
	routable := routableRequest(r)
	routable.Method = method
	route, _, err := c.router.FindRoute(routable)
	listed := c.document.Paths.Value(r.URL.Path) != nil
	if err != nil || !listed && strings.HasSuffix(r.URL.Path, "/") {
		return nil
	}
	return route
}

// send asks the handler and checks the reply against the contract. It returns
// the status and the body.
func (c contract) send(t testing.TB, h http.Handler, r *http.Request) (int, []byte) {
	t.Helper()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	body := recorder.Body.Bytes()
	reply := recorder.Result()
	reply.Body = io.NopCloser(bytes.NewReader(body))
	if err := c.checkReply(r, reply); err != nil {
		cause, _, _ := strings.Cut(err.Error(), "\n") // without the whole schema
		t.Errorf("%s %s: the reply is not as the contract says: %s\n%d %v\n%.500s", r.Method, r.URL, cause, reply.StatusCode, reply.Header, body)
	}
	return reply.StatusCode, body
}

// The examples too: kin-openapi validates them as replies.
func TestContractIsValid(t *testing.T) {
	c := loadContract(t)
	if err := c.document.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !c.document.IsOpenAPI31OrLater() {
		t.Errorf("version %s, want 3.1", c.document.OpenAPI)
	}
}

// A reply is described only if nothing can be added to it unseen.
func TestContractClosesEveryReply(t *testing.T) {
	c := loadContract(t)
	for name, schema := range c.document.Components.Schemas {
		s := schema.Value
		if !s.Type.Is("object") || name == "PredictForm" {
			continue
		}
		if s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has {
			t.Errorf("schema %s lacks additionalProperties: false", name)
		}
	}
}

// Every problem that a response allows has an example, and the other way round.
func TestContractShowsEveryProblem(t *testing.T) {
	c := loadContract(t)
	for name, response := range c.document.Components.Responses {
		media := response.Value.Content["application/problem+json"]
		if media == nil {
			continue
		}
		allowed := allowedSlugs(media)
		if shown := slices.Sorted(maps.Keys(media.Examples)); !slices.Equal(shown, allowed) {
			t.Errorf("%s shows %v, allows %v", name, shown, allowed)
		}
	}
}

// allowedSlugs returns the problems of a response, sorted.
func allowedSlugs(media *openapi3.MediaType) []string {
	var slugs []string
	for _, name := range media.Schema.Value.AllOf[1].Value.Properties["type"].Value.Enum {
		slugs = append(slugs, strings.TrimPrefix(name.(string), urn))
	}
	slices.Sort(slugs)
	return slugs
}

// slugs returns all the problems that the document has, sorted.
func (c contract) slugs() []string {
	var all []string
	for _, response := range c.document.Components.Responses {
		if media := response.Value.Content["application/problem+json"]; media != nil {
			all = append(all, allowedSlugs(media)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestContractListsTheRoutes(t *testing.T) {
	var served, described []string
	a := newAPI(t)
	for _, routes := range []chi.Routes{a.Routes(), a.Admin(nil)} {
		err := chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
			if !strings.HasPrefix(route, "/debug/") { // Go's own
				served = append(served, method+" "+route)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for path, item := range loadContract(t).document.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	slices.Sort(served)
	slices.Sort(described)
	served = slices.Compact(served)
	if !slices.Equal(served, described) {
		t.Errorf("served %v\ndescribed %v", served, described)
	}
}
