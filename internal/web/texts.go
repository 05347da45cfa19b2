package web

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"golang.org/x/text/language"
)

// texts are all the words of the pages in one language: a group for each
// template, and one for each script, which gets it with the page.
type texts map[string]map[string]string

// languages are those that the pages can be read in. The first is English.
type languages struct {
	tags    []string
	texts   map[string]texts
	matcher language.Matcher
}

// loadLanguages reads texts/*.json; a file is all that a language needs. It
// panics when one is broken, which a test would have shown.
func loadLanguages() languages {
	l := languages{tags: []string{"en"}, texts: map[string]texts{}}
	names, _ := fs.Glob(content, "content/texts/*.json")
	for _, name := range names {
		b, err := content.ReadFile(name)
		if err != nil {
			panic("web: an embedded file is missing")
		}
		var t texts
		if err := json.Unmarshal(b, &t); err != nil {
			panic("web: the texts in " + name + " are no JSON: " + err.Error())
		}
		tag := strings.TrimSuffix(path.Base(name), ".json")
		if l.texts[tag] = t; tag != l.tags[0] {
			l.tags = append(l.tags, tag)
		}
	}
	parsed := make([]language.Tag, len(l.tags))
	for i, tag := range l.tags {
		parsed[i] = language.Make(tag)
	}
	l.matcher = language.NewMatcher(parsed)
	return l
}

// of returns the language for a request: the one that ?lang= names, or the best
// for the browser's languages, or English.
func (l languages) of(r *http.Request) string {
	_, index := language.MatchStrings(l.matcher, r.URL.Query().Get("lang"), r.Header.Get("Accept-Language"))
	return l.tags[index]
}

// nameOf returns what a language calls itself.
func (l languages) nameOf(tag string) string { return l.texts[tag]["frame"]["language"] }
