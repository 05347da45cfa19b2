package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asServer in the environment makes the test binary the server itself.
const asServer = "DIGITS_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process is a server as a process of its own.
type process struct {
	*exec.Cmd
	addr  string
	admin string // address of the other listener, if there is one
	log   *bufio.Scanner
	read  strings.Builder // of the log
}

var address = regexp.MustCompile(`addr=(\S+)`)

// start runs the server on a free port and waits until it listens.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // kills what hangs
	t.Cleanup(cancel)
	p := &process{Cmd: exec.CommandContext(ctx, os.Args[0], append([]string{"--addr", "127.0.0.1:0", "--drain-delay", "0s"}, args...)...)}
	p.Env = append(os.Environ(), asServer+"=1")
	stderr, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	p.log = bufio.NewScanner(stderr)
	line := p.awaitLog(t, "msg=listening")
	p.addr = address.FindStringSubmatch(line)[1]
	if _, admin, ok := strings.Cut(p.read.String(), "msg=admin "); ok {
		p.admin = address.FindStringSubmatch(admin)[1]
	}
	return p
}

// awaitLog reads the log up to the line that contains the text.
func (p *process) awaitLog(t *testing.T, text string) string {
	t.Helper()
	for p.log.Scan() {
		p.read.WriteString(p.log.Text() + "\n")
		if strings.Contains(p.log.Text(), text) {
			return p.log.Text()
		}
	}
	t.Fatalf("the log ended before %q", text)
	return ""
}

// end reads the rest of the log and returns how the process ended.
func (p *process) end() error {
	for p.log.Scan() {
	}
	return p.Wait()
}

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

// command runs the program in this process, for calls that end by themselves.
func command(args ...string) (code int, stdout, stderr string) {
	var out, log bytes.Buffer
	err := run(context.Background(), append([]string{"server"}, args...), &out, &log)
	return exitCode(err, &log), out.String(), log.String()
}

func TestUsageErrors(t *testing.T) {
	for _, args := range [][]string{
		{"--unknown"}, {"-unknown", "1"}, {"serve"}, {"--addr"}, {"--slots", "many"}, {"--slots", "-1"}, {"--slots", "0"}, {"--slots", "1025"}, {"--idle-timeout", "0"},
		{"--idle-timeout", "90"}, {"--max-pixels", "0"}, {"--max-pixels", "3135"}, {"--max-images", "0"}, {"--max-images", "17"}, {"--max-body-bytes", "0"}, {"--log-level", "loud"}, {"--log-format", "xml"},
		{"--drain-delay", "-1s"}, {"--selftest-interval", "-1s"}, {"--trusted-proxies", "10.0.0.1"}, {"--trusted-proxies", "10.0.0.0/8,proxy"},
		{"--log-sample", "0"}, {"--log-sample", "1.5"}, {"--log-sample", "NaN"}, {"--feedback=maybe"}, {"--health", "nonsense"}, {"--health="}, {"--addr", ":0", "--health", "self"}, {"--health", "http://[::1"},
		{"--write-timeout", "20s"}, {"--read-timeout", "1h"}, {"--request-timeout", "2562047h"},
		{"--max-buffered-bytes", "16777215"}, {"--max-body-bytes", "9223372036854775807"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			code, stdout, stderr := command(args...)
			if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "--help") {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
			}
		})
	}
	t.Run("environment", func(t *testing.T) {
		t.Setenv("DIGITS_SLOTS", "many")
		if code, _, stderr := command(); code != 2 || !strings.Contains(stderr, "in DIGITS_SLOTS for flag --slots: a whole number is needed") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("exit code %d, stderr %q", code, stderr)
		}
	})
}

func TestAddressInUse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	addr := listener.Addr().String()
	for _, flag := range []string{"-addr", "--addr"} { // one dash or two
		code, _, stderr := command(flag, addr)
		if code != 1 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, addr) {
			t.Errorf("exit code %d, stderr %q", code, stderr)
		}
	}
	t.Setenv("DIGITS_ADDR", addr)
	if code, _, stderr := command(); code != 1 || !strings.Contains(stderr, addr) {
		t.Errorf("DIGITS_ADDR: exit code %d, stderr %q", code, stderr)
	}
}

func TestVersion(t *testing.T) {
	code, stdout, stderr := command("-version")
	if code != 0 || stderr != "" || !regexp.MustCompile(`^digits \S+ go\S+ \S+/\S+ kernel \S+ weights [0-9a-f]{64}\n$`).MatchString(stdout) {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// The linker can set the version; it is what the program then says of itself.
func TestVersionOfTheLinker(t *testing.T) {
	defer func(old string) { version = old }(version)
	version = "v1.2.3-4-gabcdef0"
	if _, stdout, _ := command("--version"); !strings.HasPrefix(stdout, "digits v1.2.3-4-gabcdef0 go") {
		t.Errorf("stdout %q", stdout)
	}
}

func TestHealth(t *testing.T) {
	p := start(t)
	_, port, _ := net.SplitHostPort(p.addr)
	for _, target := range []string{p.addr, ":" + port, "0.0.0.0:" + port, "http://" + p.addr + "/livez",
		"http://" + p.addr, "http://" + p.addr + "/"} {
		if code, stdout, stderr := command("-health", target); code != 0 || !strings.HasPrefix(stdout, "healthy") {
			t.Errorf("%s: exit code %d, %s%s", target, code, stdout, stderr)
		}
	}
	t.Setenv("DIGITS_ADDR", ":"+port)
	for _, args := range [][]string{{"--health", "self"}, {"--addr", p.addr, "--health", "self"}} {
		if code, stdout, stderr := command(args...); code != 0 || stdout != "healthy: http://127.0.0.1:"+port+"/readyz\n" {
			t.Errorf("%s: exit code %d, %s%s", args, code, stdout, stderr)
		}
	}
	if code, _, stderr := command("--health", "http://"+p.addr+"/nowhere"); code != 1 || !strings.Contains(stderr, "404") {
		t.Errorf("nowhere: exit code %d, %s", code, stderr)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
	if code, _, stderr := command("--health", p.addr); code != 1 || strings.Count(stderr, "\n") != 1 {
		t.Errorf("stopped: exit code %d, %q", code, stderr)
	}
}
