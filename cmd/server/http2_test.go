package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"
)

// The server speaks HTTP/2 without TLS beside HTTP/1.1, and stops gracefully
// with a connection of either open.
func TestHTTP2Cleartext(t *testing.T) {
	seven, err := os.ReadFile("../../api/examples/seven.png")
	if err != nil {
		t.Fatal(err)
	}
	var http1, http2 http.Protocols
	http1.SetHTTP1(true)
	http2.SetUnencryptedHTTP2(true)
	p := start(t)
	for major, protocols := range map[int]*http.Protocols{1: &http1, 2: &http2} {
		transport := &http.Transport{Protocols: protocols}
		defer transport.CloseIdleConnections()
		reply, err := (&http.Client{Transport: transport}).Post("http://"+p.addr+"/predict", "", bytes.NewReader(seven))
		if err != nil {
			t.Fatal(err)
		}
		reply.Body.Close()
		if reply.StatusCode != http.StatusOK || reply.ProtoMajor != major {
			t.Errorf("HTTP/%d: %s %s", major, reply.Proto, reply.Status)
		}
	}
	p.stop(t)
}

// Who sends the headers of a request in HTTP/2 and does not end them is cut off
// long before the idle timeout.
func TestHTTP2HeadersThatDoNotEnd(t *testing.T) {
	p := start(t, "--read-header-timeout", "100ms", "--read-timeout", "100ms", "--idle-timeout", "1h")
	connection, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	const settings, headers, unfinished = "\x00\x00\x00\x04\x00\x00\x00\x00\x00", "\x00\x00\x01\x01\x00\x00\x00\x00\x01\x83", "\x00\x40\x00\x09\x04\x00\x00\x00\x01"
	if _, err := io.WriteString(connection, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+settings+headers+unfinished); err != nil {
		t.Fatal(err)
	}
	_ = connection.SetReadDeadline(time.Now().Add(20 * time.Second))
	if got, err := io.ReadAll(connection); err != nil || len(got) == 0 {
		t.Errorf("the connection ended with %v after %q", err, got)
	}
	p.stop(t)
}
