package web

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v4"
)

// indentedJSON writes a value of the contract as JSON, with its fields in their
// order and lists of numbers on one line. No value is an empty text.
func indentedJSON(n *yaml.Node) (string, error) {
	if n.Kind == 0 {
		return "", nil
	}
	var b bytes.Buffer
	err := writeJSON(&b, n, "\n")
	return b.String(), err
}

func writeJSON(b *bytes.Buffer, n *yaml.Node, line string) error {
	switch n.Kind {
	case yaml.MappingNode:
		return writeItems(b, n, "{}", line+"  ", line, 2)
	case yaml.SequenceNode:
		if len(n.Content) == 0 || n.Content[0].Kind == yaml.ScalarNode && n.Content[0].Tag != "!!str" {
			return writeItems(b, n, "[]", "", "", 1)
		}
		return writeItems(b, n, "[]", line+"  ", line, 1)
	case yaml.AliasNode:
		return writeJSON(b, n.Alias, line)
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	b.Truncate(b.Len() - 1) // the encoder's line break
	return nil
}

// writeItems writes what stands between brackets: values, or names and values
// (step 2), each behind a line break, or behind a blank where there is none.
func writeItems(b *bytes.Buffer, n *yaml.Node, brackets, line, end string, step int) error {
	b.WriteByte(brackets[0])
	for i := 0; i < len(n.Content); i += step {
		switch {
		case i > 0 && line == "":
			b.WriteString(", ")
		case i > 0:
			b.WriteString("," + line)
		default:
			b.WriteString(line)
		}
		for j := range step {
			if j == 1 {
				b.WriteString(": ")
			}
			if err := writeJSON(b, n.Content[i+j], line); err != nil {
				return err
			}
		}
	}
	if len(n.Content) > 0 {
		b.WriteString(end)
	}
	b.WriteByte(brackets[1])
	return nil
}
