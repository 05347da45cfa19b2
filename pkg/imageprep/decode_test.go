package imageprep

import (
	"errors"
	"strings"
	"testing"
)

func TestPanickingDecoder(t *testing.T) {
	f := &format{title: "PNG"}
	_, err := guarded(f, func() (int, error) { var none []int; return none[3], nil })
	if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "PNG decoder failed") {
		t.Errorf("the error is %v; want one that wraps %q", err, ErrMalformed)
	}
}
