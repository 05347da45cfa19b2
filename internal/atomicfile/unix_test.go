//go:build unix

package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Once the file is in its place, a directory that cannot be opened to be
// synced is no error. No more files may be opened here, rather than this
// directory, because root opens every directory.
func TestWriteWithoutSyncingTheDirectory(t *testing.T) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Skip(err)
	}
	path := filepath.Join(t.TempDir(), "f")
	err := Write(path, func(w io.Writer) error {
		none := limit
		none.Cur = 0
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
			return err
		}
		_, err := io.WriteString(w, "text")
		return err
	})
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Errorf("Write returned %v though the file is in its place", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "text" {
		t.Errorf("the file holds %q, %v", got, err)
	}
}

// A file in the place of a device would be the end of it.
func TestOnlyFilesAreReplaced(t *testing.T) {
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Symlink(pipe, link)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link} {
		if err := Probe(path); err == nil || !strings.Contains(err.Error(), path+" is a device, a pipe or a socket") {
			t.Errorf("Probe(%s) returned %v", path, err)
		}
		if err := Write(path, func(io.Writer) error { return nil }); err == nil {
			t.Errorf("Write(%s) replaced it", path)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("%d files are left; want 2", len(entries))
	}
}
