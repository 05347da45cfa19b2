// Package weights embeds the trained weights that the server uses by default.
package weights

import "embed"

//go:embed digits.safetensors
var digits []byte

// Default returns the content of the default weights file. The caller must
// not change it.
func Default() []byte { return digits }

//go:embed README.md confusion.png mistakes.png lessons.png curves.png foreign.png
var card embed.FS

// Card returns the model card, README.md, with its pictures.
func Card() embed.FS { return card }
