package httpapi_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image/png"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/cputime"
	"digits/internal/httpapi"
)

const inferPath = "/v2/models/digits/infer"

// levels returns a picture's 784 bytes: ink is 255.
func levels(t testing.TB, file []byte) []byte {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for y := range 28 {
		for x := range 28 {
			r, _, _, _ := img.At(x, y).RGBA()
			all = append(all, byte(r>>8))
		}
	}
	return all
}

// variants returns n different pictures of a seven, each dimmer than the last.
func variants(t testing.TB, n int) [][]byte {
	t.Helper()
	seven := levels(t, readFile(t, "seven.png"))
	all := make([][]byte, n)
	for i := range all {
		for _, v := range seven {
			all[i] = append(all[i], byte(int(v)*(255-i)/255))
		}
	}
	return all
}

// binaryTensor is a request for all outputs of UINT8 tensors, in binary both
// ways.
func binaryTensor(t testing.TB, tensors ...[]byte) *http.Request {
	data := slices.Concat(tensors...)
	header := asJSON(t, map[string]any{
		"parameters": map[string]any{"binary_data_output": true},
		"inputs": []any{map[string]any{"name": "input-0", "datatype": "UINT8", "shape": []int{len(tensors), 784},
			"parameters": map[string]any{"binary_data_size": len(data)}}},
	})
	return withBinary(inferPath, append(header, data...))
}

// inferred is a reply in JSON.
type inferred struct {
	Outputs []struct {
		Name string
		Data json.RawMessage
	}
}

// probabilities returns the first output's numbers.
func (r inferred) probabilities(t testing.TB) (p []float32) {
	t.Helper()
	if err := json.Unmarshal(r.Outputs[0].Data, &p); err != nil || r.Outputs[0].Name != "probabilities" {
		t.Fatalf("%v: %+v", err, r.Outputs[0])
	}
	return p
}

func infer(t testing.TB, h http.Handler, r *http.Request) inferred {
	t.Helper()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	var reply inferred
	if err := json.Unmarshal(recorder.Body.Bytes(), &reply); recorder.Code != http.StatusOK || err != nil {
		t.Fatalf("%d, %v: %.300s", recorder.Code, err, recorder.Body)
	}
	return reply
}

// probabilities asks for one tensor's, as JSON.
func probabilities(t testing.TB, h http.Handler, datatype string, shape []int, data any) []float32 {
	t.Helper()
	reply := infer(t, h, postTo(inferPath, "application/json", asJSON(t, map[string]any{
		"outputs": []any{map[string]any{"name": "probabilities"}},
		"inputs":  []any{map[string]any{"name": "input-0", "datatype": datatype, "shape": shape, "data": data}}})))
	return reply.probabilities(t)
}

// One picture gets the same numbers, bit for bit, alone and in a batch, as
// image and as tensor, in JSON and in binary, by every protocol.
func TestOnePictureOneAnswer(t *testing.T) {
	const n = 5
	h := newAPI(t)
	pictures := variants(t, n)
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, binaryTensor(t, pictures...))
	tail := recorder.Body.Bytes()[recorder.Body.Len()-n*(40+8+4+1):]
	var numbers []float64
	for i, picture := range pictures {
		var want []float32
		for j := range 10 {
			want = append(want, math.Float32frombits(binary.LittleEndian.Uint32(tail[40*i+4*j:])))
		}
		digit := binary.LittleEndian.Uint64(tail[40*n+8*i:])
		if digit != 7 || tail[(40+8+4)*n+i] != 1 || math.Float32frombits(binary.LittleEndian.Uint32(tail[48*n+4*i:])) != want[7] {
			t.Errorf("picture %d: digit %d of %v, accepted %d", i, digit, want, tail[52*n+i])
		}
		whole, ink := make([]int, 784), make([]float64, 784)
		for j, v := range picture {
			whole[j], ink[j] = int(v), float64(float32(v)/255)
		}
		numbers = append(numbers, ink...)
		for form, got := range map[string][]float32{
			"UINT8": probabilities(t, h, "UINT8", []int{1, 28, 28}, whole),
			"FP32":  probabilities(t, h, "FP32", []int{28, 28}, ink),
			"FP64":  probabilities(t, h, "FP64", []int{1, 1, 28, 28}, ink),
		} {
			if !slices.Equal(got, want) {
				t.Errorf("picture %d as %s alone: %v; in a batch %v", i, form, got, want)
			}
		}
	}
	together := probabilities(t, h, "FP32", []int{n, 784}, numbers)
	asImage := infer(t, h, withBinary(inferPath, readFile(t, "seven.png")))
	if got := asImage.probabilities(t); !slices.Equal(got, together[:10]) {
		t.Errorf("the image: %v; its tensor: %v", got, together[:10])
	}
	var reply struct{ Predictions [][]float32 }
	recorder = httptest.NewRecorder()
	h.ServeHTTP(recorder, postTo("/v1/models/digits:predict", "", asJSON(t, map[string]any{"instances": slices.Collect(slices.Chunk(numbers, 784))})))
	if err := json.Unmarshal(recorder.Body.Bytes(), &reply); err != nil || !slices.Equal(slices.Concat(reply.Predictions...), together) {
		t.Errorf(":predict: %v, %.300s; infer: %v", err, recorder.Body, together)
	}
}

// Predictions, stages and refusals are counted as those of /predict are.
func TestInferenceIsCountedAndLogged(t *testing.T) {
	var log bytes.Buffer
	registry := prometheus.NewRegistry()
	a := newAPIWith(t, httpapi.Options{Registry: registry, Logger: slog.New(slog.NewJSONHandler(&log, nil)), Model: httpapi.Model{Version: "test"}})
	pictures := variants(t, 3)
	a.ServeHTTP(httptest.NewRecorder(), binaryTensor(t, pictures...))
	a.ServeHTTP(httptest.NewRecorder(), binaryTensor(t, pictures[0]))
	a.ServeHTTP(httptest.NewRecorder(), withBinary("/v2/models/digits/versions/test/infer", readFile(t, "seven.png")))
	a.ServeHTTP(httptest.NewRecorder(), postTo("/v1/models/digits:predict", "", []byte("{")))
	all := families(t, registry)
	for _, want := range []struct {
		family, label, value string
		count                float64
	}{
		{"digits_predictions_total", "digit", "7", 5},
		{"digits_requests_rejected_total", "reason", "malformed_inference", 1},
	} {
		if got := metric(all[want.family], map[string]string{want.label: want.value}).GetCounter().GetValue(); got != want.count {
			t.Errorf("%+v: %v", want, got)
		}
	}
	for _, want := range []struct { // with the model's version in the path, or without
		route, code string
		count       float64
	}{{inferPath, "200", 3}, {"/v1/models/digits:predict", "400", 1}} {
		l := map[string]string{"route": want.route, "method": "POST", "code": want.code[:1] + "xx"}
		timed := metric(all["digits_http_request_duration_seconds"], l).GetHistogram().GetSampleCount()
		l["code"] = want.code
		if got := metric(all["digits_http_requests_total"], l).GetCounter().GetValue(); got != want.count || timed != uint64(want.count) {
			t.Errorf("%+v: %v are counted, %d timed", want, got, timed)
		}
	}
	for stage, want := range map[string]uint64{"read": 4, "queue": 3, "decode": 1, "prepare": 1, "infer": 3, "encode": 3} {
		if got := metric(all["digits_stage_duration_seconds"], map[string]string{"stage": stage}).GetHistogram().GetSampleCount(); got != want {
			t.Errorf("stage %s: %d, want %d", stage, got, want)
		}
	}
	lines := logLines(t, &log)
	if len(lines) != 4 || lines[0]["images"] != 3.0 || lines[0]["digit"] != nil || lines[1]["digit"] != 7.0 || lines[3]["problem"] != "malformed-inference" {
		t.Errorf("log: %s", &log)
	}
}

// One image that cannot be read fails the request: the protocols have no place
// for it.
func TestOneBadImageFailsTheBatch(t *testing.T) {
	seven := readFile(t, "seven.png")
	body := asJSON(t, map[string]any{"instances": []any{map[string]any{"b64": seven}, map[string]any{"b64": blank(t, 28, 28)}}})
	recorder := httptest.NewRecorder()
	newAPI(t).ServeHTTP(recorder, postTo("/v1/models/digits:predict", "", body))
	if slug := problemType(t, recorder.Result()); recorder.Code != 422 || slug != "no-ink" {
		t.Errorf("%d %s", recorder.Code, slug)
	}
}

func TestInferenceTimeout(t *testing.T) {
	a := httpapi.New(httpapi.Options{Classifier: slow(make(chan struct{}, 1)), RequestTimeout: time.Millisecond})
	recorder := httptest.NewRecorder()
	a.ServeHTTP(recorder, binaryTensor(t, variants(t, 1)...))
	if slug := problemType(t, recorder.Result()); recorder.Code != 504 || slug != "deadline-exceeded" {
		t.Errorf("%d %s", recorder.Code, slug)
	}
}

// A request in JSON and in binary, from the body to the reply.
func BenchmarkInfer(b *testing.B) {
	h := newAPI(b)
	for _, n := range []int{1, 64} {
		pictures := variants(b, n)
		var numbers []float32
		for _, v := range slices.Concat(pictures...) {
			numbers = append(numbers, float32(v)/255)
		}
		text := asJSON(b, map[string]any{"inputs": []any{map[string]any{"name": "input-0", "datatype": "FP32", "shape": []int{n, 784}, "data": numbers}}})
		for name, request := range map[string]func() *http.Request{
			"JSON":   func() *http.Request { return postTo(inferPath, "application/json", text) },
			"binary": func() *http.Request { return binaryTensor(b, pictures...) },
		} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				clock := cputime.Start()
				for b.Loop() {
					recorder := httptest.NewRecorder()
					if h.ServeHTTP(recorder, request()); recorder.Code != 200 {
						b.Fatal(recorder.Code, recorder.Body)
					}
				}
				clock.Report(b, n, "tensor")
			})
		}
	}
}
