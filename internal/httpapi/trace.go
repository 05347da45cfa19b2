package httpapi

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
)

// trace is what W3C Trace Context says of a request: the trace that it is part
// of, and this service's own span in it. The zero value is no trace.
type trace struct {
	id      string // 32 hexadecimal digits
	span    string // 16, made here
	sampled bool   // the caller records this trace
}

const (
	traceparentHeader   = "Traceparent"
	traceresponseHeader = "Traceresponse"
)

// traceOf reads a traceparent header: version-trace-parent-flags. What is not
// one is no trace.
func traceOf(traceparent string) trace {
	fields := strings.Split(traceparent, "-")
	if len(fields) < 4 || !isHex(fields[0], 2) || fields[0] == "ff" || fields[0] == "00" && len(fields) != 4 ||
		!isHex(fields[1], 32) || isZero(fields[1]) || !isHex(fields[2], 16) || isZero(fields[2]) || !isHex(fields[3], 2) {
		return trace{}
	}
	var span [8]byte
	_, _ = rand.Read(span[:]) // never fails
	flags, _ := hex.DecodeString(fields[3])
	return trace{id: strings.Clone(fields[1]), span: hex.EncodeToString(span[:]), sampled: flags[0]&1 == 1}
}

// response is the traceresponse header, which tells the caller the span.
func (t trace) response() string {
	flags := "00"
	if t.sampled {
		flags = "01"
	}
	return "00-" + t.id + "-" + t.span + "-" + flags
}

func isHex(text string, length int) bool {
	return len(text) == length && strings.Trim(text, "0123456789abcdef") == ""
}

func isZero(text string) bool { return strings.Trim(text, "0") == "" }
