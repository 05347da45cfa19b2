package httpapi_test

import (
	"bytes"
	"strconv"
	"testing"

	"digits/internal/classify"
	"digits/internal/httpapi"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
	"digits/weights"
)

// FuzzInference sends anything to both protocols: every reply is one that the
// contract describes, and none is the service's fault.
func FuzzInference(f *testing.F) {
	seven := readFile(f, "seven.png")
	f.Add(false, -1, asJSON(f, map[string]any{"id": "x", "inputs": []any{map[string]any{"name": "input-0", "datatype": "FP32", "shape": []int{784}, "data": make([]float32, 784)}}}))
	f.Add(false, 0, seven)
	f.Add(true, -1, asJSON(f, map[string]any{"instances": []any{map[string]any{"b64": seven}}}))
	f.Add(true, -1, asJSON(f, map[string]any{"instances": [][]float32{make([]float32, 784)}}))
	model, err := cnn.Load(bytes.NewReader(weights.Default()))
	if err != nil {
		f.Fatal(err)
	}
	classifier, err := classify.New(model, classify.Options{Image: imageprep.Options{MaxPixels: 1 << 16}})
	if err != nil {
		f.Fatal(err)
	}
	h := httpapi.New(httpapi.Options{Classifier: classifier, Model: httpapi.Model{Version: "test"}})
	c := loadContract(f)
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
