package httpapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
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
func (a *API) readUpload(w http.ResponseWriter, r *http.Request) (upload, error) {
	body, err := a.readBody(w, r)
	if err != nil {
		return upload{}, err
	}
	if len(body) == 0 {
		return upload{}, errEmptyBody
	}
	mediaType, parameters, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var up upload
	switch {
	case mediaType == "multipart/form-data":
		up, err = a.parseForm(body, parameters["boundary"])
	case mediaType == jsonType || strings.HasPrefix(strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n"), "{"):
		up, err = parseJSON(body)
	default:
		up.images = []sentImage{{data: body}}
	}
	switch {
	case err != nil:
		return upload{}, err
	case len(up.images) == 0:
		return upload{}, errNoImage
	case len(up.images) > a.options.MaxImages:
		return upload{}, errTooManyImages
	}
	return up, nil
}

// readBody reads the whole body, within the limit. It allocates as the bytes
// come, not as they are announced.
func (a *API) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return nil, errContentEncoding
	}
	if r.ContentLength > a.options.MaxBodyBytes {
		return nil, errBodyTooLarge
	}
	var body bytes.Buffer
	body.Grow(int(min(max(r.ContentLength, 0), 64<<10)) + bytes.MinRead)
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, a.options.MaxBodyBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return body.Bytes(), nil
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
			return upload{}, fmt.Errorf("%w: %w", errMalformedForm, err)
		}
		if parts >= 2*a.options.MaxImages {
			return upload{}, errTooManyImages
		}
		if part.FormName() != "image" {
			continue
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return upload{}, fmt.Errorf("%w: %w", errMalformedForm, err)
		}
		up.images = append(up.images, sentImage{data: data})
	}
}

// parseJSON reads {"image": base64} or {"images": [base64, …]}.
func parseJSON(body []byte) (upload, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	var fields map[string]json.RawMessage
	if err := decoder.Decode(&fields); err != nil || fields == nil {
		return upload{}, errors.Join(errMalformedJSON, err)
	}
	if len(bytes.TrimSpace(body[decoder.InputOffset():])) > 0 {
		return upload{}, errTrailingData
	}
	one, isOne := fields["image"]
	list, isList := fields["images"]
	switch {
	case len(fields) == 1 && isOne:
		var text *string
		if err := json.Unmarshal(one, &text); err != nil || text == nil {
			return upload{}, errors.Join(errMalformedJSON, err)
		}
		return upload{images: []sentImage{decodeBase64(*text)}}, nil
	case len(fields) == 1 && isList:
		return parseList(list)
	case len(fields) == 0:
		return upload{}, errNoImage
	}
	return upload{}, errUnexpectedField
}

func parseList(list json.RawMessage) (upload, error) {
	var texts []*string
	if err := json.Unmarshal(list, &texts); err != nil {
		return upload{}, errors.Join(errMalformedJSON, err)
	}
	up := upload{several: true}
	for _, text := range texts {
		if text == nil {
			return upload{}, errMalformedJSON
		}
		up.images = append(up.images, decodeBase64(*text))
	}
	return up, nil
}

func decodeBase64(text string) sentImage {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return sentImage{err: fmt.Errorf("%w: %w", errMalformedBase64, err)}
	}
	return sentImage{data: data}
}
