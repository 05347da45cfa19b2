package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"digits/internal/classify"
	"digits/internal/hostile"
	"digits/internal/httpapi"
)

// kin-openapi's router cannot tell a parameter from the text right behind it,
// as in {version}:predict. It gets a slash between the two, in the paths and in
// the requests.

func separated(path string) string { return strings.Replace(path, ":predict", "/:predict", 1) }

func routable(document *openapi3.T) *openapi3.T {
	paths := openapi3.NewPaths()
	for path, item := range document.Paths.Map() {
		paths.Set(separated(path), item)
	}
	clone := *document
	clone.Paths = paths
	return &clone
}

func routableRequest(r *http.Request) *http.Request {
	target := *r.URL
	target.Path = separated(r.URL.Path)
	clone := *r
	clone.URL = &target
	return &clone
}

// inferencePath reports whether errors have the shape of a protocol.
func inferencePath(path string) bool {
	return path == "/v2" || strings.HasPrefix(path, "/v1/") || strings.HasPrefix(path, "/v2/")
}

func postTo(path, contentType string, body []byte) *http.Request {
	r := post(contentType, body)
	r.URL.Path = path
	return r
}

// withBinary returns a request with binary data after the JSON at its front, or of
// one image.
func withBinary(path string, body []byte) *http.Request {
	r := postTo(path, "application/octet-stream", body)
	length := int64(0)
	if bytes.HasPrefix(body, []byte("{")) {
		decoder := json.NewDecoder(bytes.NewReader(body))
		var header json.RawMessage
		if decoder.Decode(&header) == nil {
			length = decoder.InputOffset()
		}
	}
	r.Header.Set("Inference-Header-Content-Length", strconv.FormatInt(length, 10))
	return r
}

// withVersion puts the version of newAPI's model into a path. TensorFlow Serving's
// versions are numbers.
func withVersion(path string) string {
	version := testModel.Version
	if strings.HasPrefix(path, "/v1/") {
		version = strconv.FormatInt(testModel.Number, 10)
	}
	return strings.Replace(path, "/versions/{version}", "/versions/"+version, 1)
}

// versioned returns a request's paths without a version and with that of newAPI.
func versioned(path string) []string {
	return []string{path, withVersion(strings.Replace(path, "/digits", "/digits/versions/{version}", 1))}
}

func TestContractExamplesOfInferenceAreAnswered(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	for path, want := range map[string]string{"/v2/models/digits/infer": `"data":[7]`, "/v1/models/digits:predict": `0.99`} {
		sent := 0
		for mediaType, media := range c.document.Paths.Value(path).Post.RequestBody.Value.Content {
			for name, example := range media.Examples {
				for _, path := range versioned(path) {
					sent++
					var r *http.Request
					if example.Value.ExternalValue != "" {
						_, body := externalBody(t, example.Value.ExternalValue)
						r = withBinary(path, body)
					} else {
						r = postTo(path, mediaType, asJSON(t, example.Value.Value))
					}
					if reply := c.accepted(t, h, r); !bytes.Contains(reply, []byte(want)) {
						t.Errorf("%s %s %s: no seven in %s", path, mediaType, name, reply)
					}
				}
			}
		}
		if sent < 4 {
			t.Errorf("%s has %d examples, want a tensor and an image", path, sent)
		}
	}
}

// Inputs in columns are answered in columns, in each form that they may have.
func TestContractAllowsColumns(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	var ink []float32
	for _, level := range levels(t, readFile(t, "seven.png")) {
		ink = append(ink, float32(level)/255)
	}
	tensors := []any{ink, ink}
	images := []any{map[string]any{"b64": readFile(t, "seven.png")}}
	for name, inputs := range map[string]any{
		"tensors": tensors, "images": images, "named tensors": map[string]any{"input-0": tensors}, "named images": map[string]any{"image": images},
	} {
		for _, path := range versioned("/v1/models/digits:predict") {
			if body := c.accepted(t, h, postTo(path, "application/json", asJSON(t, map[string]any{"inputs": inputs}))); !bytes.HasPrefix(body, []byte(`{"outputs":[[`)) {
				t.Errorf("%s: %s", name, body)
			}
		}
	}
}

// Serializers write null for what is absent, and 1.0 for a whole number.
func TestContractAllowsWhatSerializersWrite(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	pixels := "[" + strings.Repeat("0.0,", 783) + "255.0]"
	for _, call := range [][2]string{
		{inferPath, `{"id":null,"parameters":null,"outputs":null,"inputs":[{"name":"input-0","shape":[1.0,784.0],"datatype":"UINT8","parameters":null,"data":` + pixels + `}]}`},
		{inferPath, `{"outputs":[{"name":"digit","parameters":null}],"inputs":[{"name":"input-0","shape":[784],"datatype":"UINT8","data":` + pixels + `}]}`},
		{inferPath, `{"outputs":[{"name":"probabilities","parameters":{"binary_data":null,"classification":null}}],"inputs":[{"name":"input-0","shape":[784],"datatype":"UINT8","data":` + pixels + `}]}`},
		{"/v1/models/digits:predict", `{"signature_name":null,"instances":[[` + strings.Repeat("0.0,", 783) + `1.0]]}`},
	} {
		c.accepted(t, h, postTo(call[0], "application/json", []byte(call[1])))
	}
}

// Every call that only tells, under the model's path and under its version's.
func TestContractDescribesTheModel(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	for path, want := range map[string]string{
		"/v2":                        `"extensions":["binary_tensor_data","classification"]`,
		"/v2/":                       `"name":"digits"`,
		"/v2/health/live":            `{"live":true}`,
		"/v2/health/ready":           `{"live":true,"ready":true}`,
		"/v2/models":                 `{"models":["digits"]}`,
		"/v2/models/digits":          `"versions":["test"]`,
		"/v2/models/digits/ready":    `{"name":"digits","ready":true}`,
		"/v1/models/digits":          `{"version":"42","state":"AVAILABLE"`,
		"/v1/models/digits/metadata": `"version":"42"},"metadata":{"signature_def":{"signature_def":{"serving_default"`,
	} {
		for _, path := range versioned(path) {
			if body := c.accepted(t, h, httptest.NewRequest(http.MethodGet, path, nil)); !bytes.Contains(body, []byte(want)) {
				t.Errorf("%s: %s; want %s", path, body, want)
			}
		}
	}
}

// Readiness of the protocols is that of /readyz, to GET and to HEAD.
func TestInferenceReadiness(t *testing.T) {
	c, a := loadContract(t), newAPI(t)
	check := func(moment string, status int, state string) {
		t.Helper()
		for path, want := range map[string]int{"/v2/health/live": 200, "/v2/health/ready": status, "/v2/models/digits/ready": status, "/v1/models/digits": 200} {
			got, body := c.send(t, a, httptest.NewRequest(http.MethodGet, path, nil))
			if got != want || path == "/v1/models/digits" && !bytes.Contains(body, []byte(state)) {
				t.Errorf("%s: %s is %d %s", moment, path, got, body)
			}
			if strings.Contains(path, "/health/") {
				if got, _ := c.send(t, a, httptest.NewRequest(http.MethodHead, path, nil)); got != want {
					t.Errorf("%s: HEAD %s is %d", moment, path, got)
				}
			}
		}
	}
	a.SetReady(false)
	check("at first", 503, "LOADING")
	a.SetReady(true)
	check("ready", 200, "AVAILABLE")
	a.Drain()
	check("draining", 503, "UNLOADING")
}

// Every problem of the protocols is provoked, and described as it is: JSON of
// which clients read the field error.
func TestContractDescribesEveryInferenceProblem(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	seven := readFile(t, "seven.png")
	draining := newAPI(t)
	draining.Drain()
	fails := func(err error) http.Handler { return httpapi.New(httpapi.Options{Classifier: failing(err)}) }
	one := `[` + strings.Repeat("0,", 783) + `0]`
	send := func(input string) *http.Request {
		return postTo("/v2/models/digits/infer", "", []byte(`{"inputs":[`+input+`]}`))
	}
	image := func(file []byte) *http.Request {
		return send(`{"name":"image","shape":[1],"datatype":"BYTES","data":[` + string(asJSON(t, file)) + `]}`)
	}
	tensor := send(`{"name":"input-0","shape":[28,28],"datatype":"FP32","data":` + one + `}`)
	get := func(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }
	provoked := map[string]bool{}
	for _, test := range []struct {
		name    string
		handler http.Handler
		request *http.Request
		status  int
		slug    string
	}{
		{"nothing", h, postTo("/v2/models/digits/infer", "", nil), 400, "malformed-inference"},
		{"instances and inputs", h, postTo("/v1/models/digits:predict", "", []byte(`{"instances":[`+one+`],"inputs":[`+one+`]}`)), 400, "malformed-inference"},
		{"no instances", h, postTo("/v1/models/digits:predict", "", []byte(`{}`)), 400, "malformed-inference"},
		{"another input", h, send(`{"name":"x","shape":[1],"datatype":"FP32","data":[1]}`), 400, "unknown-input"},
		{"whole numbers", h, send(`{"name":"input-0","shape":[28,28],"datatype":"INT32","data":` + one + `}`), 400, "wrong-datatype"},
		{"27 rows", h, send(`{"name":"input-0","shape":[27,28],"datatype":"FP32","data":` + one + `}`), 400, "wrong-shape"},
		{"levels as numbers", h, send(`{"name":"input-0","shape":[784],"datatype":"FP32","data":` + strings.Replace(one, "0", "255", 1) + `}`), 400, "value-out-of-range"},
		{"a header longer than the body", h, with(withBinary("/v2/models/digits/infer", seven), "Inference-Header-Content-Length", "9999"), 400, "wrong-binary-size"},
		{"a header that is no length", h, with(withBinary("/v2/models/digits/infer", seven), "Inference-Header-Content-Length", "-1"), 400, "wrong-binary-size"},
		{"another output", h, postTo("/v2/models/digits/infer", "", []byte(`{"outputs":[{"name":"x"}],"inputs":[{"name":"input-0","shape":[784],"datatype":"FP32","data":`+one+`}]}`)), 400, "unknown-output"},
		{"257 tensors", h, send(`{"name":"input-0","shape":[257,784],"datatype":"FP32","data":[]}`), 400, "too-many-inputs"},
		{"17 images", h, send(`{"name":"image","shape":[17],"datatype":"BYTES","data":[]}`), 400, "too-many-inputs"},
		{"broken base64", h, send(`{"name":"image","shape":[1],"datatype":"BYTES","data":["%%%"]}`), 400, "malformed-base64"},
		{"less than announced", h, httptest.NewRequest(http.MethodPost, "/v2/models/digits/infer", brokenOff{io.ErrUnexpectedEOF}), 400, "truncated-body"},
		{"an empty image", h, image([]byte{}), 400, "empty-image"},
		{"half an image", h, image(seven[:99]), 400, "malformed-image"},
		{"another model", h, get("/v2/models/letters"), 404, "model-not-found"},
		{"another version", h, postTo("/v1/models/digits/versions/2:predict", "", nil), 404, "model-not-found"},
		{"TensorFlow Serving's version", h, get("/v2/models/digits/versions/42"), 404, "model-not-found"},
		{"a version that is no number", h, get("/v1/models/digits/versions/test"), 404, "model-not-found"},
		{"another call", h, get("/v1/models/digits/versions/42:regress"), 404, "model-not-found"},
		{"GET", h, get("/v2/models/digits/infer"), 405, "method-not-allowed"},
		{"GET of a prediction", h, get("/v1/models/digits:predict"), 405, "method-not-allowed"},
		{"slow body", h, httptest.NewRequest(http.MethodPost, "/v1/models/digits:predict", brokenOff{os.ErrDeadlineExceeded}), 408, "slow-body"},
		{"9 MiB", h, postTo("/v2/models/digits/infer", "", make([]byte, 9<<20)), 413, "body-too-large"},
		{"compressed", h, with(send(""), "Content-Encoding", "gzip"), 415, "unsupported-encoding"},
		{"text", h, image([]byte("This is no image.")), 415, "unsupported-media-type"},
		{"50000x50000", h, image(declaring(seven, 50000, 50000)), 422, "too-many-pixels"},
		{"33 scans", h, image(hostile.JPEG{Width: 64, Height: 64, Components: 1, Progressive: true, Scans: 33}.Bytes()), 422, "too-many-pieces"},
		{"1x1", h, image(blank(t, 1, 1)), 422, "image-too-small"},
		{"white", h, withBinary("/v2/models/digits/infer", blank(t, 28, 28)), 422, "no-ink"},
		{"a bug", httpapi.New(httpapi.Options{Classifier: panicking()}), tensor.Clone(t.Context()), 500, "internal"},
		{"more than is allowed", limited(t), tensor.Clone(t.Context()), 429, "rate-limited"},
		{"overload", fails(classify.ErrOverloaded), send(`{"name":"input-0","shape":[28,28],"datatype":"FP32","data":` + one + `}`), 503, "overloaded"},
		{"not ready", httpapi.New(httpapi.Options{Classifier: panicking()}), get("/v2/health/ready"), 503, "not-ready"},
		{"draining", draining, get("/v2/models/digits/ready"), 503, "draining"},
		{"deadline", fails(context.DeadlineExceeded), image(seven), 504, "deadline-exceeded"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, body := c.send(t, test.handler, test.request)
			var problem struct{ Type, Title, Detail, Error string }
			if err := json.Unmarshal(body, &problem); err != nil {
				t.Fatal(err)
			}
			if want := urn + test.slug; status != test.status || problem.Type != want || problem.Error != problem.Title+". "+problem.Detail {
				t.Errorf("status %d, type %s, error %q; want %d, %s", status, problem.Type, problem.Error, test.status, want)
			}
		})
		provoked[test.slug] = true
	}
	for _, slug := range c.inferenceSlugs() {
		if !provoked[slug] {
			t.Errorf("nothing provokes %s", slug)
		}
	}
}

// inferenceSlugs returns the problems that the protocols' responses have.
func (c contract) inferenceSlugs() []string {
	all := map[string]bool{}
	for name, response := range c.document.Components.Responses {
		if media := response.Value.Content["application/json"]; strings.HasPrefix(name, "Inference") && name != "InferenceHealth" {
			for _, slug := range allowedSlugs(media) {
				all[slug] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}
