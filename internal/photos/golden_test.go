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
	"white paper":     "c464a23d",
	"cream paper":     "5040c2a7",
	"grey paper":      "af3170d2",
	"yellow note":     "f6701638",
	"recycled paper":  "66181e30",
	"ruled paper":     "44d506b4",
	"squared paper":   "fa2dd914",
	"pencil":          "92b0410d",
	"pencil, squared": "3ff6e355",
	"ballpoint":       "fb46248e",
	"marker":          "153825fc",
	"thick marker":    "51c862bb",
	"red pen":         "cb7f968d",
	"chalkboard":      "ff44c6f4",
	"whiteboard":      "eeaeb3fb",
	"gradient":        "b5c046d6",
	"hard shadow":     "7fa6e33a",
	"soft shadow":     "82b65be4",
	"vignette":        "90e0c14a",
	"dim room":        "714a3da9",
	"flash":           "3ca1b133",
	"noise":           "5ee80ae2",
	"defocus":         "8f1beae0",
	"motion blur":     "c67ec920",
	"JPEG quality":    "98a027c4",
	"rotation":        "9559b357",
	"perspective":     "2445cb7b",
	"small frame":     "e9148702",
	"large frame":     "70251d00",
	"small digit":     "2c15bb6c",
	"large digit":     "762453a6",
	"off centre":      "636ad0a0",
	"frame line":      "b2d8d57f",
	"table edge":      "7100e625",
	"thumb":           "3933fd66",
	"specks":          "816a676f",
	"mixed":           "b5809420",
}

func TestGoldenDigests(t *testing.T) {
	for _, one := range conditions {
		if digest := fmt.Sprintf("%08x", crc32.ChecksumIEEE(snapshot(one.changes, seven(), dice(1)).Pix)); digest != digests[one.name] {
			t.Errorf("%q: %q,", one.name, digest)
		}
	}
}
