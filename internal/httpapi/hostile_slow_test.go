package httpapi_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// dribble sends a request byte by byte until the server has had enough, and
// reports whether it had.
func dribble(server *httptest.Server, begin string, pause time.Duration, most int) bool {
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		return false
	}
	defer connection.Close()
	if _, err := connection.Write([]byte(begin)); err != nil {
		return false
	}
	for range most {
		time.Sleep(pause)
		if _, err := connection.Write([]byte("a")); err != nil {
			return true
		}
		_ = connection.SetReadDeadline(time.Now().Add(time.Millisecond))
		if n, _ := connection.Read(make([]byte, 1)); n > 0 {
			return true // an answer, though not all was sent
		}
	}
	return false
}

// Clients that send a byte now and then, within their headers or their body, are
// cut off by the server's timeouts and hinder nobody.
func TestSlowClients(t *testing.T) {
	clients, pause, headers, body := 60, 100*time.Millisecond, 300*time.Millisecond, time.Second
	if *full {
		clients, pause, headers, body = 1000, time.Second, 5*time.Second, 15*time.Second
	}
	before := runtime.NumGoroutine()
	server := serve(t, newAPI(t), func(s *http.Server) { s.ReadHeaderTimeout, s.ReadTimeout = headers, body })
	alone := traffic(t, server)
	time.Sleep(body)
	quiet := alone()
	among := traffic(t, server)
	var slow sync.WaitGroup
	for i := range clients {
		begin := "POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Length: 100000\r\n"
		if i%2 == 0 {
			begin += "\r\n"
		}
		slow.Go(func() {
			if !dribble(server, begin, pause, 20*int(body/pause)) {
				t.Errorf("a client that began with %q was not cut off", strings.TrimPrefix(begin, "POST /predict "))
			}
		})
	}
	slow.Wait()
	among().unhindered(t, quiet)
	unharmed(t, server)
	nothingLeft(t, server, before)
}
