package mnist

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// file is one of the four files, with its size in bytes and its SHA-256 in
// both forms.
type file struct {
	name           string // of the uncompressed form; the other one ends in .gz
	size, sizeGzip int64
	plain, gzip    string // SHA-256, in hexadecimal
	parse          func(file string, content []byte) ([]byte, error)
}

// manifest is the training images, their labels, the test images and theirs.
type manifest [4]file

// mnist pins the files as LeCun, Cortes and Burges published them.
func mnist() manifest {
	return manifest{
		{"train-images-idx3-ubyte", 47040016, 9912422,
			"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
			"440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", parseImages},
		{"train-labels-idx1-ubyte", 60008, 28881,
			"65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
			"3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", parseLabels},
		{"t10k-images-idx3-ubyte", 7840016, 1648877,
			"0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
			"8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", parseImages},
		{"t10k-labels-idx1-ubyte", 10008, 4542,
			"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
			"f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", parseLabels},
	}
}

// DigestError says that a file is not the one that MNIST has under its name.
type DigestError struct {
	File  string // path or address
	Found string // SHA-256 of the content, in hexadecimal
	Want  string // pinned SHA-256 of the compressed form
	Err   error  // a *FormatError when the content breaks the format as well
}

// Error returns the file, both digests and, where it can tell, what is wrong
// with the content.
func (e *DigestError) Error() string {
	text := fmt.Sprintf("%s: SHA-256 is %s; want %s", e.File, e.Found, e.Want)
	if e.Err != nil {
		text += fmt.Sprintf(" (%v)", e.Err)
	}
	return text
}

// Unwrap returns what is wrong with the content, or nil.
func (e *DigestError) Unwrap() error { return e.Err }

// limit is the size of the larger form. A file is read one byte further.
func (f file) limit() int64 { return max(f.size, f.sizeGzip) }

// read returns the samples of content, which came from path, when that has one
// of the pinned digests; otherwise a *DigestError or a *FormatError.
func (f file) read(path string, content []byte) ([]byte, error) {
	if int64(len(content)) > f.limit() {
		return nil, &FormatError{File: path, What: "size", Found: fmt.Sprintf("more than %d bytes", f.limit()),
			Want: fmt.Sprintf("%d, or %d compressed", f.size, f.sizeGzip)}
	}
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	samples, err := f.parse(path, content)
	if digest != f.gzip && digest != f.plain {
		return nil, &DigestError{File: path, Found: digest, Want: f.gzip, Err: err}
	}
	return samples, err
}
