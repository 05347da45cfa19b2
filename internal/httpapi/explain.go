package httpapi

import (
	"bytes"
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
	r.Pictures = make([]pictureReply, len(result.Pictures))
	for i, p := range result.Pictures {
		r.Pictures[i].Step = p.Step
		if r.Pictures[i].PNG, err = encodePNG(p.Image); err != nil {
			return err
		}
	}
	return nil
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
