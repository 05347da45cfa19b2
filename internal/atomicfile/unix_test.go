//go:build unix

package atomicfile

import (
	"io"
	"os"
	"path/filepath"
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
