package web

import (
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"digits/api"
	"digits/internal/classify"
	"digits/pkg/imageprep"
)

var placeholder = regexp.MustCompile(`\{\w+\}`)

// A translation has every text, and no other, with the same places to fill in.
func TestTranslationsAreComplete(t *testing.T) {
	l := loadLanguages()
	if !slices.Equal(l.tags, []string{"en", "zh"}) {
		t.Errorf("languages %v", l.tags)
	}
	for _, tag := range l.tags[1:] {
		if has, wants := slices.Sorted(maps.Keys(l.texts[tag])), slices.Sorted(maps.Keys(l.texts["en"])); !slices.Equal(has, wants) {
			t.Errorf("%s has the groups %v, want %v", tag, has, wants)
		}
		for group, english := range l.texts["en"] {
			for name := range l.texts[tag][group] {
				if _, found := english[name]; !found {
					t.Errorf("%s %s %s: not in English", tag, group, name)
				}
			}
			for name, text := range english {
				translated := l.texts[tag][group][name]
				if translated == "" {
					t.Errorf("%s %s %s: missing", tag, group, name)
				}
				wants, has := slices.Sorted(slices.Values(placeholder.FindAllString(text, -1))), slices.Sorted(slices.Values(placeholder.FindAllString(translated, -1)))
				if !slices.Equal(wants, has) {
					t.Errorf("%s %s %s: %v, want %v", tag, group, name, has, wants)
				}
			}
		}
	}
}

// Every text that a script names is one that its page gives it, and no text is
// left over.
func TestScriptsHaveTheirTexts(t *testing.T) {
	english := loadLanguages().texts["en"]
	named := regexp.MustCompile(`(?:\bt\(|: |\? )'([\w.-]+)'`)
	for _, p := range pages {
		var source strings.Builder
		for _, script := range p.scripts {
			b, err := content.ReadFile("content/assets/" + script)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(b)
		}
		group := english[p.name+".js"]
		for _, match := range regexp.MustCompile(`\bt\('([\w.-]+)'`).FindAllStringSubmatch(source.String(), -1) {
			if _, found := group[match[1]]; !found {
				t.Errorf("%s: there is no text %s", p.name, match[1])
			}
		}
		used := map[string]bool{}
		for _, match := range named.FindAllStringSubmatch(source.String(), -1) {
			used[match[1]] = true
		}
		for name := range group {
			prefix, _, composed := strings.Cut(name, ".")
			if !used[name] && !strings.Contains(source.String(), "'"+name+"'") && !(composed && regexp.MustCompile("['`]"+prefix+"[.']").MatchString(source.String())) {
				t.Errorf("%s: nothing says %s", p.name, name)
			}
		}
	}
}

// What the preparation and the classifier say, people can read.
func TestStepsFlagsAndReasonsHaveTexts(t *testing.T) {
	var named []string
	for prefix, names := range map[string][]string{"step.": imageprep.Steps(), "flag.": imageprep.Flags(), "reason.": classify.Reasons()} {
		for _, name := range names {
			named = append(named, prefix+name)
		}
	}
	for group, texts := range loadLanguages().texts["en"] {
		if _, found := texts["step.sent"]; !found {
			continue
		}
		for _, name := range named {
			if texts[name] == "" {
				t.Errorf("%s: there is no text %s", group, name)
			}
		}
		return
	}
	t.Error("no page has texts of steps")
}

// The problems that /predict can answer with have texts, but for those that a
// picture's bytes, which are all that the page sends, do not come to.
func TestProblemsOfPredictHaveTexts(t *testing.T) {
	never := []string{"empty-body", "malformed-json", "wrong-type", "unexpected-field", "trailing-data", "malformed-base64", "malformed-multipart",
		"missing-image", "too-many-images", "too-many-parts", "invalid-parameter", "unsupported-encoding"}
	problems := problemsOf(t, "/predict")
	if len(problems) < 20 {
		t.Fatalf("the contract names %q only", problems)
	}
	for _, tag := range loadLanguages().tags {
		texts := loadLanguages().texts[tag]["try.js"]
		for _, name := range problems {
			if told := texts["error."+name] != "" && texts["do."+name] != ""; told == slices.Contains(never, name) {
				t.Errorf("%s: %s has a text: %t", tag, name, told)
			}
		}
	}
}

// problemsOf returns what the contract lets a POST to a path fail with.
func problemsOf(t *testing.T, path string) (names []string) {
	t.Helper()
	type responses map[string]struct {
		Ref     string `yaml:"$ref"`
		Content map[string]struct{ Examples map[string]yaml.Node }
	}
	var c struct {
		Paths      map[string]struct{ Post struct{ Responses responses } }
		Components struct{ Responses responses }
	}
	if err := yaml.Unmarshal(api.Document(), &c); err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Paths[path].Post.Responses {
		shared := c.Components.Responses[strings.TrimPrefix(r.Ref, "#/components/responses/")]
		names = slices.AppendSeq(names, maps.Keys(shared.Content["application/problem+json"].Examples))
	}
	slices.Sort(names)
	return names
}

// No text that a template may use is left over.
func TestTemplatesUseTheirTexts(t *testing.T) {
	english := loadLanguages().texts["en"]
	var source strings.Builder
	names, err := fs.Glob(content, "content/pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := content.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	inGo := []string{"title", "language", "version", "program", "digest", "data", "calibration", "uncalibrated", "calibrated", "candidates", "candidate", "rejection", "rejects"}
	for group, texts := range english {
		for name := range texts {
			if !strings.HasSuffix(group, ".js") && !strings.Contains(source.String(), `{{t "`+group+`" "`+name+`"}}`) && !slices.Contains(inGo, name) {
				t.Errorf("no page says %s %s", group, name)
			}
		}
	}
}

func TestLanguageOfARequest(t *testing.T) {
	l := loadLanguages()
	for _, test := range []struct{ query, accept, want string }{
		{"", "", "en"},
		{"", "zh-CN,zh;q=0.9,en;q=0.8", "zh"},
		{"", "zh-TW", "zh"},
		{"", "de,fr;q=0.5", "en"},
		{"", "en-GB,zh;q=0.9", "en"},
		{"?lang=en", "zh", "en"},
		{"?lang=zh", "en", "zh"},
		{"?lang=xx", "zh", "zh"},
		{"?lang=%00%22", "no language; at all", "en"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/"+test.query, nil)
		r.Header.Set("Accept-Language", test.accept)
		if got := l.of(r); got != test.want {
			t.Errorf("%q, %q: %s, want %s", test.query, test.accept, got, test.want)
		}
	}
}
