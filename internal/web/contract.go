package web

import (
	"fmt"
	"path"

	"go.yaml.in/yaml/v4"
)

// contract is what the docs need of an OpenAPI document, in its order.
type contract struct {
	Info struct{ Title, Version, Summary, Description string }
	Tags []struct{ Name, Description string }

	model      Model                       // that answers
	Paths      ordered[ordered[yaml.Node]] // an operation by method, by path
	Components struct {
		Parameters    map[string]parameter
		RequestBodies map[string]requestBody `yaml:"requestBodies"`
		Responses     map[string]response
		Schemas       ordered[schema]
	}
}

type operation struct {
	Tags                 []string
	Summary, Description string
	Parameters           []parameter
	RequestBody          requestBody `yaml:"requestBody"`
	Responses            ordered[response]
}

type requestBody struct {
	Ref     string `yaml:"$ref"`
	Content ordered[media]
}

type parameter struct {
	Ref         string `yaml:"$ref"`
	Name, In    string
	Description string
	Required    bool
	Schema      schema
}

type response struct {
	Ref         string `yaml:"$ref"`
	Description string
	Content     ordered[media]
}

type media struct {
	Schema   *schema
	Example  yaml.Node
	Examples ordered[struct {
		Summary string
		Value   yaml.Node
	}]
}

// ordered is a mapping in the order of the document.
type ordered[T any] []entry[T]

type entry[T any] struct {
	Key   string
	Value T
}

// UnmarshalYAML reads a mapping.
func (o *ordered[T]) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d is no mapping", n.Line)
	}
	for i := 0; i < len(n.Content); i += 2 {
		e := entry[T]{Key: n.Content[i].Value}
		if err := n.Content[i+1].Decode(&e.Value); err != nil {
			return err
		}
		*o = append(*o, e)
	}
	return nil
}

func (o ordered[T]) keys() []string {
	var keys []string
	for _, e := range o {
		keys = append(keys, e.Key)
	}
	return keys
}

// methods are the fields of a path that are operations, but for HEAD, which
// says nothing that GET does not.
var methods = map[string]string{"get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE"}

// readContract makes an OpenAPI document into what the docs show, with the
// version of the model in paths to try.
func readContract(source []byte, model Model) (document, error) {
	c := contract{model: model}
	if err := yaml.Unmarshal(source, &c); err != nil {
		return document{}, fmt.Errorf("the contract cannot be read: %w", err)
	}
	d, err := c.document()
	if err != nil {
		return document{}, fmt.Errorf("the contract cannot be shown: %w", err)
	}
	return d, nil
}

func (c *contract) parameter(p parameter) parameter {
	if p.Ref != "" {
		return c.Components.Parameters[path.Base(p.Ref)]
	}
	return p
}

func (c *contract) requestBody(b requestBody) requestBody {
	if b.Ref != "" {
		return c.Components.RequestBodies[path.Base(b.Ref)]
	}
	return b
}

func (c *contract) response(r response) response {
	if r.Ref != "" {
		return c.Components.Responses[path.Base(r.Ref)]
	}
	return r
}
