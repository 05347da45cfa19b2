package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"strings"

	"digits/pkg/imageprep"
)

// upload is what a request brought.
type upload struct {
	images  []sentImage // at least one
	several bool        // the reply is a list
}

// sentImage is an encoded image, or what was wrong with its envelope.
type sentImage struct {
	data []byte
	err  error
}

// readUpload takes the images out of the request, whichever of the three forms
// it has. The body is read to its end first: only then can net/http notice that
// a client has left.
func (a *API) readUpload(w http.ResponseWriter, r *http.Request, memory *share) (upload, error) {
	body, err := a.readBody(w, r, memory)
	if err != nil {
		return upload{}, err
	}
	if len(body) == 0 {
		return upload{}, errEmptyBody
	}
	mediaType, parameters, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var up upload
	switch {
	case imageprep.Recognizes(body): // whatever it is called
		up.images = []sentImage{{data: body}}
	case mediaType == "multipart/form-data":
		up, err = a.parseForm(body, parameters["boundary"])
	case mediaType == jsonType || strings.HasPrefix(strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n"), "{"):
		up, err = a.parseJSON(body)
	default:
		up.images = []sentImage{{data: body}}
	}
	switch {
	case err != nil:
		return upload{}, err
	case len(up.images) == 0:
		return upload{}, errNoImage
	}
	return up, nil
}

// readBody reads the whole body, within the limits. It allocates as the bytes
// come, not as they are announced.
func (a *API) readBody(w http.ResponseWriter, r *http.Request, memory *share) ([]byte, error) {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return nil, errContentEncoding
	}
	if r.ContentLength > a.options.MaxBodyBytes {
		return nil, errBodyTooLarge
	}
	var body bytes.Buffer
	err := error(errBuffersFull)
	if memory.fits(max(r.ContentLength, 0)) {
		body.Grow(int(min(max(r.ContentLength, 0), 4<<10)) + bytes.MinRead)
		_, err = body.ReadFrom(meter{http.MaxBytesReader(w, r.Body, a.options.MaxBodyBytes), memory})
	}
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return body.Bytes(), nil
	case errors.Is(err, errBuffersFull):
		w.Header().Set("Connection", "close") // or net/http reads the rest before it answers
		return nil, err
	case errors.As(err, &tooLarge):
		return nil, errBodyTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errSlowBody
	}
	return nil, fmt.Errorf("%w: %w", errTruncatedBody, err)
}

// parseForm returns the parts of multipart/form-data that are named image.
func (a *API) parseForm(body []byte, boundary string) (upload, error) {
	if boundary == "" {
		return upload{}, errMalformedForm
	}
	var up upload
	form := multipart.NewReader(bytes.NewReader(body), boundary)
	for parts := 0; ; parts++ {
		part, err := form.NextPart()
		if err == io.EOF {
			up.several = len(up.images) > 1
			return up, nil
		}
		if err != nil {
			return upload{}, fmt.Errorf("%w: part %d has no header that can be read, or does not end", errMalformedForm, parts) // the error quotes it
		}
		switch isImage := part.FormName() == "image"; {
		case isImage && len(up.images) == a.options.MaxImages:
			return upload{}, errTooManyImages
		case parts >= 2*a.options.MaxImages:
			return upload{}, errTooManyParts
		case !isImage:
			continue
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return upload{}, fmt.Errorf("%w: part %d cannot be read to its end", errMalformedForm, parts)
		}
		up.images = append(up.images, sentImage{data: data})
	}
}
