// Package buildversion tells the version that a program was built from.
package buildversion

import "runtime/debug"

// Of returns the version that the linker has set in a program, or what Go has
// found in version control when it built it. It is empty when neither knows, as
// with go run.
func Of(linked string) string {
	if linked != "" {
		return linked
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return ""
}
