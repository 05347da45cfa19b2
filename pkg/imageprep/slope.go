package imageprep

import (
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack/gonum"
)

// slope is the paper under a lamp without shadows, a quadratic surface, where
// it can be told: the ink must be strokes on it, and may be about half of the
// picture. Medians around each place need more paper, and lose strokes along
// the edges of a picture that is all digit.
func (g plane) slope() (plane, bool) {
	const (
		least = 0.25 // of the picture is plain paper; soft edges of strokes are neither that nor ink
		thick = 0.13 // half of what strokes are at most, of the longer side
		most  = 0.01 // of the picture that is thicker
		mixed = 0.3  // of the strokes, that are darker than the paper where the others are brighter
	)
	paper, ok := g.surface()
	if !ok {
		return plane{}, false
	}
	ink, count, brighter := newPlane(g.bounds()), 0, 0
	for i, v := range g.pix {
		tolerance := 3 + int(paper.pix[i])/32
		if d := int(v) - int(paper.pix[i]); max(d, -d) > tolerance {
			ink.pix[i] = 255
			count++
			if d > 0 {
				brighter++
			}
		}
	}
	if float64(count) > (1-least)*float64(len(g.pix)) || float64(min(brighter, count-brighter)) > mixed*float64(count) {
		return plane{}, false
	}
	left := 0
	for _, v := range ink.eroded(int(thick * float64(max(g.width, g.height)))).pix {
		left += int(v) / 255
	}
	return paper, float64(left) <= most*float64(len(g.pix))
}

// surface fits a quadratic function of the place to the levels by the least sum
// of absolute errors, which does not care how far off the ink is: by least
// squares weighted anew by the errors (Schlossmacher 1973).
func (g plane) surface() (plane, bool) {
	const (
		terms  = 6
		rounds = 20
		exact  = 1.0 // level: smaller errors weigh as much
	)
	var levels histogram
	levels.add(g.pix)
	fitted := slices.Repeat([]float64{float64(levels.quantile(0, 255, 0.5))}, len(g.pix))
	for range rounds {
		var normal [terms * terms]float64 // its upper half
		var right [terms]float64
		for i, v := range g.pix {
			d, t := float64(v)-fitted[i], g.terms(i)
			weight := 1 / max(d, -d, exact)
			for a, s := range t {
				right[a] += weight * s * float64(v)
				for b := a; b < terms; b++ {
					normal[a*terms+b] += weight * s * t[b]
				}
			}
		}
		// Not by gonum's mat, which brings all of LAPACK into the program.
		var lapack gonum.Implementation
		if !lapack.Dpotrf(blas.Upper, terms, normal[:], terms) {
			return plane{}, false
		}
		lapack.Dpotrs(blas.Upper, terms, 1, normal[:], terms, right[:], 1)
		for i := range fitted {
			fitted[i] = 0
			for a, s := range g.terms(i) {
				fitted[i] += right[a] * s
			}
		}
	}
	out := newPlane(g.bounds())
	for i, v := range fitted {
		out.pix[i] = level(float32(v))
	}
	return out, true
}

// terms are the powers of a place, from -1 to 1 along both sides.
func (g plane) terms(i int) [6]float64 {
	x := 2*float64(i%g.width)/float64(g.width) - 1
	y := 2*float64(i/g.width)/float64(g.height) - 1
	return [...]float64{1, x, y, x * x, x * y, y * y}
}
