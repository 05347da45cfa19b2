// Package deploy_test holds what is deployed to the server: metrics, rules,
// dashboards, the load balancer and the manifests.
package deploy_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
)

var serverProgram string // built once, by TestMain

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() { // they are the same whatever the server was built with
		fmt.Println("skipped by -short: what is deployed")
		return
	}
	dir, err := os.MkdirTemp("", "digits-deploy-")
	if err != nil {
		panic(err)
	}
	serverProgram = filepath.Join(dir, "server")
	if output, err := exec.Command("go", "build", "-o", serverProgram, "../cmd/server").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the server: %v\n%s", err, output)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// program returns the path of a program that a test cannot do without. Under
// CI=true it must be there.
func program(t *testing.T, name string) string {
	t.Helper()
	for _, candidate := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing, and CI=true", name)
	}
	t.Skipf("SKIPPED: %s is missing; Debian has it (promtool is in the package prometheus)", name)
	return ""
}

// freeAddress returns an address of this machine on which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// background is a process that ends with the test, if not before.
type background struct {
	*exec.Cmd
	log bytes.Buffer
}

func start(t *testing.T, environment []string, name string, args ...string) *background {
	t.Helper()
	b := &background{Cmd: exec.Command(name, args...)}
	b.Stdout, b.Stderr = &b.log, &b.log
	b.Env = append(os.Environ(), environment...)
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if b.ProcessState == nil {
			_ = b.Process.Kill()
			_ = b.Wait()
		}
		if t.Failed() {
			t.Logf("the last of the log of %s:\n%s", name, tail(b.log.String()))
		}
	})
	return b
}

func tail(text string) string { return text[max(0, len(text)-2000):] }

// stop asks the process to stop and waits until it has.
func (b *background) stop(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := b.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	if err := b.Wait(); err != nil && signal == syscall.SIGTERM {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// startServer starts a server and waits until it is ready.
func startServer(t *testing.T, address string, args ...string) *background {
	t.Helper()
	b := start(t, nil, serverProgram, append([]string{"--addr", address, "--log-level", "warn"}, args...)...)
	await(t, "http://"+address+"/readyz", func(body string) bool { return true })
	return b
}

// await asks until the reply is 200 and as wanted, and returns its body.
func await(t *testing.T, url string, wanted func(body string) bool) string {
	t.Helper()
	last := "no reply"
	for range 600 {
		if reply, err := http.Get(url); err == nil {
			body, _ := io.ReadAll(reply.Body)
			reply.Body.Close()
			last = string(body)
			if reply.StatusCode == http.StatusOK && wanted(last) {
				return last
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s is not as it should be after 30 s; the last reply:\n%s", url, tail(last))
	return ""
}

// startBalancer starts HAProxy before three servers, with variables of haproxy.cfg,
// and returns its URL.
func startBalancer(t *testing.T, servers [3]string, variables ...string) string {
	t.Helper()
	haproxy := program(t, "haproxy")
	public, metrics := freeAddress(t), freeAddress(t)
	start(t, append(variables, "DIGITS_1="+servers[0], "DIGITS_2="+servers[1], "DIGITS_3="+servers[2], "DIGITS_PUBLIC="+public,
		"DIGITS_BALANCER_METRICS="+metrics), haproxy, "-db", "-f", "haproxy.cfg")
	await(t, "http://"+metrics+"/metrics", func(body string) bool {
		return strings.Count(body, `,state="UP"} 1`) >= len(servers) || strings.Contains(body, `haproxy_backend_active_servers{proxy="servers"} 3`)
	})
	return "http://" + public
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func load(t *testing.T, name string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, name)), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
