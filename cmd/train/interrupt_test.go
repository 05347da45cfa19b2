//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram in the environment is the command line that makes the test binary
// the program itself.
const asProgram = "DIGITS_TEST_AS_TRAIN"

// A first signal lets a command end what it has begun, which may take long: here
// it reads a file that never ends. A second one ends the process.
func TestSecondSignalEndsTheProcess(t *testing.T) {
	if args := os.Getenv(asProgram); args != "" {
		os.Args = strings.Fields(args)
		main()
	}
	dir := t.TempDir()
	pipe := filepath.Join(dir, "1", "endless.png")
	if err := errors.Join(os.Mkdir(filepath.Dir(pipe), 0o755), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // kills what hangs
	defer cancel()
	program := exec.CommandContext(ctx, os.Args[0], "-test.run", "^"+t.Name()+"$")
	program.Env = append(os.Environ(), asProgram+"=train eval --weights ../../weights/simple.safetensors --images "+dir)
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		program.Wait()
		close(ended)
		if unread, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil { // lets the test go on
			unread.Close()
		}
	}()
	end, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits until the program reads
	if err != nil {
		t.Fatal(err)
	}
	defer end.Close()
	for signalled := time.NewTicker(time.Millisecond); ; {
		select {
		case <-signalled.C: // again and again: nothing tells when the first one was taken
			program.Process.Signal(os.Interrupt)
		case <-ended:
			if status := program.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGINT {
				t.Errorf("the process ended with %v; want the end by the second signal", program.ProcessState)
			}
			return
		}
	}
}
