// Package api holds the service's contract.
package api

import _ "embed"

// Document is openapi.yaml, an OpenAPI 3.1 description of every operation. It
// must not be changed.
//
//go:embed openapi.yaml
var Document []byte
