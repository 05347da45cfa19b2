package mnist

import (
	"math"
	"math/rand/v2"
)

// Augmentation says how far a training image may be moved from the original:
// every amount is drawn uniformly from ± its limit. The zero value leaves
// images alone.
type Augmentation struct {
	Rotation float64 `json:"rotation,omitempty"` // degrees
	Scale    float64 `json:"scale,omitempty"`    // share of the size, separately for width and height
	Shear    float64 `json:"shear,omitempty"`    // pixels sideways per pixel of height
	Shift    float64 `json:"shift,omitempty"`    // pixels, separately for both directions
}

// Augmenter draws one augmented image after another. It belongs to one
// goroutine at a time.
type Augmenter struct {
	Limits Augmentation
	pcg    rand.PCG
}

// Apply writes the augmented image to dst as floats in [0, 1]. The result
// depends on the limits, the seed, the epoch and the sample's index alone.
func (a *Augmenter) Apply(dst []float32, image []byte, seed uint64, epoch, sample int) {
	if a.Limits == (Augmentation{}) {
		for i, v := range image {
			dst[i] = float32(v) / 255
		}
		return
	}
	a.pcg.Seed(seed, uint64(epoch)<<32|uint64(sample))
	random := rand.New(&a.pcg)
	uniform := func(limit float64) float64 { return limit * (2*random.Float64() - 1) }
	sin, cos := math.Sincos(uniform(a.Limits.Rotation) * math.Pi / 180)
	width, height := 1+uniform(a.Limits.Scale), 1+uniform(a.Limits.Scale)
	shear := uniform(a.Limits.Shear)
	shiftX, shiftY := uniform(a.Limits.Shift), uniform(a.Limits.Shift)
	// The inverse of the motion: where a pixel of the result comes from.
	xx, xy := cos/width, sin/width+shear
	yx, yy := -sin/height, cos/height
	warp(dst, image, xx, xy, yx, yy, shiftX, shiftY)
}

// warp samples the image bilinearly at (xx·x + xy·y, yx·x + yy·y) + shift, the
// coordinates counted from the centre; outside the image is 0.
func warp(dst []float32, image []byte, xx, xy, yx, yy, shiftX, shiftY float64) {
	const centre = (Side - 1) / 2.0
	for row := range Side {
		y := float64(row) - centre
		sx := xy*y - xx*centre + centre + shiftX
		sy := yy*y - yx*centre + centre + shiftY
		line := dst[row*Side:][:Side]
		for col := range line {
			line[col] = bilinear(image, float32(sx), float32(sy))
			sx += xx
			sy += yx
		}
	}
}

func bilinear(image []byte, x, y float32) float32 {
	if x <= -1 || y <= -1 || x >= Side || y >= Side {
		return 0
	}
	left, top := int(x+1)-1, int(y+1)-1 // rounds down above −1
	fx, fy := x-float32(left), y-float32(top)
	at := func(row, col int) float32 {
		if uint(row) >= Side || uint(col) >= Side {
			return 0
		}
		return float32(image[row*Side+col])
	}
	upper := at(top, left) + fx*(at(top, left+1)-at(top, left))
	lower := at(top+1, left) + fx*(at(top+1, left+1)-at(top+1, left))
	return (upper + fy*(lower-upper)) / 255
}
