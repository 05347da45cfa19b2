package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The shell script of the examples reads them.
func TestExampleScript(t *testing.T) {
	needCurl(t)
	p := start(t)
	script := exec.Command("../../api/examples/read", "../../api/examples/seven.png", "../../api/examples/cross.png", "../../README.md")
	script.Env = append(os.Environ(), "DIGITS_URL=http://"+p.addr)
	output, err := script.CombinedOutput()
	text := string(output)
	for _, want := range []string{"seven.png: 7, confidence 0.9993, accepted true\n", "cross.png: ", "accepted false\n", "README.md: no answer: This is not an image that can be read\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if script.ProcessState.ExitCode() != 1 {
		t.Errorf("the script ended with %v", err)
	}
	p.stop(t)
}

// Without a file the script tells how it is called.
func TestExampleScriptWithoutFiles(t *testing.T) {
	script := exec.Command("../../api/examples/read")
	output, err := script.CombinedOutput()
	if !strings.Contains(string(output), "api/examples/read FILE...") || script.ProcessState.ExitCode() != 2 {
		t.Errorf("%v: %q", err, output)
	}
}

// A file that cannot be read is told, before the others are sent.
func TestExampleScriptSendsNothingOfWhatItCannotRead(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("something was sent") }))
	defer server.Close()
	for _, file := range []string{"../../api/examples/none.png", "../../api/examples"} {
		script := exec.Command("../../api/examples/read", "../../api/examples/seven.png", file)
		script.Env = append(os.Environ(), "DIGITS_URL="+server.URL)
		output, err := script.CombinedOutput()
		if want := file + ": no such file, or it cannot be read; nothing was sent\n"; string(output) != want || script.ProcessState.ExitCode() != 1 {
			t.Errorf("%v: %q, want %q", err, output, want)
		}
	}
}
