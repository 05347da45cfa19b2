package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"digits/internal/classify"
	"digits/internal/httpapi"
	"digits/internal/mnist"
	"digits/pkg/cnn"
	"digits/weights"
)

// TestAllTestDigitsOverHTTP posts the 10,000 MNIST test images as PNGs: the
// answers are as right as the network's on the tensors, and the same.
func TestAllTestDigitsOverHTTP(t *testing.T) {
	m, err := cnn.Load(bytes.NewReader(weights.Default()))
	if err != nil {
		t.Fatal(err)
	}
	_, test, err := mnist.Load(t.Context(), mnist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	classifier, err := classify.New(m, classify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(httpapi.New(httpapi.Options{Classifier: classifier}))
	defer server.Close()

	step := 1
	if testing.Short() {
		step = 20 // the race detector takes minutes for all
	}
	count := test.Len() / step
	var next, right, different atomic.Int64
	var clients sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		clients.Go(func() {
			ws, x := m.NewWorkspace(1), make([]float32, mnist.Pixels)
			for n := int(next.Add(1)) - 1; n < count; n = int(next.Add(1)) - 1 {
				i := n * step
				answer := post(t, server.URL, test.Image(i))
				mnist.Set{Images: test.Image(i)}.Floats(x, true)
				if answer == int(test.Labels[i]) {
					right.Add(1)
				}
				if answer != cnn.ArgMax(m.Logits(ws, x)[:classify.Classes]) {
					different.Add(1)
				}
			}
		})
	}
	clients.Wait()
	t.Logf("%d of %d answers are right; %d differ from the network's on the tensors", right.Load(), count, different.Load())
	if n := int(right.Load()); 1000*n < 992*count {
		t.Errorf("%d of %d answers are right; want at least 99.2%%", n, count)
	}
	if n := int(different.Load()); 1000*n > count {
		t.Errorf("%d of %d answers differ from the network's on the tensors; want at most one in a thousand", n, count)
	}
}

// post returns the answer to one image as a PNG, and −1 when there is none.
func post(t *testing.T, url string, pixels []byte) int {
	var body bytes.Buffer
	if err := png.Encode(&body, &image.Gray{Pix: pixels, Stride: mnist.Side, Rect: image.Rect(0, 0, mnist.Side, mnist.Side)}); err != nil {
		t.Error(err)
		return -1
	}
	response, err := http.Post(url+"/predict", "image/png", &body)
	if err != nil {
		t.Error(err)
		return -1
	}
	defer response.Body.Close()
	var answer struct{ Digit *int }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Digit == nil {
		t.Errorf("status %s: no digit (%v)", response.Status, err)
		return -1
	}
	return *answer.Digit
}
