package httpapi_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"digits/internal/classify"
	"digits/internal/hostile"
	"digits/internal/httpapi"
)

// brokenOff is a body that ends with an error of net/http's: the read deadline,
// or less than was announced.
type brokenOff struct{ err error }

func (b brokenOff) Read([]byte) (int, error) { return 0, b.err }

// blank returns a white PNG of that size.
func blank(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// declaring returns the PNG with another size in its header, and the check sum
// that belongs to it.
func declaring(file []byte, width, height uint32) []byte {
	file = slices.Clone(file)
	header := file[12:29] // "IHDR" and its 13 bytes
	binary.BigEndian.PutUint32(header[4:], width)
	binary.BigEndian.PutUint32(header[8:], height)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(header))
	return file
}

func with(r *http.Request, header, value string) *http.Request {
	r.Header.Set(header, value)
	return r
}

// Every problem that the contract has is provoked, and described as it is.
func TestContractDescribesEveryProblem(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	seven := readFile(t, "seven.png")
	draining := newAPI(t)
	draining.Drain()
	notReady := httpapi.New(httpapi.Options{Classifier: panicking()})
	fails := func(err error) http.Handler { return httpapi.New(httpapi.Options{Classifier: failing(err)}) }
	get := func(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

	predictions(t, h, "given", seven)
	h.ServeHTTP(httptest.NewRecorder(), feedback(`{"id": "given", "label": 7}`))
	admin := h.Admin(func(context.Context) (httpapi.Model, error) { return httpapi.Model{}, io.ErrUnexpectedEOF })

	provoked := map[string]bool{}
	for _, test := range []struct {
		name    string
		handler http.Handler
		request *http.Request
		status  int
		slug    string
	}{
		{"nothing", h, post("image/png", nil), 400, "empty-body"},
		{"a body cut short", h, httptest.NewRequest(http.MethodPost, "/predict", brokenOff{io.ErrUnexpectedEOF}), 400, "truncated-body"},
		{"explain=maybe", h, httptest.NewRequest(http.MethodPost, "/predict?explain=maybe", bytes.NewReader(seven)), 400, "invalid-parameter"},
		{"a query that cannot be decoded", h, httptest.NewRequest(http.MethodPost, "/predict?explain=%zz", bytes.NewReader(seven)), 400, "invalid-parameter"},
		{"an empty part", h, form(t, "image", nil), 400, "empty-image"},
		{"half a PNG", h, post("image/png", seven[:len(seven)/2]), 400, "malformed-image"},
		{"half a JSON object", h, post("application/json", []byte(`{"image": "`)), 400, "malformed-json"},
		{"a JSON list", h, post("application/json", []byte(`[]`)), 400, "wrong-type"},
		{"two JSON objects", h, post("application/json", []byte(`{"image": "aa"} {}`)), 400, "trailing-data"},
		{"an unknown field", h, post("application/json", []byte(`{"picture": ""}`)), 400, "unexpected-field"},
		{"a field too many", h, post("application/json", []byte(`{"image": "aa", "label": 7}`)), 400, "unexpected-field"},
		{"both fields", h, post("application/json", []byte(`{"image": "aa", "images": ["aa"]}`)), 400, "unexpected-field"},
		{"an empty image", h, post("application/json", []byte(`{"image": ""}`)), 400, "empty-image"},
		{"broken base64", h, post("application/json", []byte(`{"image": "%%%"}`)), 400, "malformed-base64"},
		{"half a form", h, post("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=image\r\n\r\nhalf")), 400, "malformed-multipart"},
		{"a form without boundary", h, post("multipart/form-data", []byte("--x\r\n")), 400, "malformed-multipart"},
		{"a form with another part", h, form(t, "picture", seven), 400, "missing-image"},
		{"a JSON object without image", h, post("application/json", []byte(`{}`)), 400, "missing-image"},
		{"17 parts", h, form(t, "image", slices.Repeat([][]byte{seven}, 17)...), 400, "too-many-images"},
		{"33 other parts", h, form(t, "other", make([][]byte, 33)...), 400, "too-many-parts"},
		{"17 in JSON", h, post("application/json", asJSON(t, map[string]any{"images": slices.Repeat([][]byte{seven}, 17)})), 400, "too-many-images"},
		{"unknown path", h, get("/predicted"), 404, "not-found"},
		{"GET /predict", h, get("/predict"), 405, "method-not-allowed"},
		{"DELETE /livez", h, httptest.NewRequest(http.MethodDelete, "/livez", nil), 405, "method-not-allowed"},
		{"slow body", h, httptest.NewRequest(http.MethodPost, "/predict", brokenOff{os.ErrDeadlineExceeded}), 408, "slow-body"},
		{"9 MiB", h, post("image/png", make([]byte, 9<<20)), 413, "body-too-large"},
		{"9 MiB of unknown length", h, httptest.NewRequest(http.MethodPost, "/predict", io.LimitReader(zeros{}, 9<<20)), 413, "body-too-large"},
		{"text", h, post("image/png", []byte("This is no image.")), 415, "unsupported-media-type"},
		{"compressed", h, with(post("image/png", seven), "Content-Encoding", "gzip"), 415, "unsupported-encoding"},
		{"50000x50000", h, post("image/png", declaring(seven, 50000, 50000)), 422, "too-many-pixels"},
		{"33 scans", h, post("image/jpeg", hostile.JPEG{Width: 64, Height: 64, Components: 1, Progressive: true, Scans: 33}.Bytes()), 422, "too-many-pieces"},
		{"1x1", h, post("image/png", blank(t, 1, 1)), 422, "image-too-small"},
		{"white", h, post("image/png", blank(t, 28, 28)), 422, "no-ink"},
		{"a bug", httpapi.New(httpapi.Options{Classifier: panicking()}), post("image/png", seven), 500, "internal"},
		{"a network whose output is not finite", fails(fmt.Errorf("%w: use another weights file", classify.ErrNotFinite)), post("image/png", seven), 500, "internal"},
		{"more than is allowed", limited(t), post("image/png", seven), 429, "rate-limited"},
		{"overload", fails(classify.ErrOverloaded), post("image/png", seven), 503, "overloaded"},
		{"feedback without a label", h, feedback(`{"id": "given"}`), 400, "invalid-feedback"},
		{"feedback on nothing", h, feedback(`{"id": "never", "label": 7}`), 404, "unknown-prediction"},
		{"feedback given twice", h, feedback(`{"id": "given", "label": 7}`), 409, "feedback-given"},
		{"a damaged weights file", admin, httptest.NewRequest(http.MethodPost, "/-/reload", nil), 500, "reload-failed"},
		{"not ready", notReady, get("/readyz"), 503, "not-ready"},
		{"draining", draining, get("/readyz"), 503, "draining"},
		{"deadline", fails(context.DeadlineExceeded), post("image/png", seven), 504, "deadline-exceeded"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, body := c.send(t, test.handler, test.request)
			var problem struct{ Type string }
			if err := json.Unmarshal(body, &problem); err != nil {
				t.Fatal(err)
			}
			if want := urn + test.slug; status != test.status || problem.Type != want {
				t.Errorf("status %d, type %s; want %d, %s", status, problem.Type, test.status, want)
			}
		})
		provoked[test.slug] = true
	}
	for _, slug := range c.slugs() {
		if !provoked[slug] {
			t.Errorf("nothing provokes %s", slug)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// An image that cannot be read stands in its place and spoils no other.
func TestContractDescribesProblemsOfEntries(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	seven := readFile(t, "seven.png")
	encode := base64.StdEncoding.EncodeToString
	body := asJSON(t, map[string]any{"images": []string{
		encode(seven), "%%%", encode(seven[:99]), encode([]byte("text")), encode(blank(t, 28, 28)),
	}})
	var reply struct {
		Predictions []struct {
			Digit   *int
			Problem struct{ Type string }
		}
	}
	if err := json.Unmarshal(c.accepted(t, h, post("application/json", body)), &reply); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range reply.Predictions {
		got = append(got, strings.TrimPrefix(entry.Problem.Type, urn))
	}
	want := []string{"", "malformed-base64", "malformed-image", "unsupported-media-type", "no-ink"}
	if !slices.Equal(got, want) {
		t.Errorf("problems %q, want %q", got, want)
	}
}

// curl -T sends PUT: the problem says how it sends POST.
func TestTheProblemOfPutHelpsCurlsUsers(t *testing.T) {
	status, body := loadContract(t).send(t, newAPI(t), httptest.NewRequest(http.MethodPut, "/predict", bytes.NewReader(readFile(t, "seven.png"))))
	if status != http.StatusMethodNotAllowed || !strings.Contains(string(body), "curl -T, which sends PUT, add -X POST") {
		t.Errorf("%d %s", status, body)
	}
}
