//go:build !race

package imageprep_test

const underRace = false
