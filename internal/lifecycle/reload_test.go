package lifecycle

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/classify"
	"digits/internal/httpapi"
	"digits/pkg/cnn"
)

// load returns the model in a file, served as its digest.
func load(path string) (Served, error) {
	m, err := cnn.LoadFile(path)
	if err != nil {
		return Served{}, err
	}
	c, err := classify.New(m, classify.Options{Queue: classify.NewQueue(classify.Limits{Slots: 2, Waiting: 1000})})
	return Served{c, httpapi.Model{Version: m.Digest()[:12], Digest: m.Digest()}}, err
}

// predictReply is what the test looks at.
type predictReply struct {
	Probabilities [10]float64
	Model         struct{ Version string }
}

// While two networks take turns, a hundred times, with a damaged file between,
// no request fails, and every answer is that of the network that it names.
func TestRequestsDuringReloads(t *testing.T) {
	seven, err := os.ReadFile("../../api/examples/seven.png")
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"../../weights/digits.safetensors", "../../weights/simple.safetensors", "../../weights/weights.go"}
	first, err := load(files[0])
	if err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	api := httpapi.New(httpapi.Options{Classifier: first.Classifier, Model: first.Model, Registry: registry})
	turn := 0
	keeper := New(Options{API: api, Initial: first, Registry: registry, Logger: slog.New(slog.DiscardHandler), Load: func() (Served, error) {
		turn++
		return load(files[turn%len(files)])
	}})
	ask := func() (reply predictReply) {
		recorder := httptest.NewRecorder()
		api.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/predict", bytes.NewReader(seven)))
		if err := json.Unmarshal(recorder.Body.Bytes(), &reply); err != nil || recorder.Code != 200 {
			t.Errorf("%d %s", recorder.Code, recorder.Body)
		}
		return reply
	}
	want := map[string][10]float64{first.Model.Version: ask().Probabilities}
	second, err := keeper.Reload(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want[second.Version] = ask().Probabilities
	if want[first.Model.Version] == want[second.Version] {
		t.Fatal("the two networks give the same answer")
	}

	var ended atomic.Bool
	var clients sync.WaitGroup
	var answers [2]atomic.Int64
	for range 4 {
		clients.Go(func() {
			for !ended.Load() {
				reply := ask()
				if p, known := want[reply.Model.Version]; !known || p != reply.Probabilities {
					t.Errorf("%s answered %v", reply.Model.Version, reply.Probabilities)
					return
				}
				if reply.Model.Version == second.Version {
					answers[1].Add(1)
				} else {
					answers[0].Add(1)
				}
			}
		})
	}
	failed := 0
	for range 100 {
		m, err := keeper.Reload(t.Context())
		if err != nil {
			failed++
		} else if reply := ask(); reply.Model.Version != m.Version {
			t.Errorf("%s answers after the reload of %s", reply.Model.Version, m.Version)
		}
	}
	ended.Store(true)
	clients.Wait()
	t.Logf("%d and %d answers", answers[0].Load(), answers[1].Load())
	if answers[0].Load() == 0 || answers[1].Load() == 0 || failed != 34 && failed != 33 {
		t.Errorf("%d and %d answers, %d damaged files", answers[0].Load(), answers[1].Load(), failed)
	}
}
