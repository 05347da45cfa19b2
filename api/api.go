// Package api holds the service's contract.
package api

import _ "embed"

//go:embed openapi.yaml
var document string

// Document returns openapi.yaml, an OpenAPI 3.1 description of every operation.
func Document() []byte { return []byte(document) }
