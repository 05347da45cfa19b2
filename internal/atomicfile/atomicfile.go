// Package atomicfile writes files that are either whole or absent.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Write puts what write produces under path, replacing what was there: into a
// temporary file beside it, to the disk, then a rename. On an error path is as
// it was and the temporary file is gone. Only a process that is killed leaves
// one: .NAME.*.tmp, which git ignores and anybody may delete. What is there and
// no file, such as a device, is not replaced.
func Write(path string, write func(io.Writer) error) (err error) {
	f, err := create(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing %s: %w", path, errors.Join(err, os.Remove(f.Name())))
		}
	}()
	if err = errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	syncDirectory(filepath.Dir(path))
	return nil
}

// Probe reports whether Write(path, …) could begin, without leaving a trace.
func Probe(path string) error {
	f, err := create(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// create makes the temporary file. It refuses what the rename would take away:
// in the place of /dev/null, a file would grow until the disk is full.
func create(path string) (*os.File, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a directory; name a file", path)
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is a device, a pipe or a socket, which a file would replace; name a file", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", path, err)
	}
	return f, nil
}

// syncDirectory makes a rename last through a power cut, where it can: not
// every file system has it, and a directory may be writable but not readable.
// Its errors are nobody's business, because the file is in its place.
func syncDirectory(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}
