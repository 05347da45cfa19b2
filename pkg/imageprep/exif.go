package imageprep

import (
	"bytes"

	"github.com/bep/imagemeta"
)

// orientation reads how a camera was held, as Exif says it: 1 to 8, and 1 for
// a file that does not say it or says it wrongly.
func orientation(data []byte, format string) int {
	var kind imagemeta.ImageFormat
	switch format {
	case "jpeg":
		kind = imagemeta.JPEG
	case "png":
		kind = imagemeta.PNG
	case "tiff":
		kind = imagemeta.TIFF
	case "webp":
		kind = imagemeta.WebP
	default:
		return upright
	}
	if !mayHaveOrientation(data, format) {
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

// mayHaveOrientation spares small files the parser, which costs more than
// their decoding.
func mayHaveOrientation(data []byte, format string) bool {
	switch format {
	case "png":
		return bytes.Contains(data, []byte("eXIf"))
	case "jpeg", "webp":
		return bytes.Contains(data, []byte("Exif")) || bytes.Contains(data, []byte("EXIF"))
	}
	return true
}
