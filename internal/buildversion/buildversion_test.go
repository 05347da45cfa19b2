package buildversion

import "testing"

// A test's binary has no version of its own.
func TestOf(t *testing.T) {
	for linked, want := range map[string]string{"v1.2.3": "v1.2.3", "": ""} {
		if v := Of(linked); v != want {
			t.Errorf("linked with %q, the version is %q", linked, v)
		}
	}
}
