package httpapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"testing"

	"digits/internal/classify"
	"digits/internal/httpapi"
	"digits/pkg/imageprep"
)

// newSmallAPI is newAPI for small images, which are fuzzed faster.
func newSmallAPI(f *testing.F) http.Handler {
	classifier := embedded(f, classify.Options{Image: imageprep.Options{MaxPixels: 1 << 16}})
	return httpapi.New(httpapi.Options{Classifier: classifier, Model: httpapi.Model{Version: "test"}})
}

// FuzzPredict sends anything: every reply is one that the contract describes,
// and none is the service's fault.
func FuzzPredict(f *testing.F) {
	seven := readFile(f, "seven.png")
	f.Add("image/png", seven)
	f.Add("image/webp", readFile(f, "seven.webp"))
	f.Add("", asJSON(f, map[string]any{"image": seven}))
	f.Add("application/json", asJSON(f, map[string]any{"images": [][]byte{seven, nil, []byte("text")}}))
	two := form(f, "image", seven, seven)
	body, err := io.ReadAll(two.Body)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(two.Header.Get("Content-Type"), body)
	c, h := loadContract(f), newSmallAPI(f)
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		status, reply := c.send(t, h, post(contentType, body))
		if status >= 500 || !json.Valid(reply) {
			t.Errorf("%d %s", status, reply)
		}
	})
}

// FuzzInference sends anything to both protocols: every reply is one that the
// contract describes, and none is the service's fault.
func FuzzInference(f *testing.F) {
	seven := readFile(f, "seven.png")
	f.Add(false, -1, asJSON(f, map[string]any{"id": "x", "inputs": []any{map[string]any{"name": "input-0", "datatype": "FP32", "shape": []int{784}, "data": make([]float32, 784)}}}))
	f.Add(false, 0, seven)
	f.Add(true, -1, asJSON(f, map[string]any{"instances": []any{map[string]any{"b64": seven}}}))
	f.Add(true, -1, asJSON(f, map[string]any{"instances": [][]float32{make([]float32, 784)}}))
	c, h := loadContract(f), newSmallAPI(f)
	f.Fuzz(func(t *testing.T, tensorflow bool, headerLength int, body []byte) {
		path := inferPath
		if tensorflow {
			path = "/v1/models/digits:predict"
		}
		r := postTo(path, "", body)
		if headerLength >= 0 {
			r.Header.Set("Inference-Header-Content-Length", strconv.Itoa(headerLength))
		}
		if status, reply := c.send(t, h, r); status >= 500 {
			t.Errorf("%d %.300s", status, reply)
		}
	})
}

// FuzzFeedback sends anything as feedback: every reply is one that the contract
// describes, and none is the service's fault.
func FuzzFeedback(f *testing.F) {
	for _, body := range []string{`{"id": "one", "label": 7}`, `{"id": "other", "label": 0}`, `{"label": 1e99, "id": null}`, `[{}]`, `{"id":"one","label":7}}`, "\x00"} {
		f.Add([]byte(body))
	}
	h := httpapi.New(httpapi.Options{Classifier: reading(7), FeedbackWindow: 2})
	c := loadContract(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		predictions(t, h, "one", []byte("x"))
		status, reply := c.send(t, h, feedback(string(body)))
		if status >= 500 || status != 204 && !json.Valid(reply) {
			t.Errorf("%d %s", status, reply)
		}
	})
}
