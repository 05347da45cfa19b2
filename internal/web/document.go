package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// document is the contract as the docs show it.
type document struct {
	Title, Version string
	Description    template.HTML
	Groups         []group
	Schemas        []shownSchema
}

// group is the operations with one tag.
type group struct {
	Name        string
	Description template.HTML
	Operations  []shownOperation
}

type shownOperation struct {
	ID, Method, Path     string
	Summary, Description template.HTML
	Parameters           []row
	Bodies, Responses    []message
	Curl                 string // arguments; the address stands as {origin}
	Try                  string // "none", "plain", "image" or "json"
	TryPath              string // the path with values for its parameters, where they are known
	JSON                 string // to begin with
}

// message is a body in one media type, or a response with its bodies.
type message struct {
	Name        string // media type or status
	Description template.HTML
	Kind        template.HTML
	Examples    []example
	Bodies      []message // of a response
}

type example struct{ Name, JSON string }

// row is a parameter or a property.
type row struct {
	Name, In    string
	Required    bool
	Kind        template.HTML
	Description template.HTML
}

type shownSchema struct {
	Name        string
	Kind        template.HTML
	Description template.HTML
	Properties  []row
}

func (c *contract) document() (document, error) {
	d := document{Title: c.Info.Title, Version: c.Info.Version, Description: prose(c.Info.Description)}
	for _, tag := range c.Tags {
		d.Groups = append(d.Groups, group{Name: tag.Name, Description: prose(tag.Description)})
	}
	for _, p := range c.Paths {
		for _, m := range p.Value {
			if err := c.add(&d, methods[m.Key], p.Key, &m.Value); err != nil {
				return d, fmt.Errorf("%s %s: %w", m.Key, p.Key, err)
			}
		}
	}
	for _, s := range c.Components.Schemas {
		d.Schemas = append(d.Schemas, s.Value.shown(s.Key))
	}
	return d, nil
}

// prose makes HTML of a description.
func prose(description string) template.HTML { return markdown(description, nil) }

// add puts an operation into the group of its first tag.
func (c *contract) add(d *document, method, url string, n *yaml.Node) error {
	if method == "" {
		return nil
	}
	var o operation
	if err := n.Decode(&o); err != nil {
		return err
	}
	shown, err := c.operation(method, url, &o)
	if err != nil {
		return err
	}
	tag := "other"
	if len(o.Tags) > 0 {
		tag = o.Tags[0]
	}
	i := slices.IndexFunc(d.Groups, func(g group) bool { return g.Name == tag })
	if i < 0 {
		i = len(d.Groups)
		d.Groups = append(d.Groups, group{Name: tag})
	}
	d.Groups[i].Operations = append(d.Groups[i].Operations, shown)
	return nil
}

var notInID = regexp.MustCompile(`[^a-z0-9]+`)

func (c *contract) operation(method, url string, o *operation) (shownOperation, error) {
	s := shownOperation{Method: method, Path: url, Summary: prose(o.Summary), Description: prose(o.Description),
		ID: "op-" + notInID.ReplaceAllString(strings.ToLower(method+" "+strings.TrimPrefix(url, "/")), "-")}
	for _, p := range o.Parameters {
		p = c.parameter(p)
		s.Parameters = append(s.Parameters, row{p.Name, p.In, p.Required, p.Schema.kind(), prose(p.Description)})
	}
	var err error
	if s.Bodies, err = bodies(c.requestBody(o.RequestBody).Content); err != nil {
		return s, err
	}
	for _, r := range o.Responses {
		answer := c.response(r.Value)
		m := message{Name: r.Key, Description: prose(answer.Description)}
		if m.Bodies, err = bodies(answer.Content); err != nil {
			return s, err
		}
		s.Responses = append(s.Responses, m)
	}
	s.TryPath = c.tryPath(url)
	s.try()
	return s, nil
}

// tryPath puts the model's version into a path.
func (c *contract) tryPath(url string) string {
	version := c.model.Version
	switch {
	case version == "" || strings.Contains(url, "{name}"): // the version of the pages' files is another one
		return url
	case strings.HasPrefix(url, "/v1/"):
		version = strconv.FormatInt(c.model.Number, 10)
	}
	return strings.ReplaceAll(url, "{version}", version)
}

// try says how the operation can be tried from the page and from a shell.
func (s *shownOperation) try() {
	address := "'{origin}" + s.TryPath + "'"
	find := func(mediaType string) *message {
		for i := range s.Bodies {
			if strings.HasPrefix(s.Bodies[i].Name, mediaType) {
				return &s.Bodies[i]
			}
		}
		return nil
	}
	body := find("application/json")
	switch {
	case find("image/") != nil:
		s.Try, s.Curl = "image", "--data-binary @digit.png "+address
	case body != nil && len(body.Examples) > 0:
		shortest := slices.MinFunc(body.Examples, func(a, b example) int { return cmp.Compare(len(a.JSON), len(b.JSON)) })
		s.Try, s.JSON = "json", shortest.JSON
		s.Curl = "--json '" + strings.ReplaceAll(compact(s.JSON), "'", `'\''`) + "' " + address
	case s.Method == "GET":
		s.Try, s.Curl = "plain", address
	default:
		s.Curl = "-X " + s.Method + " " + address
	}
	if strings.Contains(s.TryPath, "{") {
		s.Try = ""
	}
	s.Try = cmp.Or(s.Try, "none")
}

func compact(source string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(source)) != nil {
		return source
	}
	return b.String()
}

func bodies(content ordered[media]) ([]message, error) {
	var all []message
	for _, m := range content {
		shown := message{Name: m.Key}
		if m.Value.Schema != nil {
			shown.Kind = m.Value.Schema.kind()
		}
		add := func(name string, n *yaml.Node) error {
			source, err := indentedJSON(n)
			if err == nil && source != "" {
				shown.Examples = append(shown.Examples, example{name, source})
			}
			return err
		}
		if err := add("", &m.Value.Example); err != nil {
			return nil, err
		}
		for _, e := range m.Value.Examples {
			if err := add(cmp.Or(e.Value.Summary, e.Key), &e.Value.Value); err != nil {
				return nil, err
			}
		}
		all = append(all, shown)
	}
	return all, nil
}

func (s *schema) shown(name string) shownSchema {
	shown := shownSchema{Name: name, Description: prose(s.Description), Kind: s.kind()}
	for _, p := range s.Properties {
		shown.Properties = append(shown.Properties, row{p.Key, "", slices.Contains(s.Required, p.Key), p.Value.kind(), prose(p.Value.Description)})
	}
	return shown
}
