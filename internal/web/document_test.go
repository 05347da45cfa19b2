package web

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v4"

	"digits/api"
	"digits/weights"
)

// The docs show every operation, answer and schema of the contract.
func TestDocsShowTheWholeContract(t *testing.T) {
	var c struct {
		Paths      map[string]map[string]yaml.Node
		Components struct{ Schemas map[string]any }
	}
	if err := yaml.Unmarshal(api.Document(), &c); err != nil {
		t.Fatal(err)
	}
	html := ask(newSite(t), http.MethodGet, "/docs").Body.String()
	for path, operations := range c.Paths {
		shown := path
		switch {
		case strings.HasPrefix(path, "/v1/"):
			shown = strings.ReplaceAll(path, "{version}", "42")
		case !strings.Contains(path, "{name}"):
			shown = strings.ReplaceAll(path, "{version}", "m1")
		}
		for method, operation := range operations {
			if method != "get" && method != "post" {
				continue
			}
			var parts struct {
				Responses   map[string]any
				RequestBody map[string]any `yaml:"requestBody"`
			}
			if err := operation.Decode(&parts); err != nil {
				t.Fatal(err)
			}
			_, section, found := strings.Cut(html, fmt.Sprintf(`data-method="%s" data-path="%s"`, strings.ToUpper(method), shown))
			if !found {
				t.Errorf("%s %s is not shown", method, path)
			}
			section, _, _ = strings.Cut(section, "</section>")
			if parts.RequestBody != nil && !strings.Contains(section, "<h4>Body</h4>") {
				t.Errorf("%s %s: its body is not shown", method, path)
			}
			for status := range parts.Responses {
				if !strings.Contains(section, `status">`+status+`<`) {
					t.Errorf("%s %s: %s is not shown", method, path, status)
				}
			}
		}
	}
	for name := range c.Components.Schemas {
		if !strings.Contains(html, `id="schema-`+name+`"`) {
			t.Errorf("schema %s is not shown", name)
		}
	}
}

func TestOperationsCanBeTried(t *testing.T) {
	const contract = `
paths:
  /a: {get: {tags: [one], summary: Get}}
  /b/{id}: {get: {tags: [one]}, delete: {}}
  /c:
    post: {requestBody: {content: {image/png: {}, application/json: {example: {x: 1}}}}}
  /d:
    parameters: []
    post: {requestBody: {$ref: '#/components/requestBodies/D'}}
  /d/: {get: {}}
  /e/{version}: {get: {}}
  /f/{version}/{name}: {get: {}}
  /v1/g/{version}: {get: {}}
components: {requestBodies: {D: {content: {application/json: {examples: {long: {value: {list: [1, 2, 3, 4, 5, 6, 7, 8], more: [1, 2, 3, 4, 5, 6, 7, 8]}}, short: {value: {text: it's, list: [1, 2]}}}}}}}}
`
	d, err := readContract([]byte(contract), Model{Version: "v7", Number: 42})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, g := range d.Groups {
		for _, o := range g.Operations {
			got[o.ID] = g.Name + " " + o.Try + " " + o.Curl
		}
	}
	for id, want := range map[string]string{
		"op-get-a":               "one plain '{origin}/a'",
		"op-get-b-id-":           "one none '{origin}/b/{id}'",
		"op-delete-b-id-":        "other none -X DELETE '{origin}/b/{id}'",
		"op-post-c":              "other image --data-binary @digit.png '{origin}/c'",
		"op-get-d-":              "other plain '{origin}/d/'",
		"op-get-e-version-":      "other plain '{origin}/e/v7'",
		"op-get-f-version-name-": "other none '{origin}/f/{version}/{name}'",
		"op-get-v1-g-version-":   "other plain '{origin}/v1/g/42'",
		"op-post-d":              `other json --json '{"text":"it'\''s","list":[1,2]}' '{origin}/d'`,
	} {
		if got[id] != want {
			t.Errorf("%s: %s, want %s", id, got[id], want)
		}
	}
}

func TestBrokenContracts(t *testing.T) {
	for name, source := range map[string]string{
		"no YAML":              "paths: [",
		"paths are a list":     "paths: []",
		"operation is a text":  "paths: {/a: {get: text}}",
		"tags are no list":     "paths: {/a: {get: {tags: one}}}",
		"schema is a list":     "components: {schemas: {A: []}}",
		"properties are texts": "components: {schemas: {A: {properties: text}}}",
	} {
		if _, err := New(Options{Contract: []byte(source)}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSchemasInWords(t *testing.T) {
	for source, want := range map[string]string{
		`{type: string}`: "string",
		`{type: integer, minimum: 0, maximum: 9}`:                                    "integer, 0 to 9",
		`{type: number, minimum: 1}`:                                                 "number, at least 1",
		`{type: array, minItems: 1, maxItems: 16, items: {$ref: '#/c/schemas/One'}}`: `list of <a href="#schema-One">One</a>, 1 to 16 of them`,
		`{enum: [a, <b>]}`:                                                           `one of <code>a</code> <code>&lt;b&gt;</code>`,
		`{const: ok}`:                                                                "<code>ok</code>",
		`{type: string, contentEncoding: base64}`:                                    "base64 text",
		`{contentMediaType: image/png}`:                                              "bytes",
		`{oneOf: [{$ref: '#/A'}, {$ref: '#/B'}]}`:                                    `<a href="#schema-A">A</a> or <a href="#schema-B">B</a>`,
		`{allOf: [{$ref: '#/A'}, {required: [id]}]}`:                                 `<a href="#schema-A">A</a>`,
		`{type: [string, 'null']}`:                                                   "string or null",
		`{type: string, pattern: '^<$', format: uri}`:                                "string, uri, <code>^&lt;$</code>",
		`{type: object, properties: {a: {type: string}, b: {}}}`:                     "object with <code>a</code> <code>b</code>",
		`true`: "any value",
	} {
		var s schema
		if err := yaml.Unmarshal([]byte(source), &s); err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if got := string(s.kind()); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}

func TestIndentedJSON(t *testing.T) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte("b: [1, 2.5]\na: {text: <1> & \"2\", none: null, empty: [], yes: true}\nlist: [{x: 1}, two]"), &n); err != nil {
		t.Fatal(err)
	}
	got, err := indentedJSON(n.Content[0])
	want := `{
  "b": [1, 2.5],
  "a": {
    "text": "<1> & \"2\"",
    "none": null,
    "empty": [],
    "yes": true
  },
  "list": [
    {
      "x": 1
    },
    "two"
  ]
}`
	if err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

// The card is shown for its own weights only.
func TestCardBelongsToItsWeights(t *testing.T) {
	const digest = "0123456789abcdef"
	card := fstest.MapFS{
		"README.md": {Data: []byte("# Card\n\n![a picture](a.png)\n\n<script>alert(1)</script>\n\nSHA-256: `" + digest + "`\n\n## other.safetensors\n\nnot this")},
		"a.png":     {Data: []byte("png")},
	}
	for name, test := range map[string]struct {
		digest string
		shown  bool
	}{"its own": {digest, true}, "others": {"fedcba9876543210", false}, "unknown": {"", false}} {
		s, err := New(Options{Contract: api.Document(), Card: card, Model: Model{Digest: test.digest}})
		if err != nil {
			t.Fatal(err)
		}
		html := ask(s, http.MethodGet, "/status").Body.String()
		if shown := strings.Contains(html, "<h2>Card</h2>"); shown != test.shown {
			t.Errorf("%s: shown %v", name, shown)
		}
		if strings.Contains(html, "not this") || strings.Contains(html, "alert") {
			t.Errorf("%s: too much of the card is shown", name)
		}
		if test.shown && len(assetsOf(html)) < 3 {
			t.Errorf("%s: the picture is not among %v", name, assetsOf(html))
		}
	}
	if _, err := New(Options{Contract: api.Document(), Card: fstest.MapFS{}, Model: Model{Digest: digest}}); err == nil {
		t.Error("no error without a card in the folder")
	}
}

// The embedded card is about the embedded weights, and shows its pictures.
func TestEmbeddedCard(t *testing.T) {
	card, err := Options{Card: weights.Card(), Model: Model{Digest: fmt.Sprintf("%x", sha256.Sum256(weights.Default()))}}.card("assets/1")
	for _, want := range []string{`src="assets/1/confusion.png"`, `src="assets/1/mistakes.png"`, "<table>"} {
		if err != nil || !strings.Contains(string(card), want) {
			t.Errorf("%s is not in the card, %v", want, err)
		}
	}
	// A picture that comes late must not move what is below.
	images, sized := strings.Count(string(card), "<img "), regexp.MustCompile(`<img [^>]*width="\d+" height="\d+"`)
	if found := len(sized.FindAllString(string(card), -1)); images == 0 || found != images {
		t.Errorf("%d of %d pictures have a size", found, images)
	}
}

func TestFacts(t *testing.T) {
	english := loadLanguages().texts["en"]
	o := Options{Metadata: map[string]string{"calibration": `{"temperature":0.64459,"coverage":0.995,"candidates":0.25,"rejection":0.2882,"rejected":0.003,"images":5000}`}}
	facts, err := o.facts(english)
	all := fmt.Sprint(facts)
	for _, want := range []string{"Temperature 0.645, fitted on 5000 images", "above 0.25; they hold the true one for 99.5%", "a score of 0.288; 0.3%"} {
		if err != nil || !strings.Contains(all, want) {
			t.Errorf("%q is not in %s, %v", want, all, err)
		}
	}
	o.Metadata["calibration"] = "{"
	if _, err := o.facts(english); err == nil {
		t.Error("no error about a broken calibration")
	}
	o.Metadata = nil
	if facts, err := o.facts(english); err != nil || !strings.Contains(fmt.Sprint(facts), "None") {
		t.Errorf("without a calibration: %v, %v", facts, err)
	}
}
