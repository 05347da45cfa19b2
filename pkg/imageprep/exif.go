package imageprep

import (
	"bytes"
	"encoding/binary"

	"github.com/bep/imagemeta"
)

// orientation reads how a camera was held, as Exif says it: 1 to 8, and 1 for
// a file that does not say it or says it wrongly.
func orientation(data []byte, format string) int {
	var kind imagemeta.ImageFormat
	switch format {
	case "jpeg":
		data, kind = exifOfJPEG(data), imagemeta.TIFF // which is what Exif is
	case "png":
		kind = imagemeta.PNG
	case "tiff":
		kind = imagemeta.TIFF
	case "webp":
		data, kind = exifOfWebP(data), imagemeta.TIFF
	default:
		return upright
	}
	if len(data) == 0 || format == "png" && !bytes.Contains(data, []byte("eXIf")) { // which costs less than the parser
		return upright
	}
	found := upright
	_, err := imagemeta.Decode(imagemeta.Options{
		R:           bytes.NewReader(data),
		ImageFormat: kind,
		Sources:     imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool {
			return tag.Tag == "Orientation" && tag.Namespace == "IFD0"
		},
		HandleTag: func(tag imagemeta.TagInfo) error {
			if v, ok := tag.Value.(uint16); ok && v >= 1 && v <= 8 {
				found = int(v)
			}
			return imagemeta.ErrStopWalking
		},
		LimitNumTags: 500,
		LimitTagSize: 1000,
	})
	if err != nil {
		return upright // damaged Exif is no reason to refuse a picture
	}
	return found
}

// exifOfJPEG is the content of the first segment with Exif, if there is one,
// without what begins it. (The parser's own reader of JPEG gives up at fill
// bytes between segments.)
func exifOfJPEG(data []byte) []byte {
	for marker, content := range segments(data) {
		size := int(binary.BigEndian.Uint16(content))
		if size < 2 || size > len(content) {
			return nil
		}
		if exif, ok := bytes.CutPrefix(content[2:size], []byte("Exif\x00\x00")); ok && marker == markerApplication {
			return exif
		}
		if marker == markerScan {
			return nil // what comes now is pixels
		}
	}
	return nil
}
