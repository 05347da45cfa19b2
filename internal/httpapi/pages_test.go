package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"digits/api"
	"digits/internal/httpapi"
	"digits/internal/web"
)

func pages(t testing.TB) httpapi.Pages {
	t.Helper()
	site, err := site()
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// site never changes: one is enough for every test.
var site = sync.OnceValues(func() (*web.Site, error) { return web.New(web.Options{Contract: api.Document()}) })

// withExamples puts the examples of its parameters into a path.
func withExamples(path string, operation *openapi3.Operation) string {
	for _, p := range operation.Parameters {
		if p.Value.In == openapi3.ParameterInPath {
			path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", fmt.Sprint(p.Value.Example))
		}
	}
	return path
}

// A file that the pages do not have is a problem as at any other path.
func TestUnknownAssetsAreProblems(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	for _, path := range []string{"/assets/0/none.js", "/assets/0/web.go", "/assets/none.js", "/assets/"} {
		if status, body := c.send(t, h, httptest.NewRequest(http.MethodGet, path, nil)); status != http.StatusNotFound {
			t.Errorf("%s: %d %.100s", path, status, body)
		}
	}
}

// What has been kept is not sent again.
func TestPagesAreNotModified(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	for _, path := range []string{"/", "/docs", "/status", "/assets/0/style.css"} {
		first := httptest.NewRecorder()
		h.ServeHTTP(first, httptest.NewRequest(http.MethodGet, path, nil))
		again := httptest.NewRequest(http.MethodGet, path, nil)
		again.Header.Set("If-None-Match", first.Header().Get("ETag"))
		second := httptest.NewRecorder()
		h.ServeHTTP(second, again)
		if second.Code != http.StatusNotModified || second.Body.Len() > 0 || second.Header().Get("ETag") != first.Header().Get("ETag") {
			t.Errorf("%s: %d with %d bytes", path, second.Code, second.Body.Len())
		}
		if c.document.Paths.Find(path) != nil && c.document.Paths.Find(path).Get.Responses.Status(304) == nil {
			t.Errorf("%s: 304 is not described", path)
		}
	}
}

// A service without pages has no routes for them.
func TestServiceWithoutPages(t *testing.T) {
	a := httpapi.New(httpapi.Options{Classifier: panicking()})
	for _, path := range []string{"/", "/docs", "/status"} {
		recorder := httptest.NewRecorder()
		a.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		if recorder.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, recorder.Code)
		}
	}
}
