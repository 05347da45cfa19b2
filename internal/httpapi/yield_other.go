//go:build !linux

package httpapi

// yieldThread does nothing.
func yieldThread() {}
