package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"testing"
	"time"

	"digits/internal/httpapi"
)

// A body arrives in every way that HTTP has: with its length, in chunks, after
// the server has said that it may come, and over HTTP/2 without TLS.
func TestBodiesArriveInEveryWay(t *testing.T) {
	var both http.Protocols
	both.SetHTTP1(true)
	both.SetUnencryptedHTTP2(true)
	server := serve(t, newAPI(t), func(s *http.Server) { s.Protocols = &both })
	var http1, http2 http.Protocols
	http1.SetHTTP1(true)
	http2.SetUnencryptedHTTP2(true)
	seven := readFile(t, "seven.png")
	tensor := binaryTensor(t, variants(t, 1)...)
	tensorBody, err := io.ReadAll(tensor.Body)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		protocols *http.Protocols
		chunked   bool
		expect    bool
		major     int
	}{
		"HTTP/1.1":                        {&http1, false, false, 1},
		"HTTP/1.1, chunked":               {&http1, true, false, 1},
		"HTTP/1.1, 100-continue":          {&http1, false, true, 1},
		"HTTP/1.1, chunked, 100-continue": {&http1, true, true, 1},
		"HTTP/2 cleartext":                {&http2, false, false, 2},
		"HTTP/2 cleartext, no length":     {&http2, true, false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			transport := &http.Transport{Protocols: test.protocols, ExpectContinueTimeout: time.Minute}
			defer transport.CloseIdleConnections()
			for path, body := range map[string][]byte{"/predict": seven, inferPath: tensorBody} {
				continued := false
				ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { continued = true }})
				r, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+path, bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if test.chunked {
					r.ContentLength = -1
				}
				if test.expect {
					r.Header.Set("Expect", "100-continue")
				}
				if path == inferPath {
					r.Header.Set("Inference-Header-Content-Length", tensor.Header.Get("Inference-Header-Content-Length"))
				}
				reply, err := transport.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(reply.Body)
				reply.Body.Close()
				if err != nil || reply.StatusCode != 200 || reply.ProtoMajor != test.major || continued != test.expect {
					t.Errorf("%s: %s %s, %v, continued %v: %.200q", path, reply.Proto, reply.Status, err, continued, text)
				}
			}
		})
	}
}

// A body that will be refused is refused before it is asked for.
func TestRefusedBodiesAreNotAskedFor(t *testing.T) {
	server := serve(t, newAPIWith(t, httpapi.Options{MaxBodyBytes: 100}), nil)
	for _, path := range []string{"/predict", inferPath} {
		r, err := http.NewRequest(http.MethodPost, server.URL+path, bytes.NewReader(make([]byte, 1000)))
		if err != nil {
			t.Fatal(err)
		}
		continued := false
		r = r.WithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { continued = true }}))
		r.Header.Set("Expect", "100-continue")
		transport := &http.Transport{ExpectContinueTimeout: time.Minute}
		defer transport.CloseIdleConnections()
		reply, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer reply.Body.Close()
		var problem struct{ Type string }
		if err := json.NewDecoder(reply.Body).Decode(&problem); err != nil || continued || problem.Type != urn+"body-too-large" {
			t.Errorf("%s: %v, %s, continued %v", path, err, problem.Type, continued)
		}
	}
}
