package inferenceprotocol

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// The functions here split JSON into its values without looking into them,
// and copy nothing; encoding/json reads the values, but for lists of numbers.
// By itself it would keep the last of two fields with one name, make room for
// numbers before their shape is known, and copy every body.

// maxFields bounds the fields of an object.
const maxFields = 64

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// skipSpace returns the text without the white space at its front.
func skipSpace(text []byte) []byte {
	for len(text) > 0 && isSpace(text[0]) {
		text = text[1:]
	}
	return text
}

// nesting marks the characters that matter within a list or an object.
var nesting = [256]bool{'"': true, '[': true, ']': true, '{': true, '}': true}

// endOfValue returns where the value ends that the text begins with, or the
// text's length when it does not end.
func endOfValue(text []byte) int {
	switch {
	case len(text) > 0 && text[0] == '"':
		return min(endOfString(text, 0)+1, len(text))
	case len(text) == 0 || text[0] != '[' && text[0] != '{':
		at := 0
		for at < len(text) && !isSpace(text[at]) && text[at] != ',' && text[at] != ':' && text[at] != ']' && text[at] != '}' {
			at++
		}
		return at
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		if !nesting[text[i]] {
			continue
		}
		switch text[i] {
		case '"':
			i = endOfString(text, i)
		case '[', '{':
			depth++
		default:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// endOfString returns where the closing quote is of the string that begins at
// a place, or the text's length.
func endOfString(text []byte, at int) int {
	for at++; at < len(text) && text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return min(at, len(text))
}

// items has the function take the values of a list, or the fields of an object,
// one by one from the front of what is left. It looks at the brackets and
// commas.
func items(text []byte, open, closing byte, take func(rest []byte) ([]byte, error)) error {
	rest := skipSpace(text)
	if len(rest) == 0 || rest[0] != open {
		return fmt.Errorf("%w: there is no %c where one must be", ErrMalformed, open)
	}
	rest = skipSpace(rest[1:])
	for first := true; len(rest) > 0; first = false {
		if rest[0] == closing && first {
			return end(rest[1:])
		}
		var err error
		if rest, err = take(rest); err != nil {
			return err
		}
		rest = skipSpace(rest)
		switch {
		case len(rest) > 0 && rest[0] == closing:
			return end(rest[1:])
		case len(rest) == 0 || rest[0] != ',':
			return fmt.Errorf("%w: a comma or %c is missing", ErrMalformed, closing)
		}
		rest = skipSpace(rest[1:])
	}
	return fmt.Errorf("%w: %c is missing at the end", ErrMalformed, closing)
}

// end refuses what follows a value.
func end(rest []byte) error {
	if len(skipSpace(rest)) > 0 {
		return fmt.Errorf("%w: data follow its end", ErrMalformed)
	}
	return nil
}

// elements hands the values of a list to the function.
func elements(text []byte, each func(value []byte) error) error {
	return items(text, '[', ']', func(rest []byte) ([]byte, error) {
		at := endOfValue(rest)
		return rest[at:], each(rest[:at])
	})
}

// fields hands the fields of an object to the function, each name once, but for
// those that are null: serializers write that for what is absent. The values of
// names that the function does not know must be JSON all the same.
func fields(text []byte, known func(name string, value []byte) (bool, error)) error {
	var seen []string
	return items(text, '{', '}', func(rest []byte) ([]byte, error) {
		at := endOfValue(rest)
		var name string
		if err := unmarshal(rest[:at], &name); err != nil {
			return nil, err
		}
		if slices.Contains(seen, name) || len(seen) == maxFields {
			return nil, fmt.Errorf("%w: an object has a field twice, or more than %d", ErrMalformed, maxFields)
		}
		seen = append(seen, name)
		if rest = skipSpace(rest[at:]); len(rest) == 0 || rest[0] != ':' {
			return nil, fmt.Errorf("%w: there is no value after a field's name", ErrMalformed)
		}
		rest = skipSpace(rest[1:])
		at = endOfValue(rest)
		if string(rest[:at]) == "null" {
			return rest[at:], nil
		}
		ok, err := known(name, rest[:at])
		if err == nil && !ok && !json.Valid(rest[:at]) {
			err = fmt.Errorf("%w: a value is not JSON", ErrMalformed)
		}
		return rest[at:], err
	})
}

// unmarshal reads a value that must be there and of the target's type.
func unmarshal(value []byte, target any) error {
	if string(value) == "null" {
		return fmt.Errorf("%w: a value is null", ErrMalformed)
	}
	err := json.Unmarshal(value, target)
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType): // which may quote a number of any length
		return fmt.Errorf("%w: a value cannot be a %v", ErrMalformed, wrongType.Type)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}
