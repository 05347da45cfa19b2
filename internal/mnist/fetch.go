package mnist

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// errStalled is the cause of a download's end when nothing more arrives.
var errStalled = errors.New("the connection stood still")

// fromMirror downloads the files that the cache does not hold already into the
// cache, and reads them there.
func (o Options) fromMirror(ctx context.Context, base string) (Set, Set, error) {
	if err := os.MkdirAll(o.Cache, 0o755); err != nil {
		return Set{}, Set{}, fmt.Errorf("the cache cannot be made: %w", err)
	}
	for _, f := range files {
		path := filepath.Join(o.Cache, f.name+".gz")
		if content, err := os.ReadFile(path); err == nil && verify(path, content, f.compressed) == nil {
			continue
		}
		content, err := o.download(ctx, base, f)
		if err != nil {
			return Set{}, Set{}, fmt.Errorf("%s.gz: %w", f.name, err)
		}
		err = o.write(path, func(w io.Writer) error { _, err := w.Write(content); return err })
		if err != nil {
			return Set{}, Set{}, err
		}
	}
	return fromDirectory(o.Cache)
}

// download returns one verified file.
func (o Options) download(ctx context.Context, base string, f file) ([]byte, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(o.Stall, func() { cancel(errStalled) })
	defer watchdog.Stop()

	content, err := o.get(ctx, base, f, watchdog)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, err
	}
	return content, verify(f.name+".gz", content, f.compressed)
}

func (o Options) get(ctx context.Context, base string, f file, watchdog *time.Timer) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+f.name+".gz", nil)
	if err != nil {
		return nil, err
	}
	// The file itself is gzip; the transport must not undo it.
	request.Header.Set("Accept-Encoding", "identity")
	response, err := o.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answered %s", response.Status)
	}
	content := make([]byte, 0, f.size)
	buffer := make([]byte, 64<<10)
	for {
		n, err := response.Body.Read(buffer)
		watchdog.Reset(o.Stall)
		content = append(content, buffer[:n]...)
		if int64(len(content)) > f.size {
			return nil, fmt.Errorf("it is larger than the %d bytes that it should have", f.size)
		}
		if o.Progress != nil && n > 0 {
			o.Progress(f.name+".gz", int64(len(content)), f.size)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("after %d of %d bytes: %w", len(content), f.size, err)
		}
	}
	if int64(len(content)) < f.size {
		return nil, fmt.Errorf("it ends after %d of %d bytes", len(content), f.size)
	}
	return content, nil
}
