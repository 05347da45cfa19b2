package main

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestStrangers(t *testing.T) {
	got := strangers([]string{"DIGITS_SLOTS=2", "DIGITS_SLOT=2", "DIGITS_=", "HOME=/", "NO_DIGITS_SLOTS=1",
		"DIGITS_SERVICE_HOST=10.0.0.1", "DIGITS_SERVICE_PORT_HTTP=80", "DIGITS_PORT=tcp://10.0.0.1:80", "DIGITS_PORT_80_TCP_ADDR=10.0.0.1", "DIGITS_CANARY_PORT=tcp://10.0.0.1:80",
		"DIGITS_PORTS=1"}, new(config).flags())
	if want := []string{"DIGITS_SLOT", "DIGITS_", "DIGITS_PORTS"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// The log names a variable that is misspelt, and not its value.
func TestMisspeltVariablesAreLogged(t *testing.T) {
	t.Setenv("DIGITS_ADRR", "secret")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var log bytes.Buffer
	if err := run(ctx, []string{"server", "--addr", "127.0.0.1:0"}, io.Discard, &log); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, "variable=DIGITS_ADRR") || strings.Contains(text, "secret") {
		t.Errorf("the log is\n%s", text)
	}
}
