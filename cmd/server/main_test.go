package main

import (
	"bufio"
	"bytes"
	"context"
	"net"
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

// stop asks the process to stop and waits until it has, gracefully.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.end(); err != nil {
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
		{"--rate-limit", "0"}, {"--rate-limit", "NaN"}, {"--rate-burst", "0"}, {"--max-decoded-bytes", "0"},
		{"--cors-origins", "example.org"}, {"--cors-origins", "https://example.org/path"}, {"--cors-origins", "https://*.org"},
		{"--log-sample", "0"}, {"--log-sample", "1.5"}, {"--log-sample", "NaN"}, {"--feedback=maybe"}, {"--feedback", "false"}, {"--addr", "nonsense"}, {"--addr", "8080"}, {"--addr", ":99999"}, {"--addr", ":nonsense"}, {"--addr", "127.0.0.1:"}, {"--addr="}, {"--admin-addr", "nonsense"}, {"--health", "nonsense"}, {"--health="}, {"--addr", ":0", "--health", "self"}, {"--health", "http://[::1"},
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
	if _, _, stderr := command("--feedback", "false"); !strings.Contains(stderr, "--feedback=false") {
		t.Errorf("stderr %q does not tell how to say false", stderr)
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
	p.stop(t)
	if code, _, stderr := command("--health", p.addr); code != 1 || strings.Count(stderr, "\n") != 1 {
		t.Errorf("stopped: exit code %d, %q", code, stderr)
	}
}
