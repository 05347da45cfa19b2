package imageprep

import (
	"image"
	"math"
	"slices"
)

// Widths of strokes, in pixels of the tensor.
const (
	thinPen  = 1.35 // 1 of 200 of MNIST's strokes are thinner
	usualPen = 1.9  // what thinner ones become
	thickPen = 4.5  // about 1 of 100 of MNIST's strokes are thicker
	blot     = 7    // and more is no stroke
	broadPen = 3.4  // what thicker ones become
	fine     = 4    // parts of a pixel, in which strokes grow and shrink
)

// thicken gives the strokes of a fine pen the width that MNIST's have.
func (p *picture) thicken() (bool, error) {
	if !p.cropped {
		return false, nil
	}
	width := strokeWidth(p.tensor[:], Side)
	if width >= thinPen || width == 0 {
		return false, nil
	}
	grown := grow(p.fineInk(), fine*Side, fine/2*(usualPen-width))
	for i := range p.tensor {
		sum := float32(0)
		for y := range fine {
			for _, v := range grown[(i/Side*fine+y)*fine*Side+i%Side*fine:][:fine] {
				sum += v
			}
		}
		p.tensor[i] = sum / (fine * fine)
	}
	return true, nil
}

// thin takes from the strokes of a thick pen what closes loops and fills corners.
// What is left of the digit fills the box again.
func (p *picture) thin() (bool, error) {
	if !p.cropped {
		return false, nil
	}
	width := strokeWidth(p.tensor[:], Side)
	if width <= thickPen || width >= blot {
		return false, nil
	}
	const growth = 1 - float64(broadPen)/boxSide // of the width when what is left fills the box
	radius := fine / 2 * (width - broadPen) / growth
	ink := p.fineInk()
	thick := finePlane(ink)
	thin := finePlane(complement(grow(complement(ink), fine*Side, radius)))
	before, after := thick.box(boxInk), thin.box(boxInk)
	if most := int(2*radius) + 2*fine; before.Dx()-after.Dx() > most || before.Dy()-after.Dy() > most {
		return false, nil // a thin stroke beside the thick ones is gone
	}
	p.ink, p.box = thin, after
	p.fitBox()
	p.resample(p.tensor[:], Side, p.window)
	return true, nil
}

// fineInk is the window in parts of the tensor's pixels.
func (p *picture) fineInk() []float32 {
	ink := make([]float32, fine*Side*fine*Side)
	p.resample(ink, fine*Side, p.window)
	return ink
}

// finePlane is such ink as a picture.
func finePlane(ink []float32) plane {
	g := newPlane(image.Rect(0, 0, fine*Side, fine*Side))
	for i, v := range ink {
		g.pix[i] = uint8(v*255 + 0.5)
	}
	return g
}

// complement makes paper of ink.
func complement(ink []float32) []float32 {
	for i, v := range ink {
		ink[i] = 1 - v
	}
	return ink
}

// strokeWidth is the usual width of the strokes: twice their area by their
// circumference, which is the total variation. Strokes that are less than a
// pixel wide show as faint ones, and are as wide as they are faint.
func strokeWidth(ink []float32, side int) float64 {
	var area, variation float64
	var levels histogram
	for i, v := range ink {
		area += float64(v)
		if x := i % side; x > 0 {
			variation += math.Abs(float64(v - ink[i-1]))
		}
		if i >= side {
			variation += math.Abs(float64(v - ink[i-side]))
		}
		levels[uint8(v*255)]++
	}
	if variation == 0 {
		return 0
	}
	most := 255
	for levels[most] == 0 {
		most--
	}
	full := float64(levels.quantile(most/4, most, 0.9)) / 255
	return 2 * area / (variation * math.Pi / 4) * full
}

// grow is the most ink within a radius, of whole parts, around each pixel of a
// square; half a pixel more makes it round.
func grow(ink []float32, side int, radius float64) []float32 {
	out := slices.Clone(ink)
	reach := int(radius)
	for y := range side {
		for x, v := range ink[y*side:][:side] {
			if v == 0 || surrounded(ink, side, x, y) {
				continue
			}
			for dy := max(-reach, -y); dy <= min(reach, side-1-y); dy++ {
				half := min(reach, int(math.Sqrt((radius+0.5)*(radius+0.5)-float64(dy*dy))))
				to := out[(y+dy)*side:][:side]
				for i := max(0, x-half); i <= min(side-1, x+half); i++ {
					to[i] = max(to[i], v)
				}
			}
		}
	}
	return out
}

// surrounded reports whether the four pixels around one have as much ink: they
// reach as far as it does.
func surrounded(ink []float32, side, x, y int) bool {
	i := y*side + x
	return x > 0 && x < side-1 && y > 0 && y < side-1 && min(ink[i-1], ink[i+1], ink[i-side], ink[i+side]) >= ink[i]
}
