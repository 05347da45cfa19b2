package browsertest

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"digits/api"
	"digits/internal/classify"
	"digits/internal/httpapi"
	"digits/internal/web"
	"digits/pkg/cnn"
	"digits/weights"
)

// service is the real one, on an address that it keeps when it is stopped and
// started again.
type service struct {
	t       *testing.T
	api     *httpapi.API
	handler http.Handler
	before  atomic.Pointer[http.HandlerFunc] // answers a request that it knows, see intercept
	server  *http.Server
	addr    string
	ended   chan error
}

const maxBody = 8 << 20

func serve(t *testing.T) *service {
	t.Helper()
	return serveTelling(t, func(*web.Options) {})
}

// serveTelling starts a service whose pages tell something else than usual.
func serveTelling(t *testing.T, change func(pages *web.Options)) *service {
	t.Helper()
	model, err := cnn.Load(bytes.NewReader(weights.Default()))
	if err != nil {
		t.Fatal(err)
	}
	classifier, err := classify.New(model, classify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	options := web.Options{Contract: api.Document(), Version: "test", Card: weights.Card(), Metadata: model.Metadata(), MaxBodyBytes: maxBody,
		Model: web.Model{Version: model.Digest()[:12], Digest: model.Digest()}}
	change(&options)
	site, err := web.New(options)
	if err != nil {
		t.Fatal(err)
	}
	a := httpapi.New(httpapi.Options{Classifier: classifier, MaxBodyBytes: maxBody, FeedbackWindow: 100,
		Model: httpapi.Model{Version: model.Digest()[:12], Digest: model.Digest(), Pages: site, AdminPages: site}})
	a.SetReady(true)
	s := &service{t: t, api: a, handler: a, addr: "127.0.0.1:0"}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *service) url() string { return "http://" + s.addr }

func (s *service) start() {
	s.t.Helper()
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.addr = listener.Addr().String()
	s.server = &http.Server{Handler: s}
	s.ended = make(chan error, 1)
	go func() { s.ended <- s.server.Serve(listener) }()
}

// stop ends the service as a crash does: open connections break.
func (s *service) stop() {
	if s.server == nil {
		return
	}
	_ = s.server.Close()
	if err := <-s.ended; !errors.Is(err, http.ErrServerClosed) {
		s.t.Error(err)
	}
	s.server = nil
}

// intercept has a handler answer what is sent to a path, until it returns
// without an answer.
func (s *service) intercept(path string, answer func(w http.ResponseWriter, r *http.Request) bool) {
	f := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path || !answer(w, r) {
			s.handler.ServeHTTP(w, r)
		}
	})
	s.before.Store(&f)
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if before := s.before.Load(); before != nil {
		before.ServeHTTP(w, r)
		return
	}
	s.handler.ServeHTTP(w, r)
}
