package imageprep

import (
	"errors"
	"strings"
	"testing"
)

func TestPanickingDecoder(t *testing.T) {
	f := &format{title: "PNG"}
	_, err := guarded(f, func() (int, error) { var none []int; return none[3], nil })
	if !errors.Is(err, ErrMalformed) || !errors.Is(err, ErrPanic) || !strings.Contains(err.Error(), "PNG decoder failed") || !strings.Contains(err.Error(), "decode_test.go") {
		t.Errorf("the error is %v; want one that wraps %q and %q, and tells where", err, ErrMalformed, ErrPanic)
	}
}
