package imageprep

import (
	"bytes"
	"io"

	"github.com/bep/imagemeta"
	"golang.org/x/image/riff"
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
		data, kind = exifOfWebP(data), imagemeta.TIFF // which is what Exif is
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
	case "jpeg":
		return bytes.Contains(data, []byte("Exif")) || bytes.Contains(data, []byte("EXIF"))
	}
	return len(data) > 0
}

// exifOfWebP is the content of the chunk with Exif, if there is one, without
// what begins it in a JPEG and, by some programs, here. (The parser's own
// reader of WebP takes neither that nor chunks of odd length before.)
func exifOfWebP(data []byte) []byte {
	_, chunks, err := riff.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	for {
		id, _, chunk, err := chunks.Next()
		if err != nil {
			return nil
		}
		if id == (riff.FourCC{'E', 'X', 'I', 'F'}) {
			exif, _ := io.ReadAll(chunk)
			return bytes.TrimPrefix(exif, []byte("Exif\x00\x00"))
		}
	}
}
