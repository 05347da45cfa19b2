package deploy_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// deploy/demo brings up three servers, the balancer and Prometheus with all
// rules, and leaves nothing behind.
func TestDemo(t *testing.T) {
	program(t, "haproxy")
	program(t, "prometheus")
	base := freePorts(t, 16)
	at := func(port int) string { return fmt.Sprintf("127.0.0.1:%d", base+port) }
	demo := start(t, []string{"SERVER=" + serverProgram, fmt.Sprint("DEMO_PORT=", base)}, "./demo")
	await(t, query(at(9), `count(up == 1) == 4`), hasSample)
	await(t, query(at(9), `count(haproxy_server_status{state="UP"} == 1) == 3`), hasSample)
	loaded := await(t, "http://"+at(9)+"/api/v1/rules", hasRules)
	for _, r := range rules(t) {
		if !strings.Contains(loaded, `"name":"`+r.Record+r.Alert+`"`) {
			t.Errorf("Prometheus has not loaded %s%s", r.Record, r.Alert)
		}
	}
	reply, err := http.Post("http://"+at(0)+"/predict", "", bytes.NewReader(example(t, "seven.png")))
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		t.Error(reply.Status)
	}
	demo.stop(t, syscall.SIGTERM)
	for _, port := range []int{0, 1, 2, 3, 9} {
		if l, err := net.Listen("tcp", at(port)); err != nil {
			t.Errorf("after the end something listens: %v", err)
		} else {
			l.Close()
		}
	}
}

func hasRules(body string) bool { return strings.Contains(body, `"rules":[`) }

// A short soak through the balancer answers all and writes its report.
func TestSoak(t *testing.T) {
	program(t, "haproxy")
	program(t, "prometheus")
	dir := t.TempDir()
	soak := exec.Command("go", "run", "./deploy/soak", "-duration", "4s", "-interval", "1s", "-rate", "50", "-port", fmt.Sprint(freePorts(t, 16)), "-out", dir)
	soak.Dir, soak.Env = "..", append(os.Environ(), "SERVER="+serverProgram)
	output, err := soak.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "200 requests at 50 a second in 4s: 0 failed;") {
		t.Errorf("%v\n%s", err, output)
	}
	if files, _ := os.ReadDir(dir); len(files) != 5 {
		t.Errorf("the report is %v", files)
	}
}

// freePorts returns the first of a number of ports on which nothing listens.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for first := 20000; first < 30000; first += n {
		free := 0
		for port := first; port < first+n; port++ {
			if l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)); err == nil {
				l.Close()
				free++
			}
		}
		if free == n {
			return first
		}
	}
	t.Fatal("no free ports")
	return 0
}
