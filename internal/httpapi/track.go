package httpapi

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5/middleware"
)

// exchange is what the middlewares and handlers know of a request and its
// reply. It belongs to the request's goroutine.
type exchange struct {
	id         string
	began      time.Time
	reply      middleware.WrapResponseWriter
	trace      trace
	stages     [stageCount]time.Duration // of all images together
	images     int                       // sent
	pixels     int                       // of those that were decoded
	digit      int                       // read, of the last image
	confidence float64
	reason     string // why that is not accepted
	route      *route // where it is not that of the pattern
	problem    *problem
	cause      error
}

type exchangeKey struct{}

// exchangeOf returns the exchange that track has made.
func exchangeOf(r *http.Request) *exchange {
	return r.Context().Value(exchangeKey{}).(*exchange)
}

// status returns the reply's status; net/http makes it 200 when nobody says.
func (x *exchange) status() int {
	switch status := x.reply.Status(); {
	case status != 0:
		return status
	case x.problem != nil: // nobody is told
		return x.problem.status
	}
	return http.StatusOK
}

const idHeader = "X-Request-Id"

// track gives the request an id and an exchange.
func (a *API) track(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(idHeader)
		if !saneID(id) {
			id = rand.Text()
		}
		w.Header().Set(idHeader, id)
		trace := traceOf(r.Header.Get(traceparentHeader))
		if trace.id != "" {
			w.Header().Set(traceresponseHeader, trace.response())
		}
		x := &exchange{id: id, trace: trace, began: time.Now(), reply: middleware.NewWrapResponseWriter(w, r.ProtoMajor)}
		next.ServeHTTP(x.reply, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)))
	})
}

// saneID reports whether a client's id can go into logs and replies as it is.
func saneID(id string) bool {
	for _, c := range []byte(id) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return 0 < len(id) && len(id) <= 64
}
