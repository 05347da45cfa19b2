package httpapi

import (
	"strings"
	"testing"
)

func TestTraceparent(t *testing.T) {
	const id, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for header, want := range map[string]struct{ valid, sampled bool }{
		"00-" + id + "-" + parent + "-01":                        {true, true},
		"00-" + id + "-" + parent + "-00":                        {true, false},
		"00-" + id + "-" + parent + "-03":                        {true, true},
		"01-" + id + "-" + parent + "-01-more":                   {true, true},
		"":                                                       {},
		"00-" + id + "-" + parent:                                {},
		"00-" + id + "-" + parent + "-01-more":                   {},
		"ff-" + id + "-" + parent + "-01":                        {},
		"00-" + strings.ToUpper(id) + "-" + parent + "-01":       {},
		"00-" + strings.Repeat("0", 32) + "-" + parent + "-01":   {},
		"00-" + id + "-" + strings.Repeat("0", 16) + "-01":       {},
		"00-" + id[1:] + "-" + parent + "-01":                    {},
		"00-" + id + "-" + parent + "-1":                         {},
		"0-" + id + "-" + parent + "-01":                         {},
		"00-" + strings.Repeat("x", 32) + "-" + parent + "-01":   {},
		strings.Repeat("-", 1000):                                {},
		"00-" + id + "\n" + "-" + parent + "-01":                 {},
		"00-" + id + "-" + parent + "-zz":                        {},
		" 00-" + id + "-" + parent + "-01":                       {},
		"00-" + id + "-" + parent + "-01 ":                       {},
		"00-" + id + "-" + parent + "-01, 00-" + id + "-x-" + "": {},
	} {
		got := traceOf(header)
		if (got.id == id) != want.valid || got.sampled != want.sampled || !want.valid && got != (trace{}) {
			t.Errorf("%q: %+v", header, got)
		}
		if want.valid {
			again := traceOf(header)
			if !isHex(got.span, 16) || got.span == again.span || got.span == parent {
				t.Errorf("%q: the spans are %s and %s", header, got.span, again.span)
			}
			if answer := traceOf(got.response()); answer.id != id || answer.sampled != want.sampled {
				t.Errorf("the response %s is no trace", got.response())
			}
		}
	}
}
