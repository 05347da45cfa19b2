package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"digits/internal/proof"
	"digits/pkg/cnn"
	"digits/weights"
)

// writeModel writes the embedded model under another version.
func writeModel(t *testing.T, path, version string) {
	t.Helper()
	m, err := cnn.LoadFile("../../weights/digits.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if err := m.WithMetadata("version", version).SaveFile(path); err != nil {
		t.Fatal(err)
	}
}

// ask returns the status and the body of a reply.
func ask(t *testing.T, method, url string, body io.Reader) (int, string) {
	t.Helper()
	request, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(text)
}

// modelOf returns the version of the model that answers.
func (p *process) modelOf(t *testing.T) string {
	t.Helper()
	seven, err := os.Open("../../api/examples/seven.png")
	if err != nil {
		t.Fatal(err)
	}
	defer seven.Close()
	var reply struct{ Model struct{ Version string } }
	status, body := ask(t, http.MethodPost, "http://"+p.addr+"/predict", seven)
	if err := json.Unmarshal([]byte(body), &reply); status != 200 || err != nil {
		t.Fatalf("%d %s", status, body)
	}
	return reply.Model.Version
}

// The weights file is read anew at SIGHUP and by the admin listener; a file that
// cannot be used changes nothing.
func TestReload(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.safetensors")
	writeModel(t, path, "one")
	p := start(t, "--weights", path, "--admin-addr", "127.0.0.1:0")
	admin := "http://" + p.admin
	if got := p.modelOf(t); got != "one" {
		t.Errorf("at first %s answers", got)
	}
	writeModel(t, path, "two")
	if err := p.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	p.awaitLog(t, "msg=reloaded model=two")
	if got := p.modelOf(t); got != "two" {
		t.Errorf("after SIGHUP %s answers", got)
	}
	writeModel(t, path, "three")
	if status, body := ask(t, http.MethodPost, admin+"/-/reload", nil); status != 200 || !strings.Contains(body, `"version":"three"`) {
		t.Errorf("reload: %d %s", status, body)
	}
	if got := p.modelOf(t); got != "three" {
		t.Errorf("after the reload %s answers", got)
	}
	for _, page := range []string{"http://" + p.addr + "/docs", "http://" + p.addr + "/status", admin + "/status"} {
		if _, body := ask(t, http.MethodGet, page, nil); !strings.Contains(body, "three") || strings.Contains(body, ">one<") {
			t.Errorf("%s does not tell of the new model", page)
		}
	}
	if err := os.WriteFile(path, weights.Default()[:1000], 0o600); err != nil {
		t.Fatal(err)
	}
	if status, body := ask(t, http.MethodPost, admin+"/-/reload", nil); status != 500 || !strings.Contains(body, "damaged") {
		t.Errorf("a damaged file: %d %s", status, body)
	}
	p.awaitLog(t, "msg=\"not reloaded")
	if got := p.modelOf(t); got != "three" {
		t.Errorf("after the damaged file %s answers", got)
	}
	_, metrics := ask(t, http.MethodGet, admin+"/metrics", nil)
	for _, want := range []string{`digits_model_reloads_total{result="success"} 2`, `digits_model_reloads_total{result="failure"} 1`,
		`version="three"`, "digits_selftest_accuracy_ratio 1"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s in the metrics", want)
		}
	}
	if status, _ := ask(t, http.MethodGet, "http://"+p.addr+"/metrics", nil); status != 404 {
		t.Errorf("public metrics: %d", status)
	}
	p.stop(t)
}

// Weights that do not give the logits of their proof are not served, and the
// log says so.
func TestUnprovenWeightsAreNotReady(t *testing.T) {
	m, err := cnn.LoadFile("../../weights/digits.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	image := make([]byte, proof.Pixels)
	for y := 6; y < 22; y++ {
		image[28*y+13], image[28*y+14] = 255, 255
	}
	text, err := proof.Proof{Digits: []proof.Digit{{Label: 1, Image: image, Logits: make([]float32, m.OutputShape().Size())}}}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "w.safetensors")
	if err := m.WithMetadata(proof.Key, text).SaveFile(path); err != nil {
		t.Fatal(err)
	}
	p := start(t, "--weights", path)
	if !regexp.MustCompile(`not ready.*logit \d+ is`).MatchString(p.read.String()) {
		t.Errorf("the log is %s", p.read.String())
	}
	if status, _ := ask(t, http.MethodGet, "http://"+p.addr+"/readyz", nil); status != 503 {
		t.Errorf("readyz is %d", status)
	}
	if _, metrics := ask(t, http.MethodGet, "http://"+p.addr+"/metrics", nil); !strings.Contains(metrics, "digits_selftest_failures_total 1") ||
		!strings.Contains(metrics, "digits_selftest_accuracy_ratio 0") {
		t.Error("the metrics do not tell")
	}
	p.stop(t)
}

// All series of the process together.
func TestFewerThan500Series(t *testing.T) {
	p := start(t)
	p.modelOf(t)
	_, metrics := ask(t, http.MethodGet, "http://"+p.addr+"/metrics", nil)
	series := 0
	for line := range strings.Lines(metrics) {
		if !strings.HasPrefix(line, "#") {
			series++
		}
	}
	t.Logf("%d series", series)
	if series < 350 || series >= 500 {
		t.Errorf("%d series", series)
	}
	p.stop(t)
}
