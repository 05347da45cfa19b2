package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
)

// page is one of the site's, as its template is named.
type page struct {
	name    string
	path    string
	scripts []string // the modules that it loads, the one that starts first
}

var pages = []page{
	{"try", "/", []string{"try.js", "answer.js", "camera.js", "client.js", "elements.js", "files.js", "many.js", "paper.js", "pen.js", "texts.js"}},
	{"status", "/status", []string{"status.js", "elements.js", "histogram.js", "metrics.js", "texts.js"}},
	{"docs", "/docs", []string{"docs.js", "elements.js", "texts.js"}},
}

// view is what a template sees.
type view struct {
	Page      string
	Language  string
	Languages []string
	nameOf    func(tag string) string // a language in itself
	Assets    string                  // directory, relative to the page
	Scripts   []string
	Script    template.JS // the script's texts, as JSON
	Options   Options
	Document  document
	Card      template.HTML
	Facts     []fact
}

// addPages renders every page in every language.
func (s *Site) addPages(options Options, version string) error {
	doc, err := readContract(options.Contract, options.Model)
	if err != nil {
		return err
	}
	base := view{Languages: s.languages.tags, nameOf: s.languages.nameOf, Assets: "assets/" + version, Options: options, Document: doc}
	if base.Card, err = options.card(base.Assets); err != nil {
		return err
	}
	for _, p := range pages {
		if options.StatusOnly && p.name != "status" {
			continue
		}
		for _, tag := range s.languages.tags {
			v := base
			v.Page, v.Language, v.Scripts = p.name, tag, p.scripts
			if p.name == "status" && options.NoMetrics {
				v.Scripts = []string{"texts.js"} // which keeps the language that was chosen
			}
			t := s.languages.texts[tag]
			if v.Facts, err = options.facts(t); err != nil {
				return err
			}
			html, err := t.render(v)
			if err != nil {
				return err
			}
			s.files[p.path+"#"+tag] = newFile("page.html", html)
		}
	}
	return nil
}

// render makes a page. A text that is missing is an error.
func (t texts) render(v view) ([]byte, error) {
	script, err := json.Marshal(t[v.Page+".js"]) // escapes <, so that it cannot end the element
	if err != nil {
		return nil, err
	}
	v.Script = template.JS(script)
	functions := template.FuncMap{"t": t.get, "nameOf": v.nameOf}
	parsed, err := template.New("frame.html").Funcs(functions).
		ParseFS(content, "content/pages/frame.html", "content/pages/"+v.Page+".html")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = parsed.Execute(&b, v)
	return b.Bytes(), err
}

func (t texts) get(group, name string) (string, error) {
	text, found := t[group][name]
	if !found {
		return "", fmt.Errorf("there is no text %s in %s", name, group)
	}
	return text, nil
}
