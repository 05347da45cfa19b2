package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"digits/api"
	"digits/weights"
)

// The status page has live figures where /metrics is beside it. Elsewhere it says
// where they are.
func TestStatusIsLiveBesideTheMetrics(t *testing.T) {
	for name, test := range map[string]struct {
		options Options
		live    bool
	}{
		"the only listener":       {Options{Contract: api.Document()}, true},
		"the public listener":     {Options{Contract: api.Document(), NoMetrics: true}, false},
		"the operators' listener": {Options{StatusOnly: true}, true},
	} {
		s, err := New(test.options)
		if err != nil {
			t.Fatal(err)
		}
		html := ask(s, http.MethodGet, "/status").Body.String()
		if live := strings.Contains(html, `id="live"`) && strings.Contains(html, `/status.js"></script>`); live != test.live {
			t.Errorf("%s: live is %v", name, live)
		}
		if told := strings.Contains(html, "/status at the address for operators (--admin-addr)"); told == test.live {
			t.Errorf("%s: it says where the figures are: %v", name, told)
		}
	}
}

// The operators' status page stands alone: it links to nothing that is not there,
// and has the headers of every page.
func TestStatusPageAlone(t *testing.T) {
	s, err := New(Options{StatusOnly: true, Card: weights.Card()})
	if err != nil {
		t.Fatal(err)
	}
	page := ask(s, http.MethodGet, "/status")
	if policy := page.Header().Get("Content-Security-Policy"); page.Code != 200 || policy != contentSecurityPolicy {
		t.Errorf("%d, the policy is %q", page.Code, policy)
	}
	for _, link := range regexp.MustCompile(`(?:href|src)="([^":#]+)"`).FindAllStringSubmatch(page.Body.String(), -1) {
		if url := "/" + strings.Replace(link[1], "?", "status?", 1); ask(s, http.MethodGet, url).Code != 200 {
			t.Errorf("it links to %s, which is not there", link[1])
		}
	}
	for _, path := range []string{"/", "/docs"} {
		if code := ask(s, http.MethodGet, path).Code; code != http.StatusNotFound {
			t.Errorf("%s: %d", path, code)
		}
	}
}
