package deploy_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// deploy/demo brings up three servers, the balancer and Prometheus with all
// rules, goes on when a server is killed, and leaves nothing behind.
func TestDemo(t *testing.T) {
	program(t, "haproxy")
	program(t, "prometheus")
	base := freePorts(t, 16)
	at := func(port int) string { return fmt.Sprintf("127.0.0.1:%d", base+port) }
	log := filepath.Join(t.TempDir(), "log")
	demo := start(t, []string{"SERVER=" + serverProgram, fmt.Sprint("DEMO_PORT=", base)}, "sh", "-c", "exec ./demo >"+log)
	await(t, query(at(9), `count(up == 1) == 4`), hasSample)
	await(t, query(at(9), `count(haproxy_server_status{state="UP"} == 1) == 3`), hasSample)
	loaded := await(t, "http://"+at(9)+"/api/v1/rules", hasRules)
	for _, r := range rules(t) {
		if !strings.Contains(loaded, `"name":"`+r.Record+r.Alert+`"`) {
			t.Errorf("Prometheus has not loaded %s%s", r.Record, r.Alert)
		}
	}
	answers := func() {
		t.Helper()
		reply, err := http.Post("http://"+at(0)+"/predict", "", bytes.NewReader(example(t, "seven.png")))
		if err != nil {
			t.Fatal(err)
		}
		reply.Body.Close()
		if reply.StatusCode != http.StatusOK {
			t.Error(reply.Status)
		}
	}
	answers()
	process, _ := strconv.Atoi(string(regexp.MustCompile(`server 2: process (\d+)`).FindSubmatch([]byte(read(t, log)))[1]))
	if err := syscall.Kill(process, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	await(t, query(at(9), `count(haproxy_server_status{state="UP"} == 1) == 2`), hasSample)
	answers()
	await(t, query(at(9), `count(haproxy_server_status{state="UP"} == 1) == 3`), hasSample)
	if text := read(t, log); !strings.Contains(text, "server 2 has ended (exit code 137)") || strings.Count(text, "server 2: process") != 2 {
		t.Errorf("it says\n%s", text)
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

// A taken port is told before anything is started.
func TestDemoNamesATakenPort(t *testing.T) {
	base := freePorts(t, 16)
	taken, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", base+12))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	output := demoFails(t, base, serverProgram)
	if !strings.Contains(output, fmt.Sprintf("port %d is taken", base+12)) || !strings.Contains(output, "DEMO_PORT=9000 make demo") || strings.Contains(output, "process") {
		t.Errorf("it says\n%s", output)
	}
}

// What ends by itself is not started again and again.
func TestDemoOfAServerThatCannotRun(t *testing.T) {
	if output := demoFails(t, freePorts(t, 16), "/bin/false"); !strings.Contains(output, " ended with exit code 1\n") {
		t.Errorf("it says\n%s", output)
	}
}

func demoFails(t *testing.T, base int, server string) (output string) {
	t.Helper()
	program(t, "haproxy")
	program(t, "prometheus")
	demo := exec.Command("./demo")
	demo.Env = append(os.Environ(), "SERVER="+server, fmt.Sprint("DEMO_PORT=", base))
	text, _ := demo.CombinedOutput()
	if code := demo.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	return string(text)
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
