package httpapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// parseJSON reads {"image": base64} or {"images": [base64, …]}. It goes from
// token to token, so that what is refused for its number is not in memory
// first: 8 MiB hold millions of fields or of empty strings.
func (a *API) parseJSON(body []byte) (upload, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := expect(decoder, '{'); err != nil {
		return upload{}, err
	}
	var up upload
	if decoder.More() {
		var err error
		if up, err = a.parseField(decoder); err != nil {
			return upload{}, err
		}
	}
	if decoder.More() {
		_, err := decoder.Token()
		return upload{}, malformedOr(errUnexpectedField, err)
	}
	if err := expect(decoder, '}'); err != nil {
		return upload{}, err
	}
	if len(bytes.TrimSpace(body[decoder.InputOffset():])) > 0 {
		return upload{}, errTrailingData
	}
	return up, nil
}

// parseField reads the object's only field.
func (a *API) parseField(decoder *json.Decoder) (upload, error) {
	name, err := decoder.Token()
	switch {
	case err == nil && name == "image":
		img, err := parseImage(decoder)
		return upload{images: []sentImage{img}}, err
	case err == nil && name == "images":
		return a.parseList(decoder)
	}
	return upload{}, malformedOr(errUnexpectedField, err)
}

func (a *API) parseList(decoder *json.Decoder) (upload, error) {
	if err := expect(decoder, '['); err != nil {
		return upload{}, err
	}
	up := upload{several: true}
	for decoder.More() {
		if len(up.images) == a.options.MaxImages {
			return upload{}, errTooManyImages
		}
		img, err := parseImage(decoder)
		if err != nil {
			return upload{}, err
		}
		up.images = append(up.images, img)
	}
	return up, expect(decoder, ']')
}

// parseImage reads one base64 string. What is wrong with the base64 belongs to
// the image; the error is about the JSON.
func parseImage(decoder *json.Decoder) (sentImage, error) {
	var text *string
	err := decoder.Decode(&text)
	var wrongType *json.UnmarshalTypeError
	switch {
	case err == nil && text == nil || errors.As(err, &wrongType):
		return sentImage{}, errWrongType
	case err != nil:
		return sentImage{}, errors.Join(errMalformedJSON, err)
	}
	data, err := base64.StdEncoding.DecodeString(*text)
	if err != nil {
		return sentImage{err: fmt.Errorf("%w: %w", errMalformedBase64, err)}, nil
	}
	return sentImage{data: data}, nil
}

// expect reads a delimiter. Where another token could stand, a value begins.
func expect(decoder *json.Decoder, delimiter json.Delim) error {
	token, err := decoder.Token()
	if err == nil && token != delimiter {
		return errWrongType
	}
	return malformedOr(nil, err)
}

// malformedOr returns the problem with JSON that could be read, or that it
// could not.
func malformedOr(problem, err error) error {
	if err != nil {
		return errors.Join(errMalformedJSON, err)
	}
	return problem
}
