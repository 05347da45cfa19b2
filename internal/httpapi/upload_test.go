package httpapi_test

import (
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"

	"digits/internal/httpapi"
)

// Of several images none is read after those before it have as many pixels as one
// may have, whether there was a digit in them or not.
func TestPixelsOfARequestAreLimited(t *testing.T) {
	seven, white := readFile(t, "seven.png"), blank(t, 28, 28)
	a := newAPIWith(t, httpapi.Options{MaxPixels: 2 * 784})
	for name, first := range map[string][]byte{"digits": seven, "blank": white} {
		recorder := httptest.NewRecorder()
		a.ServeHTTP(recorder, form(t, "image", first, first, seven))
		if body := recorder.Body.String(); strings.Count(body, "too-many-pixels") != 1 || strings.Count(body, `"digit":7`)+strings.Count(body, "no-ink") != 2 {
			t.Errorf("%s: %d %s", name, recorder.Code, body)
		}
	}
	text := base64.StdEncoding.EncodeToString(seven)
	recorder := httptest.NewRecorder()
	a.ServeHTTP(recorder, postTo("/v1/models/digits:predict", "", []byte(`{"instances":[{"b64":"`+text+`"},{"b64":"`+text+`"},{"b64":"`+text+`"}]}`)))
	if slug := problemType(t, recorder.Result()); recorder.Code != 422 || slug != "too-many-pixels" {
		t.Errorf("%d %s", recorder.Code, slug)
	}
}

// What begins like an image is one, whatever its type says.
func TestImagesOfAnyType(t *testing.T) {
	seven := readFile(t, "seven.png")
	a := newAPI(t)
	for _, contentType := range []string{"", "image/jpeg", "application/json", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain", "nonsense;;"} {
		recorder := httptest.NewRecorder()
		a.ServeHTTP(recorder, post(contentType, seven))
		if recorder.Code != 200 || !strings.Contains(recorder.Body.String(), `"digit":7`) {
			t.Errorf("%q: %d %s", contentType, recorder.Code, recorder.Body)
		}
	}
}
