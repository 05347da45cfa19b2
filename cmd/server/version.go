package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"digits/pkg/cnn"
	"digits/weights"
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

// printVersion tells the program, its kernels and the weights that are in it.
func printVersion(w io.Writer) error {
	_, err := fmt.Fprintf(w, "digits %s %s %s/%s kernel %s weights %x\n",
		programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, cnn.Kernel(), sha256.Sum256(weights.Default()))
	return err
}
