// Package hostile makes requests that try to break an image service or to keep
// it busy, each with the status that it must get. Photographs of the largest size
// are none of them: they take what they take.
package hostile

import (
	"math/rand/v2"
	"slices"
)

// Request is one attack.
type Request struct {
	Name   string
	Method string
	Path   string // with its query
	Header map[string]string
	Body   []byte
	// Raw is sent on a connection as it is, in place of all these, when it is
	// no HTTP that a client would send.
	Raw []byte
	// Status is what may be answered; 0 stands for a connection that is closed
	// without an answer.
	Status []int
}

// Corpus returns all requests, always the same for the same random numbers.
func Corpus(random *rand.Rand) []Request {
	return slices.Concat(images(random), bombs(), forms(), uploads(), inference(), protocol())
}

// post returns a request with a body that is not announced to be anything.
func post(name, path string, body []byte, status ...int) Request {
	return Request{Name: name, Method: "POST", Path: path, Body: body, Status: status}
}

// with adds a header.
func (r Request) with(name, value string) Request {
	header := map[string]string{name: value}
	for k, v := range r.Header {
		header[k] = v
	}
	r.Header = header
	return r
}
