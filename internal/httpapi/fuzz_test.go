package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"digits/internal/classify"
	"digits/internal/httpapi"
	"digits/pkg/cnn"
	"digits/pkg/imageprep"
	"digits/weights"
)

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
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		status, reply := c.send(t, h, post(contentType, body))
		if status >= 500 || !json.Valid(reply) {
			t.Errorf("%d %s", status, reply)
		}
	})
}

// FuzzFeedback sends anything as feedback: every reply is one that the contract
// describes, and none is the service's fault.
func FuzzFeedback(f *testing.F) {
	for _, body := range []string{`{"id": "one", "label": 7}`, `{"id": "other", "label": 0}`, `{"label": 1e99, "id": null}`, `[{}]`, `{"id":"one","label":7}}`, "\x00"} {
		f.Add([]byte(body))
	}
	h := httpapi.New(httpapi.Options{Classifier: reading{digit: 7}, FeedbackWindow: 2})
	c := loadContract(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		predictions(t, h, "one", []byte("x"))
		status, reply := c.send(t, h, feedback(string(body)))
		if status >= 500 || status != 204 && !json.Valid(reply) {
			t.Errorf("%d %s", status, reply)
		}
	})
}
