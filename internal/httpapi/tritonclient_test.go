package httpapi_test

import (
	"os/exec"
	"strings"
	"testing"
)

// Triton's own Python client works with its defaults. It is not a part of this
// project: where Python or the client is missing, there is nothing to try.
func TestTritonClient(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3")
	}
	if output, err := exec.Command(python, "-c", "import numpy, tritonclient.http").CombinedOutput(); err != nil {
		t.Skipf("python3 has no tritonclient: %.200s", output)
	}
	server := serve(t, newAPI(t), nil)
	output, err := exec.Command(python, "testdata/tritonclient_try.py", strings.TrimPrefix(server.URL, "http://"), "testdata/seven.png").CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, output)
	}
}
