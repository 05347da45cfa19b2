package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"digits/internal/httpapi"
)

// Pages of the sites that are named may ask, those of others may not, and none
// may unless one is named.
func TestOrigins(t *testing.T) {
	const ours, other = "https://ours.example", "https://other.example"
	for _, test := range []struct {
		origins []string
		origin  string
		want    string // in Access-Control-Allow-Origin
	}{
		{nil, ours, ""},
		{[]string{ours}, ours, ours},
		{[]string{ours}, other, ""},
		{[]string{ours}, "", ""},
		{[]string{"*"}, other, "*"},
	} {
		a := httpapi.New(httpapi.Options{Classifier: reading(1), Origins: test.origins})
		send := func(r *http.Request) *httptest.ResponseRecorder {
			if test.origin != "" {
				r.Header.Set("Origin", test.origin)
			}
			recorder := httptest.NewRecorder()
			a.ServeHTTP(recorder, r)
			return recorder
		}
		reply := send(post("image/png", []byte("x")))
		if got := reply.Header().Get("Access-Control-Allow-Origin"); reply.Code != 200 || got != test.want {
			t.Errorf("%v, a page of %q: %d, %q; want %q", test.origins, test.origin, reply.Code, got, test.want)
		}
		if exposed := reply.Header().Get("Access-Control-Expose-Headers"); strings.Contains(exposed, "Retry-After") != (test.want != "") {
			t.Errorf("%v, a page of %q: it may see %q", test.origins, test.origin, exposed)
		}
		preflight := httptest.NewRequest(http.MethodOptions, "/v2/models/digits/infer", nil)
		preflight.Header.Set("Access-Control-Request-Method", "POST")
		preflight.Header.Set("Access-Control-Request-Headers", "content-type,inference-header-content-length")
		reply = send(preflight)
		if allowed := reply.Header().Get("Access-Control-Allow-Methods"); (allowed == "POST") != (test.want != "") || (reply.Code == 200) != (test.want != "") {
			t.Errorf("%v, a page of %q, before it asks: %d, %q", test.origins, test.origin, reply.Code, allowed)
		}
	}
}

// Before a page asks for a path that there is not, it is told so.
func TestPreflightsOfUnknownPathsAreNotFound(t *testing.T) {
	a := httpapi.New(httpapi.Options{Classifier: panicking(), Origins: []string{"*"}})
	for path, want := range map[string]int{"/predict": 200, "/openapi.yaml": 200, "/nowhere": 404, "/v2/models/other/infer": 404} {
		recorder := httptest.NewRecorder()
		a.ServeHTTP(recorder, newPreflight(path))
		if recorder.Code != want {
			t.Errorf("%s: %d, want %d", path, recorder.Code, want)
		}
	}
}

// newPreflight is what a browser asks before another site's page may POST.
func newPreflight(path string) *http.Request {
	r := httptest.NewRequest(http.MethodOptions, path, nil)
	r.Header.Set("Origin", "https://example.org")
	r.Header.Set("Access-Control-Request-Method", "POST")
	return r
}
