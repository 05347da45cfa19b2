package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/drift"
	"digits/internal/httpapi"
)

// Whatever is swapped while a request goes on: all its answers are of one model,
// and it names that one.
func TestRepliesNameTheModelThatAnswered(t *testing.T) {
	a := httpapi.New(httpapi.Options{Classifier: reading(0), Model: httpapi.Model{Version: "0"}})
	var clients sync.WaitGroup
	ended := make(chan struct{})
	for range 4 {
		clients.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
				}
				recorder := httptest.NewRecorder()
				a.ServeHTTP(recorder, form(t, "image", []byte("x"), []byte("y"), []byte("z")))
				var reply struct {
					Predictions []struct{ Digit int }
					Model       struct{ Version string }
				}
				if err := json.Unmarshal(recorder.Body.Bytes(), &reply); err != nil || recorder.Code != 200 {
					t.Errorf("%d, %v: %s", recorder.Code, err, recorder.Body)
					return
				}
				for _, p := range reply.Predictions {
					if fmt.Sprint(p.Digit) != reply.Model.Version {
						t.Errorf("the model %s gave %v", reply.Model.Version, reply.Predictions)
						return
					}
				}
			}
		})
	}
	for i := range 300 {
		a.SetModel(reading(i%10), httpapi.Model{Version: fmt.Sprint(i % 10)})
	}
	close(ended)
	clients.Wait()
}

func TestMetricsOfTheModelInUse(t *testing.T) {
	registry := prometheus.NewRegistry()
	a := newAPIWith(t, httpapi.Options{Registry: registry, Model: httpapi.Model{Version: "1", Digest: "a"}})
	for name, want := range map[string]float64{"digits_slots_busy": 0, "digits_queue_depth": 0} {
		if got := families(t, registry)[name].GetMetric()[0].GetGauge().GetValue(); got != want {
			t.Errorf("%s is %v", name, got)
		}
	}
	slots := families(t, registry)["digits_slots"].GetMetric()[0].GetGauge().GetValue()
	if queue := families(t, registry)["digits_queue_capacity"].GetMetric()[0].GetGauge().GetValue(); slots < 1 || queue != 128*slots {
		t.Errorf("%v slots, %v in the queue", slots, queue)
	}
	a.SetModel(reading(3), httpapi.Model{Version: "2", Digest: "b"})
	info := families(t, registry)["digits_model_info"]
	if len(info.GetMetric()) != 1 || metric(info, map[string]string{"name": "digits", "version": "2", "digest": "b"}) == nil {
		t.Errorf("model info %v", info)
	}
}

// A model's traffic is compared with its own statistics.
func TestDriftIsMeasured(t *testing.T) {
	registry := prometheus.NewRegistry()
	var samples []drift.Sample
	for i := range 1000 {
		samples = append(samples, drift.Sample{Digit: i % 10, Confidence: 0.99999, Ink: float64(i) / 1000})
	}
	a := httpapi.New(httpapi.Options{Classifier: reading(3), Registry: registry, Model: httpapi.Model{Statistics: drift.Measure(samples, "")}})
	psi := func(feature string) float64 {
		return metric(families(t, registry)["digits_input_drift_psi"], map[string]string{"feature": feature}).GetGauge().GetValue()
	}
	if v := psi("digit"); v == v {
		t.Errorf("at first: %v; want NaN", v)
	}
	for range 300 {
		a.ServeHTTP(httptest.NewRecorder(), post("", []byte("x")))
	}
	if digit, confidence, ink := psi("digit"), psi("confidence"), psi("ink"); digit < 1 || confidence > 0.05 || ink < 1 {
		t.Errorf("nothing but blank threes: digit %v, confidence %v, ink %v", digit, confidence, ink)
	}
	a.SetModel(reading(3), httpapi.Model{})
	if v := psi("digit"); v == v {
		t.Errorf("without statistics: %v; want NaN", v)
	}
}

// Results are counted by what was noticed about them.
func TestFlagsAndConfidenceAreCounted(t *testing.T) {
	registry := prometheus.NewRegistry()
	a := httpapi.New(httpapi.Options{Classifier: reading(1, "clipped"), Registry: registry})
	a.ServeHTTP(httptest.NewRecorder(), post("", []byte("x")))
	all := families(t, registry)
	if h := all["digits_prediction_confidence"].GetMetric()[0].GetHistogram(); h.GetSampleCount() != 1 || h.GetSampleSum() != 1 {
		t.Errorf("confidence %v", h)
	}
	for flag, want := range map[string]float64{"clipped": 1, "tiny": 0} {
		if got := metric(all["digits_input_flags_total"], map[string]string{"flag": flag}).GetCounter().GetValue(); got != want {
			t.Errorf("%s: %v", flag, got)
		}
	}
}
