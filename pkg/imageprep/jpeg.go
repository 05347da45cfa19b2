package imageprep

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"iter"
)

// MaxProgressivePixels is how many pixels a progressive JPEG may have, three
// quarters of that in CMYK. The decoder keeps its coefficients, of 4 bytes in each
// component, and goes over all pixels again in each scan: as many as this in 32
// scans take an eighth of a second and 50 MiB.
const MaxProgressivePixels = 3_200_000

// maxScans is far above the ten or so of a usual progressive JPEG.
const maxScans = 32

// maxScansBaseline is how many a file that is not progressive can have a use
// for: one for each component.
const maxScansBaseline = 4

// The markers of a JPEG that matter here.
const (
	markerProgressive = 0xc2 // begins a progressive frame
	markerApplication = 0xe1 // holds Exif, or something else
	markerScan        = 0xda
	markerEnd         = 0xd9
)

// segments returns the markers of a JPEG, each with what follows it. It goes
// from one to the next as image/jpeg does.
func segments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for rest := data[2:]; ; {
			at := bytes.IndexByte(rest, 0xff)
			if at < 0 || at+4 > len(rest) {
				return
			}
			marker := rest[at+1]
			switch {
			case marker == 0xff: // a fill byte
				rest = rest[at+1:]
				continue
			case marker == 0 || marker >= 0xd0 && marker <= 0xd7: // within a scan
				rest = rest[at+2:]
				continue
			case marker == markerEnd || !yield(marker, rest[at+2:]):
				return
			}
			rest = rest[min(len(rest), at+2+max(2, int(binary.BigEndian.Uint16(rest[at+2:])))):]
		}
	}
}

// scansOfJPEG is the work that the scans of a progressive JPEG add: going over the
// coefficients of all pixels again takes about an eighth of decoding them.
func scansOfJPEG(data []byte) float64 {
	progressive, scans := false, 0
	for marker := range segments(data) {
		switch {
		case marker == markerProgressive:
			progressive = true
		case marker == markerScan && !progressive:
			return 0
		case marker == markerScan:
			scans++
		}
	}
	return float64(scans) / 8
}

// checkJPEG counts the scans, each of which goes over all pixels again and can
// be as short as twelve bytes: a 64 KiB file could keep the decoder busy for
// seconds.
func checkJPEG(data []byte, _ image.Config) error {
	scans, most := 0, maxScansBaseline
	for marker, content := range segments(data) {
		switch marker {
		case markerProgressive:
			most = maxScans
			width, height, components := frame(content)
			if width*height*max(components, 3) > 3*MaxProgressivePixels {
				return fmt.Errorf("%w: the progressive JPEG has %dx%d; save it as an ordinary one, or with at most %d", ErrTooManyPixels, width, height, MaxProgressivePixels)
			}
		case markerScan:
			scans++
		}
		if scans > most {
			return fmt.Errorf("%w: the JPEG has more than %d scans; save the image anew", ErrTooManyPieces, most)
		}
	}
	return nil
}

// frame returns the size and the number of components that the content of a
// frame's marker declares, or zeros when it is cut off.
func frame(content []byte) (width, height, components int) {
	if len(content) < 8 {
		return 0, 0, 0
	}
	return int(binary.BigEndian.Uint16(content[5:])), int(binary.BigEndian.Uint16(content[3:])), int(content[7])
}
