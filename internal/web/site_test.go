package web

import (
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"digits/api"
	"digits/weights"
)

func newSite(t *testing.T) *Site {
	t.Helper()
	s, err := New(Options{Contract: api.Document(), Card: weights.Card(), Version: "v1", Model: Model{Version: "m1", Digest: "d1", Number: 42}, MaxBodyBytes: 8 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(s *Site, method, url string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	if !s.ServePage(w, r) {
		w.Code = http.StatusNotFound
	}
	return w
}

// assetPath finds what a page loads.
var assetPath = regexp.MustCompile(`(?:href|src)="(assets/[^"]+)"`)

func assetsOf(page string) []string {
	var all []string
	for _, match := range assetPath.FindAllStringSubmatch(page, -1) {
		all = append(all, "/"+match[1])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestPagesAreServed(t *testing.T) {
	s := newSite(t)
	strong := regexp.MustCompile(`^"[0-9a-f]{32}"$`)
	for _, p := range pages {
		w := ask(s, http.MethodGet, p.path)
		h := w.Header()
		if w.Code != 200 || h.Get("Content-Type") != "text/html; charset=utf-8" || !strong.MatchString(h.Get("ETag")) || h.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %v", p.path, w.Code, h)
		}
		policy := h.Get("Content-Security-Policy")
		for _, directive := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
			if !slices.Contains(strings.Split(policy, "; "), directive) {
				t.Errorf("%s: the policy %q lacks %s", p.path, policy, directive)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %q", p.path, policy)
		}
		if head := ask(s, http.MethodHead, p.path); head.Code != 200 || head.Body.Len() > 0 || head.Header().Get("Content-Length") != h.Get("Content-Length") {
			t.Errorf("HEAD %s: %d with %d bytes, %v", p.path, head.Code, head.Body.Len(), head.Header())
		}
	}
}

func TestAssetsAreServed(t *testing.T) {
	s := newSite(t)
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}
	seen := map[string]bool{}
	for _, p := range pages {
		for _, url := range assetsOf(ask(s, http.MethodGet, p.path).Body.String()) {
			seen[path.Base(url)] = true
			w := ask(s, http.MethodGet, url)
			h := w.Header()
			if w.Code != 200 || w.Body.Len() == 0 || h.Get("Content-Type") != kinds[path.Ext(url)] || h.Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s: %d %v", url, w.Code, h)
			}
			if again := ask(s, http.MethodGet, url, "If-None-Match", h.Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
				t.Errorf("%s, kept: %d with %d bytes", url, again.Code, again.Body.Len())
			}
			other := ask(s, http.MethodGet, "/assets/0/"+path.Base(url))
			if other.Body.String() != w.Body.String() || other.Header().Get("Cache-Control") != "no-cache" {
				t.Errorf("%s of another version: %d %v", url, other.Code, other.Header())
			}
		}
	}
	files, err := fs.Glob(content, "content/assets/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !seen[path.Base(file)] {
			t.Errorf("no page loads %s", file)
		}
	}
	for _, url := range []string{"/assets/style.css", "/assets/0/none.css", "/assets/0/0/style.css", "/assets/0/README.md", "/none", "/docs/", "/content/texts/en.json"} {
		if w := ask(s, http.MethodGet, url); w.Code != http.StatusNotFound || w.Body.Len() > 0 {
			t.Errorf("%s: %d", url, w.Code)
		}
	}
}

// What is kept from another build is asked for anew: the version changes with
// every file.
func TestVersionFollowsTheFiles(t *testing.T) {
	with := ask(newSite(t), http.MethodGet, "/").Body.String()
	s, err := New(Options{Contract: api.Document()})
	if err != nil {
		t.Fatal(err)
	}
	if without := ask(s, http.MethodGet, "/").Body.String(); assetsOf(with)[0] == assetsOf(without)[0] {
		t.Error("two pictures more, and the version is the same")
	}
}

// The main page and all that it loads stay below 60 kB in every language.
func TestMainPageIsSmall(t *testing.T) {
	s := newSite(t)
	for _, tag := range s.languages.tags {
		w := ask(s, http.MethodGet, "/?lang="+tag)
		total := w.Body.Len()
		for _, url := range assetsOf(w.Body.String()) {
			total += ask(s, http.MethodGet, url).Body.Len()
		}
		if t.Logf("%s: %d bytes", tag, total); total >= 60_000 {
			t.Errorf("%s: %d bytes", tag, total)
		}
	}
}

// Each page announces the scripts that it will need, so that none waits for
// another's imports.
func TestPagesAnnounceTheirScripts(t *testing.T) {
	imported := regexp.MustCompile(`from '\./([\w.]+)'`)
	for _, p := range pages {
		needed := map[string]bool{}
		for queue := []string{p.scripts[0]}; len(queue) > 0; queue = queue[1:] {
			needed[queue[0]] = true
			source, err := content.ReadFile("content/assets/" + queue[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range imported.FindAllSubmatch(source, -1) {
				if name := string(match[1]); !needed[name] {
					queue = append(queue, name)
				}
			}
		}
		if listed := slices.Sorted(slices.Values(p.scripts)); !slices.Equal(listed, slices.Sorted(maps.Keys(needed))) {
			t.Errorf("%s lists %v, needs %v", p.name, listed, slices.Sorted(maps.Keys(needed)))
		}
	}
}

// An id names one element, or a link to it goes elsewhere.
func TestIDsAreUnique(t *testing.T) {
	s := newSite(t)
	id := regexp.MustCompile(`\sid="([^"]*)"`)
	for _, p := range pages {
		seen := map[string]bool{}
		for _, match := range id.FindAllStringSubmatch(ask(s, http.MethodGet, p.path).Body.String(), -1) {
			if seen[match[1]] {
				t.Errorf("%s has several elements %s", p.path, match[1])
			}
			seen[match[1]] = true
		}
	}
}

// Nothing comes from elsewhere, and nothing is written into a page that the
// policy would forbid.
func TestPagesAreSelfContained(t *testing.T) {
	s := newSite(t)
	elsewhere := regexp.MustCompile(`(?i)(https?:)?//[a-z0-9][a-z0-9.-]*\.[a-z]{2,}`)
	names, err := fs.Glob(content, "content/*/*")
	if err != nil || len(names) < 10 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		source, err := content.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(source), `xmlns="http://www.w3.org/2000/svg"`, "")
		if found := elsewhere.FindString(text); found != "" {
			t.Errorf("%s names %s", name, found)
		}
	}
	for _, p := range pages {
		html := ask(s, http.MethodGet, p.path).Body.String()
		for _, forbidden := range []string{`<script>`, `<style`, `\sstyle=`, `\son[a-z]+=`, `javascript:`, `<base`, `<form`, `<iframe`} {
			if found := regexp.MustCompile(`(?i)` + forbidden).FindString(html); found != "" {
				t.Errorf("%s has %s", p.path, found)
			}
		}
	}
}
