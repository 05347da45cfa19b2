//go:build race

package imageprep_test

// The race detector makes slices grow by copies of their own.
const underRace = true
