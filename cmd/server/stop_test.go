package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// openRequest sends the headers of a request and keeps back its body. When it
// returns, the handler is at work.
func openRequest(t *testing.T, addr string) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	_, err = io.WriteString(connection, "POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil || !strings.Contains(line, "100") {
		t.Fatalf("no 100 Continue but %q, %v", line, err)
	}
	return connection
}

// SIGTERM: /readyz fails at once, the service goes on for the delay, the last
// request is finished, the exit code is 0.
func TestTerminationIsGraceful(t *testing.T) {
	p := start(t, "--drain-delay", "300ms", "--drain-timeout", "20s")
	reply, err := http.Get("http://" + p.addr + "/readyz")
	if err != nil || reply.StatusCode != 200 {
		t.Fatalf("ready: %v, %v", reply, err)
	}
	reply.Body.Close()
	last := openRequest(t, p.addr)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.awaitLog(t, "msg=draining")
	if reply, err = http.Get("http://" + p.addr + "/readyz"); err != nil || reply.StatusCode != 503 || !reply.Close {
		t.Errorf("draining: %v, %v", reply, err)
	}
	reply.Body.Close()
	p.awaitRefusal(t)
	if _, err := io.WriteString(last, "text"); err != nil {
		t.Error(err)
	}
	reply, err = http.ReadResponse(bufio.NewReader(last), nil)
	if err != nil || reply.StatusCode != http.StatusUnsupportedMediaType || !reply.Close {
		t.Errorf("the last request: %v, %v", reply, err)
	}
	if err := p.end(); err != nil {
		t.Errorf("the process ended with %v", err)
	}
}

// A load balancer that asks /readyz first loses no request: what is sent in the
// drain delay after a good answer is answered.
func TestNoRequestIsLostInTheDrainDelay(t *testing.T) {
	p := start(t, "--drain-delay", "500ms")
	answers := make(chan int, 4)
	for range cap(answers) {
		go func() {
			n := 0
			for {
				ready, err := http.Get("http://" + p.addr + "/readyz")
				if err != nil {
					t.Error(err)
					break
				}
				ready.Body.Close()
				if ready.StatusCode != 200 {
					break
				}
				reply, err := http.Post("http://"+p.addr+"/predict", "", strings.NewReader("text"))
				if err != nil || reply.StatusCode != http.StatusUnsupportedMediaType {
					t.Errorf("%v, %v", reply, err)
					break
				}
				reply.Body.Close()
				if n++; n == 20 {
					answers <- n
				}
			}
			answers <- n
		}()
	}
	for range cap(answers) { // all are at work
		<-answers
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for range cap(answers) {
		<-answers
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
}

// awaitRefusal waits until the server takes no more connections.
func (p *process) awaitRefusal(t *testing.T) {
	t.Helper()
	for range 1000 {
		connection, err := net.Dial("tcp", p.addr)
		if err != nil {
			return
		}
		connection.Close()
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the server still takes connections")
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	p := start(t, "--drain-delay", "1h")
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.awaitLog(t, "msg=draining")
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := p.end(); !errors.As(err, &exit) || exit.ExitCode() != exitSecondSignal {
		t.Errorf("the process ended with %v", err)
	}
}

// A request that does not end in the drain timeout is cut off, and the exit
// code tells.
func TestDrainTimeout(t *testing.T) {
	p := start(t, "--drain-timeout", "10ms")
	openRequest(t, p.addr)
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	p.awaitLog(t, "cut off")
	var exit *exec.ExitError
	if err := p.end(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("the process ended with %v", err)
	}
}
