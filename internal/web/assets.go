package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed content
var content embed.FS

// file is something that is served, whole.
type file struct {
	content     []byte
	contentType string
	etag        string // strong
	versioned   string // the directory in which it never changes; empty for pages
}

// contentTypes of what is served, by the end of its name.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".png":  "image/png",
	".svg":  "image/svg+xml",
}

func newFile(name string, content []byte) file {
	sum := sha256.Sum256(content)
	return file{content: content, contentType: contentTypes[path.Ext(name)], etag: `"` + hex.EncodeToString(sum[:16]) + `"`}
}

func (f file) isPage() bool { return f.versioned == "" }

// cacheControl lets what is asked for by the hash of its content be kept
// forever, and has everything else asked for again, which costs a 304.
func (f file) cacheControl(url string) string {
	if !f.isPage() && strings.HasPrefix(url, f.versioned) {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

// addAssets adds what pages load: our own files and the card's pictures. It
// returns their version, a hash of them all: as a directory in their addresses
// it lets scripts name each other without knowing it.
func (s *Site) addAssets(card fs.FS) (version string, err error) {
	ours, err := fs.Sub(content, "content/assets")
	if err != nil {
		return "", err
	}
	all := sha256.New()
	for _, from := range []fs.FS{ours, card} {
		if from == nil {
			continue
		}
		err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || contentTypes[path.Ext(name)] == "" {
				return err
			}
			b, err := fs.ReadFile(from, name)
			fmt.Fprintf(all, "%s %d\n%s", name, len(b), b)
			s.files["/assets/"+name] = newFile(name, b)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("the pages' files: %w", err)
		}
	}
	version = hex.EncodeToString(all.Sum(nil)[:6])
	for name, f := range s.files {
		f.versioned = "/assets/" + version + "/"
		s.files[name] = f
	}
	return version, nil
}
