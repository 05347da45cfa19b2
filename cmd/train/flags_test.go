package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A checkpoint that is another of the run's files would be removed with the
// weights in it.
func TestCheckpointIsAFileOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "old", "weights")
	if err := errors.Join(os.Link("old", "linked"), os.Symlink(dir, "here")); err != nil {
		t.Skip(err) // a system without links
	}
	for args, want := range map[string]string{
		"--out w --checkpoint " + filepath.Join(dir, "w"):               "--out and --checkpoint are both w; name two files; ",
		"--out here/w --checkpoint w":                                   "--out and --checkpoint are both here/w; name two files; ",
		"--out old --checkpoint linked":                                 "--out and --checkpoint are both old; name two files; ",
		"--preset digits --out w.x --checkpoint ./w.teacher2.x":         "--checkpoint ./w.teacher2.x is a file of the course's teacher2; name another; ",
		"--preset digits --out w --checkpoint w.rehearsal.checkpoint":   "--checkpoint w.rehearsal.checkpoint is a file of the course's rehearsal; name another; ",
		"--preset digits --teachers 0 --out w --checkpoint w.rehearsal": "nowhere",
		"--out other/w --checkpoint w":                                  "other",
	} {
		if err := command(t, args+" --data "+filepath.Join(dir, "nowhere"), io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("train %s: %v; want %s", args, err, want)
		}
	}
}
