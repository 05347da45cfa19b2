package httpapi_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

func post(contentType string, body []byte) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/predict", bytes.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// form returns a multipart request with a part of that name for each file.
func form(t testing.TB, name string, files ...[]byte) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, file := range files {
		part, err := w.CreateFormFile(name, "digit")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return post(w.FormDataContentType(), body.Bytes())
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sevens returns the same MNIST digit in every format, by media type.
func sevens(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{"image/png": readFile(t, "seven.png"), "image/webp": readFile(t, "seven.webp")}
	img, err := png.Decode(bytes.NewReader(files["image/png"]))
	if err != nil {
		t.Fatal(err)
	}
	for mediaType, encode := range map[string]func(io.Writer, image.Image) error{
		"image/jpeg": func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) },
		"image/gif":  func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) },
		"image/bmp":  bmp.Encode,
		"image/tiff": func(w io.Writer, m image.Image) error { return tiff.Encode(w, m, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b, img); err != nil {
			t.Fatal(err)
		}
		files[mediaType] = b.Bytes()
	}
	return files
}

// externalBody decodes the data URL that holds an example's body.
func externalBody(t testing.TB, dataURL string) (mediaType string, body []byte) {
	t.Helper()
	head, encoded, ok := strings.Cut(strings.TrimPrefix(dataURL, "data:"), ";base64,")
	body, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil {
		t.Fatalf("%.60s is no data URL in base64: %v", dataURL, err)
	}
	return head, body
}

// accepted sends a request that the contract must allow and that must succeed.
func (c contract) accepted(t *testing.T, h http.Handler, r *http.Request) []byte {
	t.Helper()
	if err := c.checkRequest(r); err != nil {
		t.Errorf("the contract does not allow the request: %v", err)
	}
	status, body := c.send(t, h, r)
	if status != http.StatusOK {
		t.Errorf("status %d: %s", status, body)
	}
	return body
}

// formFiles returns the files of a form's example, which has them in base64: JSON
// cannot hold their bytes.
func formFiles(t testing.TB, value any) [][]byte {
	t.Helper()
	var form struct{ Image [][]byte }
	if err := json.Unmarshal(asJSON(t, value), &form); err != nil {
		t.Fatal(err)
	}
	return form.Image
}

func TestContractExamplesAreAnswered(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	sent := 0
	for mediaType, media := range c.document.Paths.Value("/predict").Post.RequestBody.Value.Content {
		for name, example := range media.Examples {
			sent++
			t.Run(mediaType+" "+name, func(t *testing.T) {
				var r *http.Request
				switch value := example.Value.Value; {
				case example.Value.ExternalValue != "":
					r = post(externalBody(t, example.Value.ExternalValue))
				case mediaType == "multipart/form-data":
					r = form(t, "image", formFiles(t, value)...)
				default:
					r = post(mediaType, asJSON(t, value))
				}
				if reply := c.accepted(t, h, r); !bytes.Contains(reply, []byte(`"digit":7`)) {
					t.Errorf("no seven in %s", reply)
				}
			})
		}
	}
	if sent < 5 {
		t.Errorf("%d examples, want a raw body, a form and JSON, with one image and several", sent)
	}
}

// The commands of the description can be copied: their files are among the examples.
func TestContractNamesFilesThatAreThere(t *testing.T) {
	names := regexp.MustCompile(`@(\S+)`).FindAllStringSubmatch(loadContract(t).document.Paths.Value("/predict").Post.Description, -1)
	for _, name := range names {
		if _, err := os.Stat("../../api/examples/" + name[1]); err != nil {
			t.Error(err)
		}
	}
	if len(names) < 3 {
		t.Errorf("%d files are named, want one sent alone and two in a form", len(names))
	}
}

func TestContractAllowsEveryFormOfRequest(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	files := sevens(t)
	seven := files["image/png"]
	requests := map[string]*http.Request{
		"no content type":  post("", seven),
		"octets":           post("application/octet-stream", seven),
		"curl's default":   post("application/x-www-form-urlencoded", seven),
		"another type":     post("text/plain; charset=utf-8", seven),
		"one part":         form(t, "image", seven),
		"several parts":    form(t, "image", seven, files["image/gif"]),
		"JSON, one":        post("application/json", asJSON(t, map[string]any{"image": seven})),
		"JSON, one listed": post("application/json", asJSON(t, map[string]any{"images": [][]byte{seven}})),
		"JSON, several":    post("application/json; charset=utf-8", asJSON(t, map[string]any{"images": [][]byte{seven, files["image/bmp"]}})),
		"JSON, one bad":    post("application/json", asJSON(t, map[string]any{"images": [][]byte{seven, []byte("text")}})),
	}
	for mediaType, file := range files {
		requests[mediaType] = post(mediaType, file)
	}
	for name, r := range requests {
		t.Run(name, func(t *testing.T) { c.accepted(t, h, r) })
	}
}

func TestContractDescribesExplain(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	for query, asked := range map[string]bool{"explain=1": true, "explain=true": true, "explain=0": false, "explain=false": false, "other=1": false} {
		r := post("image/png", readFile(t, "seven.png"))
		r.URL.RawQuery = query
		var reply struct{ Image struct{ Explain []byte } }
		if err := json.Unmarshal(c.accepted(t, h, r), &reply); err != nil {
			t.Fatal(err)
		}
		if !asked {
			if reply.Image.Explain != nil {
				t.Errorf("%s: there is a picture", query)
			}
			continue
		}
		picture, err := png.Decode(bytes.NewReader(reply.Image.Explain))
		if err != nil {
			t.Fatal(err)
		}
		if picture.Bounds() != image.Rect(0, 0, 28, 28) {
			t.Errorf("%s: the picture is %v", query, picture.Bounds())
		}
	}
}

// Where no ink is found, the problem shows the steps until then as a prediction
// does, alone and among several, to those who ask for them.
func TestContractExplainsWhyThereIsNoInk(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	empty := stroke(t, 1000, image.Rectangle{}, color.NRGBA{250, 250, 200, 255}, color.Black)
	type problem struct {
		Type     string
		Pictures []struct {
			Step string
			PNG  []byte
		}
	}
	for query, want := range map[string][]string{"explain=1": {"gray", "shrink"}, "explain=0": nil} {
		var one problem
		r := post("image/png", empty)
		r.URL.RawQuery = query
		_, body := c.send(t, h, r)
		if err := json.Unmarshal(body, &one); err != nil {
			t.Fatal(err)
		}
		var several struct{ Predictions []struct{ Problem problem } }
		r = form(t, "image", readFile(t, "seven.png"), empty)
		r.URL.RawQuery = query
		if err := json.Unmarshal(c.accepted(t, h, r), &several); err != nil {
			t.Fatal(err)
		}
		for where, p := range map[string]problem{"alone": one, "among several": several.Predictions[1].Problem} {
			var steps []string
			for _, picture := range p.Pictures {
				steps = append(steps, picture.Step)
				if _, err := png.Decode(bytes.NewReader(picture.PNG)); err != nil {
					t.Errorf("%s, %s: the picture of %s: %v", query, where, picture.Step, err)
				}
			}
			if p.Type != urn+"no-ink" || !slices.Equal(steps, want) {
				t.Errorf("%s, %s: %s with pictures of %q; want no-ink with %q", query, where, p.Type, steps, want)
			}
		}
	}
}

func TestContractDescribesTheOperatingRoutes(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	for path, item := range c.document.Paths.Map() {
		for method := range item.Operations() {
			if method == http.MethodPost {
				continue
			}
			t.Run(method+" "+path, func(t *testing.T) {
				path := withVersion(path)
				c.accepted(t, h, httptest.NewRequest(method, withExamples(path, item.GetOperation(method)), nil))
			})
		}
	}
}

func TestContractKeepsTheRequestID(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	r := httptest.NewRequest(http.MethodPost, "/predict", nil)
	r.Header.Set("X-Request-Id", "from-the-client")
	if _, body := c.send(t, h, r); !strings.Contains(string(body), `"id":"from-the-client"`) {
		t.Errorf("the reply has another id: %s", body)
	}
}
