package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"digits/pkg/cnn"
)

// version is set by the linker (-X main.version=…) where the build has no
// version control to ask.
var version string

// programVersion returns the version of this build.
func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

func printVersion(w io.Writer) error {
	_, err := fmt.Fprintf(w, "digits %s %s %s/%s kernel %s\n",
		programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, cnn.Kernel())
	return err
}
