//go:build !unix

package cputime

import "time"

// now is 0 where this system does not tell.
func now() time.Duration { return 0 }
