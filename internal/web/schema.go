package web

import (
	"fmt"
	"html"
	"html/template"
	"path"
	"strings"

	"go.yaml.in/yaml/v4"
)

// schema is the part of JSON Schema that the contract uses.
type schema struct {
	Ref              string `yaml:"$ref"`
	Type             any    // a name or a list of them
	Format           string
	Description      string
	Enum             []any
	Const            any
	Pattern          string
	Minimum, Maximum *float64
	MinItems         *int   `yaml:"minItems"`
	MaxItems         *int   `yaml:"maxItems"`
	ContentEncoding  string `yaml:"contentEncoding"`
	ContentMediaType string `yaml:"contentMediaType"`
	Required         []string
	Properties       ordered[schema]
	Items            *schema
	OneOf            []schema `yaml:"oneOf"`
	AnyOf            []schema `yaml:"anyOf"`
	AllOf            []schema `yaml:"allOf"`
}

// UnmarshalYAML reads a schema, which may also be true or false.
func (s *schema) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return nil
	}
	type fields schema // without this method
	return n.Decode((*fields)(s))
}

// kind says in a phrase what a value of the schema is, with links to the
// schemas that it names.
func (s *schema) kind() template.HTML {
	return template.HTML(strings.Join(append([]string{s.noun()}, s.limits()...), ", "))
}

func (s *schema) noun() string {
	switch {
	case s.Ref != "":
		name := html.EscapeString(path.Base(s.Ref))
		return fmt.Sprintf(`<a href="#schema-%s">%[1]s</a>`, name)
	case s.Items != nil:
		return "list of " + string(s.Items.kind())
	case len(s.OneOf) > 0 && s.OneOf[0].isNamed():
		return alternatives(s.OneOf)
	case len(s.AnyOf) > 0 && s.AnyOf[0].isNamed():
		return alternatives(s.AnyOf)
	case len(s.AllOf) > 0:
		return s.AllOf[0].noun()
	case s.Const != nil:
		return "<code>" + html.EscapeString(fmt.Sprint(s.Const)) + "</code>"
	case len(s.Enum) > 0:
		return "one of " + codes(s.Enum)
	case s.ContentEncoding != "":
		return html.EscapeString(s.ContentEncoding + " text")
	case s.ContentMediaType != "":
		return "bytes"
	case len(s.Properties) > 0:
		return "object with " + codes(s.Properties.keys())
	case s.Type == nil:
		return "any value"
	}
	if several, ok := s.Type.([]any); ok {
		names := make([]string, len(several))
		for i, name := range several {
			names[i] = html.EscapeString(fmt.Sprint(name))
		}
		return strings.Join(names, " or ")
	}
	return html.EscapeString(fmt.Sprint(s.Type))
}

func (s *schema) isNamed() bool { return s.Ref != "" || s.Type != nil }

func (s *schema) limits() []string {
	var limits []string
	bound := func(unit string, low, high any) {
		switch {
		case low != nil && high != nil:
			limits = append(limits, fmt.Sprintf("%v to %v%s", low, high, unit))
		case low != nil:
			limits = append(limits, fmt.Sprintf("at least %v%s", low, unit))
		case high != nil:
			limits = append(limits, fmt.Sprintf("at most %v%s", high, unit))
		}
	}
	bound("", value(s.Minimum), value(s.Maximum))
	bound(" of them", value(s.MinItems), value(s.MaxItems))
	if s.Format != "" {
		limits = append(limits, html.EscapeString(s.Format))
	}
	if s.Pattern != "" {
		limits = append(limits, "<code>"+html.EscapeString(s.Pattern)+"</code>")
	}
	return limits
}

// value is what a pointer points to, or nil.
func value[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

func alternatives(of []schema) string {
	var nouns []string
	for i := range of {
		nouns = append(nouns, of[i].noun())
	}
	return strings.Join(nouns, " or ")
}

func codes[T any](values []T) string {
	var all []string
	for _, v := range values {
		all = append(all, "<code>"+html.EscapeString(fmt.Sprint(v))+"</code>")
	}
	return strings.Join(all, " ")
}
