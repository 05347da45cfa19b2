package httpapi_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/httpapi"
)

// What is no digit is answered as the contract says, with its reason and
// nothing about it otherwise; metrics and log tell of it.
func TestRejectedImages(t *testing.T) {
	c, registry := loadContract(t), prometheus.NewRegistry()
	var log bytes.Buffer
	a := httpapi.New(httpapi.Options{Classifier: rejecting(), Registry: registry, Model: httpapi.Model{Version: "test"}, Logger: slog.New(slog.NewJSONHandler(&log, nil))})

	var reply map[string]any
	body := c.accepted(t, a, post("image/png", []byte("something")))
	if err := json.Unmarshal(body, &reply); err != nil {
		t.Fatal(err)
	}
	if reply["accepted"] != false || reply["reason"] != "not_a_digit" || reply["digit"] != 4.0 || len(reply["candidates"].([]any)) != 2 {
		t.Errorf("the reply is %s", body)
	}
	if line := logLines(t, &log)[0]; line["reason"] != "not_a_digit" || line["digit"] != 4.0 {
		t.Errorf("the log says %v", line)
	}

	body = c.accepted(t, a, post("image/png", []byte("four")))
	if text := string(body); !strings.Contains(text, `"accepted":true,"candidates":[4,9]`) || strings.Contains(text, "reason") {
		t.Errorf("the reply to an accepted image is %s", body)
	}

	body = c.accepted(t, a, form(t, "image", []byte("something"), []byte("four")))
	if n := strings.Count(string(body), `"accepted":false,"reason":"not_a_digit"`); n != 1 {
		t.Errorf("%d of two images are rejected: %s", n, body)
	}

	a.ServeHTTP(httptest.NewRecorder(), post("text/plain", nil)) // a problem is no abstention
	all := families(t, registry)
	for _, want := range []struct {
		family, label, value string
		count                float64
	}{
		{"digits_abstentions_total", "reason", "not_a_digit", 2},
		{"digits_predictions_total", "digit", "4", 4},
	} {
		if got := metric(all[want.family], map[string]string{want.label: want.value}).GetCounter().GetValue(); got != want.count {
			t.Errorf("%+v: %v", want, got)
		}
	}
}
