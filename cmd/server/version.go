package main

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"

	"digits/internal/buildversion"
	"digits/pkg/cnn"
	"digits/weights"
)

// version is set by the linker (-X main.version=…) where the build has no
// version control to ask.
var version string

// programVersion returns the version of this build.
func programVersion() string {
	return cmp.Or(buildversion.Of(version), "unknown")
}

// printVersion tells the program, its kernels and the weights that are in it.
func printVersion(w io.Writer) error {
	_, err := fmt.Fprintf(w, "digits %s %s %s/%s kernel %s weights %x\n",
		programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, cnn.Kernel(), sha256.Sum256(weights.Default()))
	return err
}
