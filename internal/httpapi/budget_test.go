package httpapi_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"digits/internal/httpapi"
)

// holdBack announces a body of a size, or -1 for a chunked one, and sends so
// many bytes of it. Reads from the connection fail if nothing comes.
func holdBack(t *testing.T, server *httptest.Server, announced, sent int) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	if err := connection.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	header, frame := fmt.Sprintf("Content-Length: %d", announced), ""
	if announced < 0 {
		header, frame = "Transfer-Encoding: chunked", fmt.Sprintf("%x\r\n", sent)
	}
	if _, err := fmt.Fprintf(connection, "POST /predict HTTP/1.1\r\nHost: digits\r\n%s\r\n\r\n%s%s", header, frame, make([]byte, sent)); err != nil {
		t.Fatal(err)
	}
	return connection
}

// Bodies that are under way share a memory of 256 KiB: three of 64 KiB leave
// no room for another as large, but for small ones; when their clients go away,
// the memory is free again.
func TestBodiesShareTheMemory(t *testing.T) {
	const size = 64 << 10
	registry := prometheus.NewRegistry()
	server := serve(t, newAPIWith(t, httpapi.Options{MaxBufferedBytes: 4 * size, Registry: registry}), nil)
	for range 100 {
		holdBack(t, server, size, 0) // costs nothing
	}
	var held []net.Conn
	for range 3 {
		held = append(held, holdBack(t, server, size, size-1))
	}
	awaitMemory(t, registry, 3*(size-1))
	for name, connection := range map[string]net.Conn{
		"announced":         holdBack(t, server, size, 0),
		"of unknown length": holdBack(t, server, -1, size),
	} {
		reply, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if slug := problemType(t, reply); reply.StatusCode != 503 || slug != "overloaded" || reply.Header.Get("Retry-After") == "" || !reply.Close {
			t.Errorf("%s: %d %s, %v, close %v", name, reply.StatusCode, slug, reply.Header, reply.Close)
		}
		reply.Body.Close()
	}
	if got := metric(families(t, registry)["digits_overloads_total"], map[string]string{"cause": "buffers_full"}).GetCounter().GetValue(); got < 2 { // of those before, some may come late
		t.Errorf("%v overloads have this cause", got)
	}
	unharmed(t, server)
	awaitMemory(t, registry, 3*(size-1))
	for _, connection := range held {
		connection.Close()
	}
	awaitMemory(t, registry, 0)
}

// awaitMemory waits until the bodies take so many bytes of memory.
func awaitMemory(t *testing.T, registry *prometheus.Registry, want float64) {
	t.Helper()
	var got float64
	for range 1000 {
		if got = families(t, registry)["digits_body_memory_bytes"].GetMetric()[0].GetGauge().GetValue(); got == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("bodies take %v bytes; want %v", got, want)
}
