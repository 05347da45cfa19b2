package httpapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"digits/api"
)

// The document shows every problem with the texts of the table, and no other.
func TestTheDocumentShowsTheTable(t *testing.T) {
	document, err := openapi3.NewLoader().LoadFromData(api.Document())
	if err != nil {
		t.Fatal(err)
	}
	limits := Options{}.withDefaults().limits()
	shown := map[string]bool{}
	for name, response := range document.Components.Responses {
		media := response.Value.Content[problemType]
		if strings.HasPrefix(name, "Inference") {
			media = response.Value.Content[jsonType]
		}
		if media == nil {
			continue
		}
		for slug, example := range media.Examples {
			shown[slug] = true
			want := internal.reply(limits, nil)
			for i := range problems {
				if problems[i].slug == slug {
					want = problems[i].reply(limits, nil)
				}
			}
			got := example.Value.Value.(map[string]any)
			if got["type"] != want.Type || got["title"] != want.Title || got["detail"] != want.Detail || fmt.Sprint(got["status"]) != fmt.Sprint(want.Status) {
				t.Errorf("%s shows %v\nthe table has %+v", name, got, want)
			}
		}
	}
	for i := range problems {
		if p := &problems[i]; !shown[p.slug] && p.status != statusClientClosed {
			t.Errorf("%s is not shown", p.slug)
		}
	}
}

func TestProblemsAreDistinctAndComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range append(problems, internal) {
		if seen[p.slug] || p.slug == "" || p.title == "" || !strings.HasSuffix(p.detail, ".") || p.status < 400 || p.status > 599 {
			t.Errorf("problem %+v", p)
		}
		seen[p.slug] = true
	}
}

func TestProblemOfLooksThroughWrapping(t *testing.T) {
	for _, want := range problems {
		if got := problemOf(fmt.Errorf("outside: %w", errors.Join(errors.New("other"), want.err))); got.slug != want.slug {
			t.Errorf("%v is %s, want %s", want.err, got.slug, want.slug)
		}
	}
	if got := problemOf(errors.New("a surprise")); got != &internal {
		t.Errorf("an unknown error is %s", got.slug)
	}
	if got := problemOf(context.Cause(context.Background())); got != &internal {
		t.Errorf("nil is %s", got.slug)
	}
}
