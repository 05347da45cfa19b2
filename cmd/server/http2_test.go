package main

import (
	"bytes"
	"net/http"
	"os"
	"syscall"
	"testing"
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
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.end(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
