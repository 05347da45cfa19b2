// Package weights embeds the trained weights that the server uses by default.
package weights

import _ "embed"

//go:embed digits.safetensors
var digits []byte

// Default returns the content of the default weights file. The caller must
// not change it.
func Default() []byte { return digits }
