package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The shell script of the examples reads them.
func TestExampleScript(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl here")
	}
	p := start(t)
	script := exec.Command("../../api/examples/read", "../../api/examples/seven.png", "../../api/examples/cross.png", "../../README.md")
	script.Env = append(os.Environ(), "DIGITS_URL=http://"+p.addr)
	output, err := script.CombinedOutput()
	text := string(output)
	for _, want := range []string{"seven.png: 7, confidence 0.9997, accepted true\n", "cross.png: ", "accepted false\n", "README.md: no answer: This is not an image that can be read\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if script.ProcessState.ExitCode() != 1 {
		t.Errorf("the script ended with %v", err)
	}
	p.stop(t)
}
