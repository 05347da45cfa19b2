package httpapi

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"math"

	"digits/internal/classify"
	"digits/pkg/imageprep"
)

// pictureReply is what a step of the preparation has made.
type pictureReply struct {
	Step string `json:"step"`
	PNG  []byte `json:"png"` // base64 in JSON
}

// explain adds the pictures of the preparation, and what the network saw.
func (r *imageReply) explain(result *classify.Result) (err error) {
	if r.Explain, err = encodePNG(tensorPicture(&result.Tensor)); err != nil {
		return err
	}
	r.Pictures, err = pictureReplies(result.Pictures)
	return err
}

// explainedError is why an image has no answer, with the pictures of its
// preparation until then.
type explainedError struct {
	error
	pictures []pictureReply
}

func (e explainedError) Unwrap() error { return e.error }

// explainError adds the pictures to the error about an image without ink, the
// only one that a step of the preparation finds out.
func explainError(cause error, pictures []classify.Picture) error {
	if !errors.Is(cause, imageprep.ErrNoInk) {
		return cause
	}
	replies, err := pictureReplies(pictures)
	if err != nil {
		return err
	}
	return explainedError{cause, replies}
}

func pictureReplies(pictures []classify.Picture) (replies []pictureReply, err error) {
	replies = make([]pictureReply, len(pictures))
	for i, p := range pictures {
		replies[i].Step = p.Step
		if replies[i].PNG, err = encodePNG(p.Image); err != nil {
			return nil, err
		}
	}
	return replies, nil
}

// tensorPicture is the tensor as a grey picture of 28x28.
func tensorPicture(tensor *[imageprep.Pixels]float32) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, imageprep.Side, imageprep.Side))
	for i, v := range tensor {
		img.Pix[i] = uint8(math.Round(255 * float64(min(max(v, 0), 1))))
	}
	return img
}

func encodePNG(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}
