package mnist

import (
	"math"
	"math/rand/v2"

	"digits/internal/f32"
)

// Augmentation says how far a training image may be changed: every amount is
// drawn from 0 to its limit, in both directions where there are two. The zero
// value leaves images alone.
type Augmentation struct {
	Rotation float64 `json:"rotation,omitempty"` // degrees
	Scale    float64 `json:"scale,omitempty"`    // share of the size, separately for width and height
	Shear    float64 `json:"shear,omitempty"`    // pixels sideways per pixel of height
	Shift    float64 `json:"shift,omitempty"`    // pixels, separately for both directions
	Far      Effect  `json:"far,omitzero"`       // images whose four limits above are that many times as large
	Elastic  float64 `json:"elastic,omitempty"`  // standard deviation of a smooth displacement, in pixels
	Stroke   float64 `json:"stroke,omitempty"`   // how far strokes grow or shrink, 1 being a pixel on every side
	Restyle  float64 `json:"restyle,omitempty"`  // share of the moved images that get another style, where one is known: see restyle
	Stretch  float64 `json:"stretch,omitempty"`  // share of the moved images that lose their aspect
	Wear     Wear    `json:"wear,omitzero"`      // what cameras, scanners and paper add
}

// drawn reports whether there is more to do than moving the image.
func (l *Augmentation) drawn() bool {
	return l.Elastic != 0 || l.Stroke != 0 || l.Restyle != 0 || l.Stretch != 0 || l.Wear != Wear{}
}

// times returns the limits multiplied by a factor, and the shares brought half
// as near to 0.
func (l Augmentation) times(f float64) Augmentation {
	share := (1 + f) / 2
	l.Restyle, l.Stretch, l.Far.Share = l.Restyle*share, l.Stretch*share, l.Far.Share*share
	l.Elastic, l.Stroke = l.Elastic*f, l.Stroke*f
	return l.farther(f)
}

// farther returns the limits with those of the motion multiplied.
func (l Augmentation) farther(f float64) Augmentation {
	l.Rotation, l.Scale, l.Shear, l.Shift = l.Rotation*f, l.Scale*f, l.Shear*f, l.Shift*f
	return l
}

// Augmenter draws one augmented image after another. It belongs to one
// goroutine at a time.
type Augmenter struct {
	Limits   Augmentation
	Strength float64 // factor of the limits, up to 4; 0 means 1
	dice     dice
	canvas   canvas
}

// dice are random numbers that are seeded for every picture.
type dice struct {
	source *rand.PCG
	*rand.Rand
}

// seed makes the numbers those of a sample in an epoch.
func (d *dice) seed(seed uint64, epoch, sample int) *rand.Rand {
	if d.source == nil {
		d.source = rand.NewPCG(0, 0)
		d.Rand = rand.New(d.source)
	}
	d.source.Seed(seed, uint64(epoch)<<32|uint64(sample))
	return d.Rand
}

// strength returns the factor as it is meant.
func strength(factor float64) float64 {
	if factor == 0 {
		return 1
	}
	return factor
}

// Apply writes the augmented image to dst as floats in [0, 1]. The result
// depends on the limits, the strength, the image, the label, the seed, the
// epoch and the sample's index alone. The label says which styles the digit
// has; it is NoDigit for what has none.
func (a *Augmenter) Apply(dst []float32, image []byte, label uint8, seed uint64, epoch, sample int) {
	factor := strength(a.Strength)
	l := a.Limits.times(factor)
	if l == (Augmentation{}) {
		floats(dst, image)
		return
	}
	f32.ClearVectors()
	random := a.dice.seed(seed, epoch, sample)
	m := l.motion(random)
	if !l.drawn() {
		warp(dst, image, m)
		return
	}
	floats(dst, image)
	a.canvas.augment(dst, label, m, &l, factor, random)
}

// plain is how many images there are to one that is not moved. Moved images
// are a little blurred: a network that sees no others takes the sharpness of
// the real ones for something else.
const plain = 6

// augment does to a picture all that there is to do. The motion is drawn
// already.
func (c *canvas) augment(dst []float32, label uint8, m motion, l *Augmentation, factor float64, random *rand.Rand) {
	if random.IntN(plain) > 0 {
		c.fill(dst)
		if random.Float64() < l.Restyle {
			m = c.restyle(m, dst, label, random)
		}
		if random.Float64() < l.Stretch {
			m = c.stretch(m, random)
		}
		c.warp(dst, m, l.Elastic, random)
		if l.Stroke != 0 {
			c.stroke(dst, l.Stroke*(2*random.Float64()-1))
		}
	}
	c.wear(dst, &l.Wear, factor, random)
}

// floats writes bytes as floats in [0, 1].
func floats(dst []float32, image []byte) {
	for i, v := range image {
		dst[i] = float32(v) / 255
	}
}

// motion is where a pixel of the result comes from: (xx·x + xy·y, yx·x + yy·y)
// plus the shift, the coordinates counted from the centre.
type motion struct{ xx, xy, yx, yy, shiftX, shiftY float64 }

// motion draws a motion: the inverse of what happens to the digit.
func (l Augmentation) motion(random *rand.Rand) motion {
	if l.Far.Share != 0 && random.Float64() < l.Far.Share {
		l = l.farther(l.Far.Strength)
	}
	uniform := func(limit float64) float64 { return limit * (2*random.Float64() - 1) }
	sin, cos := math.Sincos(uniform(l.Rotation) * math.Pi / 180)
	width, height := 1+uniform(l.Scale), 1+uniform(l.Scale)
	shear := uniform(l.Shear)
	shiftX, shiftY := uniform(l.Shift), uniform(l.Shift)
	return motion{cos / width, sin/width + shear, -sin / height, cos / height, shiftX, shiftY}
}

// fitted returns the motion after which the picture comes from where it is
// enlarged by a factor and then moved.
func (m motion) fitted(factorX, factorY, right, down float64) motion {
	return motion{m.xx * factorX, m.xy * factorX, m.yx * factorY, m.yy * factorY, m.shiftX*factorX + right, m.shiftY*factorY + down}
}

// warp samples the moved image bilinearly; outside the image is 0.
func warp(dst []float32, image []byte, m motion) {
	const centre = (Side - 1) / 2.0
	for row := range Side {
		y := float64(row) - centre
		sx := m.xy*y - m.xx*centre + centre + m.shiftX
		sy := m.yy*y - m.yx*centre + centre + m.shiftY
		line := dst[row*Side:][:Side]
		for col := range line {
			line[col] = bilinear(image, float32(sx), float32(sy))
			sx += m.xx
			sy += m.yx
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
