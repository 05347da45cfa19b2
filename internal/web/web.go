// Package web is the service's pages for people: one to try it on, one that
// shows how it does and one that makes the contract readable. Everything is
// embedded, plain HTML, CSS and JavaScript, and asks nobody but this server.
package web

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Options say what the pages tell. The zero value is useful but for the
// Contract.
type Options struct {
	Contract     []byte            // openapi.yaml
	Version      string            // of the program
	Model        Model             // that answers
	Card         fs.FS             // README.md, the model card, and the pictures that it shows; nil means none
	MaxBodyBytes int64             // of a request, for the page to tell without sending; 0 means no such check
	Metadata     map[string]string // of the weights file
	NoMetrics    bool              // /metrics is not served beside the pages, so the status page has no live figures and says where they are
	StatusOnly   bool              // there is no page but the status page, as on the operators' listener; needs no Contract
}

// Model names the weights that answer.
type Model struct {
	Version, Digest string
	Number          int64 // the version where it must be one, under /v1
}

// Site is every page in every language, and what they load. It never changes.
type Site struct {
	files     map[string]file // by path, for pages with the language behind it
	languages languages
}

// New makes the site. The error says what is wrong with the contract or with
// the model card.
func New(options Options) (*Site, error) {
	s := &Site{files: map[string]file{}}
	version, err := s.addAssets(options.Card)
	if err != nil {
		return nil, err
	}
	s.languages = loadLanguages()
	if err := s.addPages(options, version); err != nil {
		return nil, fmt.Errorf("the pages cannot be made: %w", err)
	}
	return s, nil
}

// contentSecurityPolicy allows a page what this server sends, and nothing that
// is written into the page itself.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"

// ServePage answers GET and HEAD of a page or of what it loads. It returns
// false, and has written nothing, when there is no such file.
func (s *Site) ServePage(w http.ResponseWriter, r *http.Request) bool {
	f, found := s.find(r)
	if !found {
		return false
	}
	h := w.Header()
	h.Set("ETag", f.etag)
	h.Set("Cache-Control", f.cacheControl(r.URL.Path))
	if f.isPage() {
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("Vary", "Accept-Language")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
	}
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(f.content)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(f.content) // the client may have left
	}
	return true
}

// find returns the file for a request: a page in the reader's language, or an
// asset of whatever version, so that the page of another instance works too.
func (s *Site) find(r *http.Request) (file, bool) {
	if dir, name := path.Split(r.URL.Path); strings.HasPrefix(dir, "/assets/") {
		f, found := s.files["/assets/"+name]
		return f, found && strings.Count(dir, "/") == 3
	}
	f, found := s.files[r.URL.Path+"#"+s.languages.of(r)]
	return f, found
}
