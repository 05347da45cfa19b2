package classify

import (
	"context"
	"slices"

	"digits/internal/proof"
	"digits/pkg/imageprep"
)

// sure is the least confidence in a digit of a proof.
const sure = 0.9

// Prove returns the entry of a proof for an image of 784 bytes, 0 for paper and
// 255 for ink. suits is false when it makes none: the classifier does not read
// the label from it, or from it on paper, with confidence, or the preparation
// changes it. The error is the context's.
func (c *Classifier) Prove(ctx context.Context, image []byte, label int) (d proof.Digit, suits bool, err error) {
	plain, err := c.Classify(ctx, asPNG(asItIs(image)))
	if err == nil {
		var paper Result
		paper, err = c.Classify(ctx, asPNG(onPaper(image)))
		suits = err == nil && surely(&plain, label) && surely(&paper, label) && shows(&plain.Tensor, image)
	}
	if ctx.Err() != nil {
		return d, false, ctx.Err()
	}
	logits := plain.logits[:c.model.OutputShape().Size()]
	return proof.Digit{Label: label, Image: slices.Clone(image), Logits: slices.Clone(logits)}, suits, nil
}

func surely(r *Result, label int) bool {
	return r.Digit == label && r.Confidence >= sure && r.Accepted
}

// shows reports whether the network saw the image itself.
func shows(tensor *[imageprep.Pixels]float32, image []byte) bool {
	for i, v := range image {
		if tensor[i] != float32(v)/255 {
			return false
		}
	}
	return true
}
