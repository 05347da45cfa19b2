//go:build amd64 && !amd64.v3

package photos

import (
	"fmt"
	"hash/crc32"
	"testing"
)

// digests are the CRC-32 of a small picture's pixels. Processors that multiply
// and add in one step round otherwise, so they are those of amd64.
var digests = map[string]string{
	"white paper":     "7fca9810",
	"cream paper":     "26fe5567",
	"grey paper":      "5365d86b",
	"yellow note":     "df4a5c93",
	"recycled paper":  "78656bea",
	"ruled paper":     "5e597d1c",
	"squared paper":   "f3a05d1b",
	"pencil":          "ec6dfe58",
	"pencil, squared": "b8e52bab",
	"ballpoint":       "fb8604f5",
	"marker":          "c00a9eb8",
	"red pen":         "a121ed39",
	"chalkboard":      "71809112",
	"whiteboard":      "5be5c74f",
	"gradient":        "dd559ba3",
	"hard shadow":     "f778c5e2",
	"soft shadow":     "a0c81c7c",
	"vignette":        "6ad04994",
	"dim room":        "fa0b69f8",
	"flash":           "f83ece21",
	"noise":           "bc1301ca",
	"defocus":         "927d6a82",
	"motion blur":     "0f9134a3",
	"JPEG quality":    "38907a9c",
	"rotation":        "03c17e49",
	"perspective":     "bffbc1ac",
	"small frame":     "44f971e9",
	"large frame":     "ca349d54",
	"small digit":     "a516eef0",
	"large digit":     "4252d640",
	"off centre":      "edf6b0fb",
	"frame line":      "762c4864",
	"table edge":      "07a14eab",
	"thumb":           "cadf3c7a",
	"specks":          "3256fcac",
	"mixed":           "1b13ed70",
}

func TestGoldenDigests(t *testing.T) {
	for _, one := range conditions {
		if digest := fmt.Sprintf("%08x", crc32.ChecksumIEEE(snapshot(one.changes, seven(), dice(1)).Pix)); digest != digests[one.name] {
			t.Errorf("%q: %q,", one.name, digest)
		}
	}
}
