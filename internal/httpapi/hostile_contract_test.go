package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"digits/internal/hostile"
)

// asker makes random requests out of what the contract has.
type asker struct {
	*rand.Rand
	calls  [][2]string // methods and paths
	bodies [][]byte
}

func newAsker(t *testing.T, c contract) *asker {
	a := &asker{Rand: rand.New(rand.NewPCG(3, 4))}
	for _, path := range slices.Sorted(maps.Keys(c.document.Paths.Map())) {
		if path == "/-/reload" { // is not on the public listener
			continue
		}
		for _, method := range slices.Sorted(maps.Keys(c.document.Paths.Value(path).Operations())) {
			for range map[bool]int{true: 5, false: 1}[method == http.MethodPost] { // where the most can go wrong
				a.calls = append(a.calls, [2]string{method, strings.Replace(withVersion(path), "{version}", "test", 1)})
			}
		}
		operation := c.document.Paths.Value(path).Post
		if operation == nil || operation.RequestBody == nil {
			continue
		}
		for _, media := range slices.Sorted(maps.Keys(operation.RequestBody.Value.Content)) {
			examples := operation.RequestBody.Value.Content[media].Examples
			for _, name := range slices.Sorted(maps.Keys(examples)) {
				example := examples[name].Value
				if example.ExternalValue != "" {
					_, body := externalBody(t, example.ExternalValue)
					a.bodies = append(a.bodies, body)
				} else {
					a.bodies = append(a.bodies, asJSON(t, example.Value))
				}
			}
		}
	}
	files := sevens(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		a.bodies = append(a.bodies, files[name])
	}
	for _, h := range hostile.Corpus(rand.New(rand.NewPCG(1, 2))) {
		if len(h.Body) < 4<<10 {
			a.bodies = append(a.bodies, h.Body)
		}
	}
	return a
}

func one[T any](a *asker, of ...T) T { return of[a.IntN(len(of))] }

// request is like one of the contract's, more or less.
func (a *asker) request() *http.Request {
	r := httptest.NewRequest("GET", "/", bytes.NewReader(a.body()))
	method, path := a.call()
	r.Method = method
	r.URL = &url.URL{Path: path, RawQuery: one(a, "", "", "", "explain=1", "explain=2", "explain=%zz", "a=b;c", "explain=0&explain=1", "=&=")}
	for _, header := range [][]string{
		{"Content-Type", "", "", "image/png", "application/json", "application/octet-stream", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain; charset=x", "/", "application/x-www-form-urlencoded"},
		{"Content-Encoding", "", "", "", "", "", "gzip", "identity"},
		{"Inference-Header-Content-Length", "", "", "", "0", "100", "-1", "99999999999"},
		{"X-Request-Id", "", "", "an-id", "<b>", "ä"},
		{"Traceparent", "", "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-0"},
		{"Accept", "", "text/html", "*/*;q=x"},
		{"Range", "", "", "", "bytes=0-0"},
		{"If-None-Match", "", "", "", "*"},
	} {
		if value := one(a, header[1:]...); value != "" {
			r.Header.Set(header[0], value)
		}
	}
	return r
}

// call is one of the contract's, mostly. To other methods than POST, versions/x:predict
// may be the version x:predict as well, which the contract's router does not see.
func (a *asker) call() (method, path string) {
	call := one(a, a.calls...)
	method, path = call[0], call[1]
	if strings.HasSuffix(path, "/versions/42:predict") {
		return method, path
	}
	switch a.IntN(8) {
	case 0:
		return method, path + one(a, "/", "x", "/x", "/versions/test", "/versions/2", "/../..", "%", "\x00", "//")
	case 1:
		return method, strings.Replace(path, "digits", one(a, "letters", "", "..", "digits/versions/x"), 1)
	case 2:
		return one(a, "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"), path
	}
	return method, path
}

// body is an example, as it is, mutated, or JSON of the examples' words.
func (a *asker) body() []byte {
	switch a.IntN(4) {
	case 0:
		b, err := json.Marshal(a.value(0))
		if err != nil {
			panic("a value cannot be encoded")
		}
		return b
	case 1:
		return one(a, a.bodies...)
	}
	b := bytes.Clone(one(a, a.bodies...))
	for range 1 + a.IntN(4) {
		if len(b) == 0 {
			break
		}
		at := a.IntN(len(b))
		switch a.IntN(4) {
		case 0:
			b[at] ^= 1 << a.IntN(8)
		case 1:
			b = b[:at]
		case 2:
			b = slices.Concat(b[:at], one(a, a.bodies...))
		case 3:
			b = slices.Concat(b[:at], []byte(one(a, "0", "-", "1e999", "null", `"`, "[", "]", "{", "}", ",", "9223372036854775808", "\xff")), b[at:])
		}
	}
	return b
}

// value is one that JSON can have.
func (a *asker) value(depth int) any {
	switch kind := a.IntN(6); {
	case depth < 5 && kind < 2 || depth == 0:
		object := map[string]any{}
		for range 1 + a.IntN(3) {
			object[one(a, "image", "images", "b64", "inputs", "outputs", "name", "shape", "datatype", "data", "parameters", "binary_data_size",
				"binary_data", "classification", "instances", "signature_name", "id", "label", "x")] = a.value(depth + 1)
		}
		return object
	case depth < 5 && kind < 4:
		return slices.Collect(func(yield func(any) bool) {
			for range a.IntN(4) {
				if !yield(a.value(depth + 1)) {
					return
				}
			}
		})
	}
	return one[any](a, nil, true, false, 0, 1, -1, 28, 784, 0.5, 1e300, "", "input-0", "image", "FP32", "UINT8", "BYTES", "digits", "probabilities", "aaaa", "\x00")
}

// Whatever is asked, the reply is one that the contract describes, and none of a
// failure.
func TestRandomRequestsGetDescribedReplies(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	a := newAsker(t, c)
	count := 2000
	if *full {
		count = 100_000
	}
	statuses := map[int]int{}
	for range count {
		r := a.request()
		copy := r.Clone(t.Context())
		recorder := httptest.NewRecorder()
		h.ServeHTTP(recorder, r)
		reply := recorder.Result()
		statuses[reply.StatusCode]++
		reply.Body = io.NopCloser(bytes.NewReader(recorder.Body.Bytes()))
		err := c.checkReply(copy, reply)
		if err != nil || reply.StatusCode >= 500 && reply.StatusCode != 503 && reply.StatusCode != 504 {
			cause := ""
			if err != nil {
				cause, _, _ = strings.Cut(err.Error(), "\n")
			}
			t.Errorf("%s %q?%s %v: %d %s\n%.300s", copy.Method, copy.URL.Path, copy.URL.RawQuery, copy.Header, reply.StatusCode, cause, recorder.Body)
		}
	}
	t.Logf("%d requests: %v", count, statuses)
	for _, status := range []int{200, 400, 404, 405, 415, 422} {
		if statuses[status] == 0 {
			t.Errorf("no request got %d", status)
		}
	}
}
