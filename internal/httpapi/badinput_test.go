package httpapi_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"digits/internal/hostile"
	"digits/internal/httpapi"
)

// serve runs the API behind a real server and connection.
func serve(t *testing.T, h http.Handler, adjust func(*http.Server)) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	if adjust != nil {
		adjust(server.Config)
	}
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// unharmed checks that the server still reads a seven.
func unharmed(t *testing.T, server *httptest.Server) {
	t.Helper()
	reply, err := http.Post(server.URL+"/predict", "image/png", bytes.NewReader(readFile(t, "seven.png")))
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	var answer struct{ Digit *int }
	if err := json.NewDecoder(reply.Body).Decode(&answer); err != nil || answer.Digit == nil || *answer.Digit != 7 {
		t.Errorf("afterwards: %s, %v", reply.Status, err)
	}
}

// problemType returns the slug of the problem in a reply.
func problemType(t *testing.T, reply *http.Response) string {
	t.Helper()
	var problem struct{ Type string }
	if err := json.NewDecoder(reply.Body).Decode(&problem); err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(problem.Type, urn)
}

// Bad input of every kind, through a real connection, each with its own status
// and problem, and the server unharmed. contract_problems_test.go has the rest.
func TestBadInput(t *testing.T) {
	server := serve(t, newAPI(t), nil)
	seven := readFile(t, "seven.png")
	for _, test := range []struct {
		name    string
		request *http.Request
		status  int
		slug    string
	}{
		{"empty body", post("", nil), 400, "empty-body"},
		{"text", post("text/plain", []byte("a seven, please")), 415, "unsupported-media-type"},
		{"truncated PNG", post("image/png", seven[:len(seven)-40]), 400, "malformed-image"},
		{"50000x50000", post("image/png", declaring(seven, 50000, 50000)), 422, "too-many-pixels"},
		{"33 scans", post("image/jpeg", hostile.JPEG{Width: 64, Height: 64, Components: 1, Progressive: true, Scans: 33}.Bytes()), 422, "too-many-pieces"},
		{"1x1", post("image/png", blank(t, 1, 1)), 422, "image-too-small"},
		{"all white", post("image/png", blank(t, 100, 100)), 422, "no-ink"},
		{"wrong method", httptest.NewRequest(http.MethodPut, "/predict", bytes.NewReader(seven)), 405, "method-not-allowed"},
		{"unheard-of method", httptest.NewRequest("BREW", "/predict", nil), 405, "method-not-allowed"},
		{"unknown route", httptest.NewRequest(http.MethodPost, "/predict/7", bytes.NewReader(seven)), 404, "not-found"},
		{"unknown route and method", httptest.NewRequest("BREW", "/coffee", nil), 404, "not-found"},
		{"form without an image", form(t, "file", seven), 400, "missing-image"},
		{"broken base64", post("application/json", []byte(`{"image":"iVBORw0KGgo-"}`)), 400, "malformed-base64"},
		{"broken JSON without a type", post("", []byte(" {\n")), 400, "malformed-json"},
		{"null", post("application/json", []byte(`null`)), 400, "wrong-type"},
		{"a null image", post("application/json", []byte(`{"image":null}`)), 400, "wrong-type"},
		{"a null among images", post("application/json", []byte(`{"images":[null]}`)), 400, "wrong-type"},
		{"no images in the list", post("application/json", []byte(`{"images":[]}`)), 400, "missing-image"},
		{"deep JSON", post("application/json", append([]byte(`{"images":`), bytes.Repeat([]byte(`[`), 20000)...)), 400, "malformed-json"},
		{"an object for an image", post("application/json", []byte(`{"image":{"a":1}}`)), 400, "wrong-type"},
		{"a number for an image", post("application/json", []byte(`{"image":5}`)), 400, "wrong-type"},
		{"a string for a list", post("application/json", []byte(`{"images":"aaaa"}`)), 400, "wrong-type"},
		{"a word for an image", post("application/json", []byte(`{"image":seven}`)), 400, "malformed-json"},
		{"a comma too many", post("application/json", []byte(`{"image":"aaaa",}`)), 400, "malformed-json"},
		{"a comma too many in the list", post("application/json", []byte(`{"images":["aaaa",]}`)), 400, "malformed-json"},
		{"a list that does not end", post("application/json", []byte(`{"images":["aaaa"`)), 400, "malformed-json"},
		{"a list closed as an object", post("application/json", []byte(`{"images":["aaaa"}]`)), 400, "malformed-json"},
		{"the same field twice", post("application/json", []byte(`{"image":"aaaa","image":"aaaa"}`)), 400, "unexpected-field"},
		{"another field's case", post("application/json", []byte(`{"Image":"aaaa"}`)), 400, "unexpected-field"},
		{"a field without quotes", post("application/json", []byte(`{"image":"aaaa",image}`)), 400, "malformed-json"},
		{"an empty part", form(t, "image", nil), 400, "empty-image"},
		{"33 other parts", form(t, "other", make([][]byte, 33)...), 400, "too-many-parts"},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := test.request.Clone(t.Context())
			target, err := request.URL.Parse(server.URL + request.URL.Path)
			if err != nil {
				t.Fatal(err)
			}
			request.URL, request.RequestURI = target, ""
			reply, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer reply.Body.Close()
			if slug := problemType(t, reply); reply.StatusCode != test.status || slug != test.slug {
				t.Errorf("%d %s, want %d %s", reply.StatusCode, slug, test.status, test.slug)
			}
			unharmed(t, server)
		})
	}
}

// 100 MB are refused before they are sent, or soon after the limit, and the
// connection is closed.
func TestHugeBodiesAreRefusedEarly(t *testing.T) {
	const size = 100 << 20
	server := serve(t, newAPI(t), nil)
	for name, length := range map[string]int64{"announced": size, "chunked": -1} {
		t.Run(name, func(t *testing.T) {
			sent := &counter{r: io.LimitReader(zeros{}, size)}
			request, err := http.NewRequest(http.MethodPost, server.URL+"/predict", sent)
			if err != nil {
				t.Fatal(err)
			}
			request.ContentLength = length
			reply, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer reply.Body.Close()
			if slug := problemType(t, reply); reply.StatusCode != 413 || slug != "body-too-large" || !reply.Close {
				t.Errorf("%d %s, close %v", reply.StatusCode, slug, reply.Close)
			}
			if n := sent.n.Load(); n > size/2 {
				t.Errorf("%d bytes were sent", n)
			}
			unharmed(t, server)
		})
	}
}

// The announced length alone is enough to refuse.
func TestHugeBodiesAreRefusedUnread(t *testing.T) {
	server := serve(t, newAPI(t), nil)
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(connection, "POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Length: 104857600\r\n\r\n")
	reply, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if slug := problemType(t, reply); reply.StatusCode != 413 || slug != "body-too-large" || !reply.Close {
		t.Errorf("%d %s, close %v", reply.StatusCode, slug, reply.Close)
	}
}

// A body within the limit cannot be blown up: what it holds too many of is
// refused before it is all in memory.
func TestSmallBodiesStaySmall(t *testing.T) {
	a := newAPI(t)
	const size = 4 << 20
	fill := func(begin, repeat, end string) []byte {
		return slices.Concat([]byte(begin), bytes.Repeat([]byte(repeat), size/len(repeat)), []byte(end))
	}
	for name, test := range map[string]struct {
		request *http.Request
		slug    string
	}{
		"images": {post("application/json", fill(`{"images":[`, `"",`, `""]}`)), "too-many-images"},
		"fields": {post("application/json", fill(`{`, `"a":0,`, `"a":0}`)), "unexpected-field"},
		"parts": {post("multipart/form-data; boundary=x", fill("", "--x\r\nContent-Disposition: form-data; name=image\r\n\r\n\r\n", "--x--\r\n")),
			"too-many-images"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			recorder := httptest.NewRecorder()
			runtime.ReadMemStats(&before)
			a.ServeHTTP(recorder, test.request)
			runtime.ReadMemStats(&after)
			if slug := problemType(t, recorder.Result()); recorder.Code != 400 || slug != test.slug {
				t.Errorf("%d %s, want 400 %s", recorder.Code, slug, test.slug)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 8*size { // reading alone takes 2, and 4 under the race detector
				t.Errorf("%d bytes of JSON or form took %d bytes of memory", size, n)
			}
		})
	}
}

type counter struct {
	r io.Reader
	n atomic.Int64 // the transport may still be sending when the reply is there
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// A body that stops coming is answered when the server's read timeout is over.
func TestSlowBodies(t *testing.T) {
	server := serve(t, newAPI(t), func(s *http.Server) { s.ReadTimeout = 50 * time.Millisecond })
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprint(connection, "POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Length: 300\r\n\r\nhalf")
	reply, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if slug := problemType(t, reply); reply.StatusCode != 408 || slug != "slow-body" || !reply.Close {
		t.Errorf("%d %s, close %v", reply.StatusCode, slug, reply.Close)
	}
	unharmed(t, server)
}

// Nothing of the input or of the inside of the program is in a problem.
func TestProblemsTellNothing(t *testing.T) {
	const secret = "0123456789abcdef"
	server := serve(t, httpapi.New(httpapi.Options{Classifier: failing(fmt.Errorf("goroutine 7 [%s]: /src/x.go", secret))}), nil)
	for name, request := range map[string]*http.Request{
		"internal": post("image/png", []byte(secret)),
		"json":     post("application/json", []byte(`{"`+secret+`":1}`)),
		"base64":   post("application/json", []byte(`{"image":"*`+secret+`"}`)),
		"path":     httptest.NewRequest(http.MethodGet, "/"+secret, nil),
		"form":     post("multipart/form-data; boundary="+secret, []byte(secret)),
	} {
		t.Run(name, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			server.Config.Handler.ServeHTTP(recorder, request)
			if body := recorder.Body.String(); recorder.Code < 400 || strings.Contains(body, secret) || strings.Contains(body, "goroutine") {
				t.Errorf("%d %s", recorder.Code, body)
			}
		})
	}
}

// A problem about a limit names it, as this server has it, for one image and
// among several.
func TestProblemsNameTheLimits(t *testing.T) {
	seven := readFile(t, "seven.png")
	a := newAPIWith(t, httpapi.Options{MaxBodyBytes: 5000, MaxPixels: 400, MaxImages: 3})
	for name, test := range map[string]struct {
		request *http.Request
		want    string
	}{
		"body":   {post("", make([]byte, 5001)), "at most 5000 bytes"},
		"pixels": {post("", declaring(seven, 50000, 50000)), "At most 400 pixels"},
		"entry":  {form(t, "image", declaring(seven, 50000, 50000), seven), "At most 400 pixels"},
		"images": {form(t, "image", seven, seven, seven, seven), "at most 3 images"},
		"small":  {post("", blank(t, 2, 5)), "at least 3x5 pixels"},
		"wide":   {post("", blank(t, 3, 5)), "The image is blank"}, // and not too small
	} {
		t.Run(name, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			a.ServeHTTP(recorder, test.request)
			if body := recorder.Body.String(); !strings.Contains(body, test.want) {
				t.Errorf("%d %s; want %q", recorder.Code, body, test.want)
			}
		})
	}
}

// A terminal shows <base64>, not \u003cbase64\u003e.
func TestProblemsAreReadable(t *testing.T) {
	recorder := httptest.NewRecorder()
	newAPI(t).ServeHTTP(recorder, post("application/json", []byte(`{`)))
	if body := recorder.Body.String(); !strings.Contains(body, `<base64>`) {
		t.Errorf("%s", body)
	}
}
