package httpapi

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"digits/internal/classify"
	"digits/pkg/imageprep"
)

const (
	jsonType    = "application/json"
	problemType = "application/problem+json"
)

// reason is the problem's name as a label of metrics.
func (p *problem) reason() string { return strings.ReplaceAll(p.slug, "-", "_") }

// problemReply is a problem as it is sent, according to RFC 9457. Its texts are
// the table's, with the limits in them; of the request it has only the id and,
// to who asks for them, the pictures.
type problemReply struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	ID     string `json:"id,omitempty"`
	Cause  string `json:"cause,omitempty"` // to those who run the service only
	Error  string `json:"error,omitempty"` // title and detail, where a protocol wants them so

	Pictures []pictureReply `json:"pictures,omitzero"` // of the preparation, where they were asked for
}

// reply returns the problem as it is sent for an error.
func (p *problem) reply(limits *strings.Replacer, err error) problemReply {
	reply := problemReply{Type: "urn:digits:problem:" + p.slug, Title: p.title, Status: p.status, Detail: limits.Replace(p.detail)}
	var explained explainedError
	if errors.As(err, &explained) {
		reply.Pictures = explained.pictures
	}
	return reply
}

// fail answers with the problem that the table has for the error. Who has left
// gets no answer, and the handler ends.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	x, p := exchangeOf(r), problemOf(err)
	a.account(x, p, err)
	if p.status == statusClientClosed { // or has closed its side only, and then gets no status that nobody knows
		panic(http.ErrAbortHandler)
	}
	reply := p.reply(a.limits, err)
	reply.ID = x.id
	if p.err == errReload {
		reply.Cause = err.Error()
	}
	contentType := problemType
	if speaksInference(r.URL.Path) {
		contentType, reply.Error = jsonType, reply.Title+". "+reply.Detail
	}
	body, encodeError := encode(reply)
	if encodeError != nil {
		panic("httpapi: a problem cannot be encoded")
	}
	if seconds := a.retryAfter(p, err); seconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	write(w, p.status, contentType, body)
}

// retryAfter returns after how many seconds a request that was refused may be
// sent again, or 0.
func (a *API) retryAfter(p *problem, err error) int {
	const longest = 30
	wait := time.Duration(0)
	var rate rateError
	switch queue, ok := a.serving().Classifier.(loaded); {
	case errors.As(err, &rate):
		return int(math.Ceil(rate.wait.Seconds())) // it is certain
	case p.err == classify.ErrOverloaded && ok:
		wait = queue.Wait() // by then, those who wait now are served
	case p.status != http.StatusServiceUnavailable:
		return 0
	}
	return int(min(max(math.Ceil(wait.Seconds()), 1), longest))
}

// account puts a problem into metrics and log.
func (a *API) account(x *exchange, p *problem, cause error) {
	x.problem, x.cause = p, cause
	a.metrics.rejected.WithLabelValues(p.reason()).Inc()
	if overload := (*classify.Overload)(nil); errors.As(cause, &overload) {
		a.metrics.overloads.WithLabelValues(overload.Cause).Inc()
	}
	a.countCancelled(cause)
	a.countPanic(x, cause)
}

// countPanic counts a bug, and logs one for which the status is the client's
// fault: the image that a decoder panics on is damaged, mostly.
func (a *API) countPanic(x *exchange, cause error) {
	switch {
	case errors.Is(cause, imageprep.ErrPanic):
		a.options.Logger.Error("a decoder panicked", "id", x.id, "error", cause)
	case !errors.Is(cause, errPanic) && !errors.Is(cause, classify.ErrPanic):
		return
	}
	a.metrics.panics.Inc()
}

func (a *API) notFound(w http.ResponseWriter, r *http.Request) {
	if speaksInference(r.URL.Path) {
		a.fail(w, r, errModelNotFound)
		return
	}
	a.fail(w, r, errNotFound)
}

func (a *API) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range methods {
		if pattern := chi.RouteContext(r.Context()).Routes.Find(chi.NewRouteContext(), method, r.URL.Path); pattern != "" {
			allowed = append(allowed, method)
			exchangeOf(r).route = a.metrics.routes[pattern]
		}
	}
	if len(allowed) == 0 {
		a.notFound(w, r)
		return
	}
	if preflightAllowed(w) {
		exchangeOf(r).route = &preflight
		w.WriteHeader(http.StatusOK)
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	a.fail(w, r, errMethodNotAllowed)
}
