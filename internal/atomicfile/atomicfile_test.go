package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteReplacesWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for _, text := range []string{"first", "second, longer"} {
		if err := Write(path, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Fatalf("the file holds %q, %v; want %q", got, err, text)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v; want 0644, so that another user's server can read it", info.Mode(), err)
	}
}

func TestFailedWriteLeavesEverythingAsItWas(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	err := Write(path, func(w io.Writer) error { io.WriteString(w, "half"); return full })
	if !errors.Is(err, full) {
		t.Errorf("Write returned %v; want the writer's error", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("the file holds %q; want %q", got, "old")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are left; want 1", len(entries))
	}
}

// What a kill leaves has a name that .gitignore knows.
func TestTemporaryFilesAreIgnored(t *testing.T) {
	dir := t.TempDir()
	var during []string
	err := Write(filepath.Join(dir, "f"), func(io.Writer) (err error) {
		during, err = filepath.Glob(filepath.Join(dir, ".f.*.tmp"))
		return err
	})
	if err != nil || len(during) != 1 {
		t.Errorf("the temporary files are %q, %v; want one .f.*.tmp", during, err)
	}
	ignored, err := os.ReadFile("../../.gitignore")
	if err != nil || !strings.Contains(string(ignored), "\n.*.tmp\n") {
		t.Errorf(".gitignore lacks .*.tmp (%v)", err)
	}
}

func TestProbe(t *testing.T) {
	dir := t.TempDir()
	if err := Probe(filepath.Join(dir, "new")); err != nil {
		t.Errorf("a writable directory: %v", err)
	}
	if err := Probe(filepath.Join(dir, "missing", "new")); err == nil {
		t.Error("a missing directory was accepted")
	}
	if err := Probe(dir); err == nil {
		t.Error("a directory was accepted as a file")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("%d files are left; want none", len(entries))
	}
}
