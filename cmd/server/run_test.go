package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// run on a free port reads a seven and tells the port in its log; the end of
// its context ends it without an error.
func TestRun(t *testing.T) {
	seven, err := os.ReadFile("../../api/examples/seven.png")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	logOut, logIn := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"server", "--addr", "127.0.0.1:0", "--drain-delay", "0s", "--max-images", "1", "--log-format", "json"}, io.Discard, logIn)
		logIn.Close()
		ended <- err
	}()
	log := bufio.NewScanner(logOut)
	url := "http://" + awaitRecord(t, log, "listening")["addr"].(string) + "/predict"
	go func() { // run must not wait for a reader of its log
		for log.Scan() {
		}
	}()

	var one struct{ Digit *int }
	if status := postJSON(t, url, map[string]any{"image": seven}, &one); status != 200 || one.Digit == nil || *one.Digit != 7 {
		t.Errorf("one image: %d, digit %v", status, one.Digit)
	}
	var several struct{ Type string }
	if status := postJSON(t, url, map[string]any{"images": [][]byte{seven, seven}}, &several); status != 400 || several.Type != "urn:digits:problem:too-many-images" {
		t.Errorf("two images: %d %s", status, several.Type)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("run ended with %v", err)
	}
}

// A signal during the start ends it at once: nothing is drained, and the
// self-test that it breaks off says nothing about the instance.
func TestSignalDuringTheStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var log bytes.Buffer
	if err := run(ctx, []string{"server", "--addr", "127.0.0.1:0", "--drain-delay", "10s"}, io.Discard, &log); err != nil {
		t.Errorf("run ended with %v", err)
	}
	if text := log.String(); strings.Contains(text, "self-test") || strings.Contains(text, "draining") || !strings.Contains(text, "msg=stopped") {
		t.Errorf("the log is\n%s", text)
	}
}

// Both logs have the same durations.
func TestDurationsInLogs(t *testing.T) {
	for format, want := range map[string]string{"text": `delay=1.5s`, "json": `"delay":"1.5s"`} {
		var log bytes.Buffer
		config{logLevel: "info", logFormat: format}.logger(&log).Info("draining", "delay", 1500*time.Millisecond)
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s: %s", format, &log)
		}
	}
}

// awaitRecord reads a JSON log up to the record with the message.
func awaitRecord(t *testing.T, log *bufio.Scanner, message string) map[string]any {
	t.Helper()
	for log.Scan() {
		var record map[string]any
		if err := json.Unmarshal(log.Bytes(), &record); err != nil {
			t.Fatalf("%s: %v", log.Bytes(), err)
		}
		if record["msg"] == message {
			return record
		}
	}
	t.Fatalf("the log ended before %q", message)
	return nil
}

// postJSON posts a value as JSON, reads the reply into another and returns its
// status.
func postJSON(t *testing.T, url string, value, reply any) int {
	t.Helper()
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(reply); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}
