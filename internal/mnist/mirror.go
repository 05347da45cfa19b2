package mnist

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// fromMirror downloads the compressed form of a file.
func (l *loader) fromMirror(base string) func(context.Context, file) (string, []byte, error) {
	return func(ctx context.Context, f file) (string, []byte, error) {
		address := strings.TrimSuffix(base, "/") + "/" + f.name + ".gz"
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		stalled := fmt.Errorf("the server sent nothing for %v", l.Stall)
		watchdog := time.AfterFunc(l.Stall, func() { cancel(stalled) })
		defer watchdog.Stop()

		content, err := l.download(ctx, address, f, func() { watchdog.Reset(l.Stall) })
		if err != nil && ctx.Err() != nil {
			err = fmt.Errorf("%s: after %d of %d bytes: %w", f.name+".gz", len(content), f.sizeGzip, context.Cause(ctx))
		}
		return address, content, err
	}
}

// download calls arrived whenever something came. On failure it returns what
// there was until then.
func (l *loader) download(ctx context.Context, address string, f file, arrived func()) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	// The file itself is gzip; the transport must not undo it.
	request.Header.Set("Accept-Encoding", "identity")
	response, err := l.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	arrived()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s.gz: the server answered %s", f.name, response.Status)
	}
	if n := response.ContentLength; n >= 0 && n != f.sizeGzip {
		return nil, fmt.Errorf("%s.gz: the server has %d bytes; want %d", f.name, n, f.sizeGzip)
	}
	body := &meter{Reader: io.LimitReader(response.Body, f.sizeGzip+1), arrived: func(done int64) {
		arrived()
		if l.Progress != nil {
			l.Progress(f.name+".gz", min(done, f.sizeGzip), f.sizeGzip)
		}
	}}
	content, err := io.ReadAll(body)
	if err != nil {
		return content, fmt.Errorf("%s.gz: after %d of %d bytes: %w", f.name, len(content), f.sizeGzip, err)
	}
	if int64(len(content)) > f.sizeGzip {
		return nil, fmt.Errorf("%s.gz: the server sends more than %d bytes", f.name, f.sizeGzip)
	}
	return content, nil
}

// meter reports the sum of the bytes read, after each read that had some.
type meter struct {
	io.Reader
	done    int64
	arrived func(done int64)
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if n > 0 {
		m.done += int64(n)
		m.arrived(m.done)
	}
	return n, err
}
