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
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func unzip(t *testing.T, content []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// serve answers requests for the files with the handler, and counts them.
func serve(t *testing.T, handle http.HandlerFunc) (url string, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/mnist/", requests
}

func serveTiny(t *testing.T) (url string, requests *atomic.Int32) {
	_, contents := tiny()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		content, ok := contents[path.Base(r.URL.Path)]
		if !ok || path.Dir(r.URL.Path) != "/mnist" {
			http.NotFound(w, r)
			return
		}
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip") // some stores do so, and clients then unpack it
		}
		_, _ = w.Write(content)
	})
}

func TestMirrorFillsTheCache(t *testing.T) {
	files, contents := tiny()
	o, log := tinyOptions(t)
	url, requests := serveTiny(t)
	o.Mirrors = []string{url}
	done := make(map[string]int64)
	o.Progress = func(file string, n, total int64) {
		if n <= done[file] || total != int64(len(contents[file])) {
			t.Errorf("progress of %s: %d of %d after %d", file, n, total, done[file])
		}
		done[file] = n
	}
	train, test, err := load(t.Context(), o, files)
	wantTiny(t, train, test, err)
	wantFiles(t, o.CacheDir, contents)
	for name, content := range contents {
		if done[name] != int64(len(content)) {
			t.Errorf("progress of %s ended at %d; want %d", name, done[name], len(content))
		}
	}
	train, test, err = load(t.Context(), o, files)
	wantTiny(t, train, test, err)
	if n := requests.Load(); n != 4 {
		t.Errorf("%d requests for two loads; want 4, of the first", n)
	}
	if log.Len() != 0 {
		t.Errorf("warnings of good loads: %s", log)
	}
}

func TestWrongFileInTheCacheIsReplaced(t *testing.T) {
	files, contents := tiny()
	o, log := tinyOptions(t)
	url, requests := serveTiny(t)
	o.Mirrors = []string{strings.TrimSuffix(url, "/")}
	writeFiles(t, o.CacheDir, contents)
	wrong := files[1].name + ".gz"
	writeFiles(t, o.CacheDir, map[string][]byte{wrong: []byte("wrong")})
	train, test, err := load(t.Context(), o, files)
	wantTiny(t, train, test, err)
	wantFiles(t, o.CacheDir, contents)
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests; want 1, for the wrong file", n)
	}
	if text := log.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, wrong) || strings.Count(text, "\n") != 1 {
		t.Errorf("the log is %q; want one warning about %s", text, wrong)
	}
}

// The module's files stay where they are, unless the cache holds a wrong one.
func TestModuleReplacesAWrongFileInTheCache(t *testing.T) {
	files, contents := tiny()
	module := t.TempDir()
	writeFiles(t, filepath.Join(module, "data"), contents)
	bin := t.TempDir()
	script := "#!/bin/sh\necho '{\"Dir\": \"" + module + "\"}'\n"
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	o, _ := tinyOptions(t)
	o.NoModule = false
	wrong := files[1].name + ".gz"
	writeFiles(t, o.CacheDir, map[string][]byte{wrong: []byte("wrong")})
	train, test, err := load(t.Context(), o, files)
	wantTiny(t, train, test, err)
	wantFiles(t, o.CacheDir, map[string][]byte{wrong: contents[wrong]})
}

// A cache that cannot be written costs the next download, not this load.
func TestUnwritableCacheLeavesNothingHalfWritten(t *testing.T) {
	files, contents := tiny()
	url, _ := serveTiny(t)
	for _, c := range []struct {
		name, want string
		change     func(o *Options)
	}{
		{"full disk", "no space left on device", func(o *Options) { o.write = writeToFullDisk }},
		{"a file in the way", "not a directory", func(o *Options) {
			writeFiles(t, filepath.Dir(o.CacheDir), map[string][]byte{"cache": []byte("file")})
			o.CacheDir = filepath.Join(o.CacheDir, "below")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, log := tinyOptions(t)
			o.Mirrors = []string{url}
			c.change(&o)
			train, test, err := load(t.Context(), o, files)
			wantTiny(t, train, test, err)
			if text := log.String(); strings.Count(text, c.want) != len(contents) || !strings.Contains(text, "level=WARN") {
				t.Errorf("the log is %q; want a warning for each file with %q", text, c.want)
			}
			if c.name == "full disk" {
				wantFiles(t, o.CacheDir, nil)
			}
		})
	}
}

func TestFailedMirror(t *testing.T) {
	files, contents := tiny()
	name := files[0].name + ".gz"
	good := contents[name]
	for _, c := range []struct {
		name   string
		handle http.HandlerFunc
		want   string
	}{
		{"not found", http.NotFound, "the server answered 404 Not Found"},
		{"failing", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, "503 Service Unavailable"},
		{"a part alone", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(good)
		}, "206 Partial Content"},
		{"wrong digest", func(w http.ResponseWriter, _ *http.Request) {
			wrong := bytes.Clone(good)
			wrong[len(wrong)-1] ^= 1
			_, _ = w.Write(wrong)
		}, "SHA-256 is"},
		{"a login page", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "the server has 6 bytes; want"},
		{"endless", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 4096)); err != nil {
					return
				}
			}
		}, "the server sends more than " + strconv.Itoa(len(good)) + " bytes"},
		{"cut connection", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(good)))
			_, _ = w.Write(good[:len(good)-10])
		}, "after " + strconv.Itoa(len(good)-10) + " of " + strconv.Itoa(len(good)) + " bytes: unexpected EOF"},
		{"short without a length", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(good[:10])
			w.(http.Flusher).Flush()
			_, _ = w.Write(good[10:20])
		}, "is cut off"},
		{"going round in circles", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "stopped after 10 redirects"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad, _ := serve(t, c.handle)
			o, _ := tinyOptions(t)
			o.Mirrors = []string{bad}
			_, _, err := load(t.Context(), o, files)
			var unavailable *UnavailableError
			if !errors.As(err, &unavailable) || len(unavailable.Failures) != 2 {
				t.Fatalf("the error is %v; want an UnavailableError with the cache and the mirror", err)
			}
			if text := unavailable.Failures[1].Error(); !strings.Contains(text, c.want) || !strings.Contains(text, name) || !strings.HasPrefix(text, bad) {
				t.Errorf("the failure is %q; want it to begin with %s and to hold %s and %q", text, bad, name, c.want)
			}
			wantFiles(t, o.CacheDir, nil)

			url, _ := serveTiny(t)
			o.Mirrors = append(o.Mirrors, url)
			train, test, err := load(t.Context(), o, files)
			wantTiny(t, train, test, err)
			wantFiles(t, o.CacheDir, contents)
		})
	}
}

func TestCancelledDownload(t *testing.T) {
	files, contents := tiny()
	good := contents[files[0].name+".gz"]
	ctx, cancel := context.WithCancel(t.Context())
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(good)))
		_, _ = w.Write(good[:10])
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	})
	other, requests := serveTiny(t)
	o, log := tinyOptions(t)
	o.Mirrors = []string{url, other}
	_, _, err := load(ctx, o, files)
	if unavailable := (*UnavailableError)(nil); !errors.Is(err, context.Canceled) || errors.As(err, &unavailable) {
		t.Errorf("the error is %v; want context.Canceled alone", err)
	}
	if requests.Load() != 0 || log.Len() != 0 {
		t.Errorf("%d requests to the next mirror, log %q; want none", requests.Load(), log)
	}
	wantFiles(t, o.CacheDir, nil)
}

// slowTransport answers with a body that comes in pieces, each after a delay.
type slowTransport struct {
	header time.Duration
	pieces []piece
}

type piece struct {
	delay   time.Duration
	content []byte
}

func (s slowTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := wait(r.Context(), s.header); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, ContentLength: -1, Body: &slowBody{r.Context(), s.pieces}, Request: r}, nil
}

type slowBody struct {
	ctx    context.Context
	pieces []piece
}

func (b *slowBody) Read(p []byte) (int, error) {
	if len(b.pieces) == 0 {
		return 0, io.EOF
	}
	if err := wait(b.ctx, b.pieces[0].delay); err != nil {
		return 0, err
	}
	n := copy(p, b.pieces[0].content)
	b.pieces = b.pieces[1:]
	return n, nil
}

func (*slowBody) Close() error { return nil }

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// In a bubble time passes at once, and exactly.
func TestStalledServer(t *testing.T) {
	files, contents := tiny()
	good := contents[files[0].name+".gz"]
	for _, c := range []struct {
		name   string
		server slowTransport
		stall  time.Duration
		took   time.Duration
		want   string // empty: it loads
	}{
		{"slow but steady", slowTransport{29 * time.Second, []piece{{29 * time.Second, good[:9]}, {29 * time.Second, good[9:]}}}, 0, 87 * time.Second, ""},
		{"no answer", slowTransport{header: time.Hour}, 0, 30 * time.Second, "after 0 of "},
		{"stops after 9 bytes", slowTransport{time.Second, []piece{{time.Second, good[:9]}, {time.Hour, good[9:]}}}, 0, 32 * time.Second, "after 9 of "},
		{"another limit", slowTransport{header: time.Hour}, 5 * time.Second, 5 * time.Second, "the server sent nothing for 5s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &loader{Options: Options{Client: &http.Client{Transport: c.server}, Stall: c.stall}.withDefaults()}
				start := time.Now()
				_, content, err := l.fromMirror("http://mirror/")(t.Context(), files[0])
				if took := time.Since(start); took != c.took {
					t.Errorf("it took %v; want %v", took, c.took)
				}
				if c.want == "" {
					if err != nil || !bytes.Equal(content, good) {
						t.Errorf("%d bytes, error %v; want %d", len(content), err, len(good))
					}
				} else if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "the server sent nothing for") {
					t.Errorf("the error is %v; want %q in it", err, c.want)
				}
			})
		})
	}
}
