package imageprep

import (
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack/gonum"
)

// slope is the paper under a lamp without shadows, a quadratic surface, where
// it can be told: the ink must be strokes on it, and may be about half of the
// picture. Medians around each place need more paper, and lose strokes along
// the edges of a picture that is all digit. A thick pen's may be more than half:
// then the paper is the brighter part, and the ink is dark.
func (g plane) slope() (paper plane, thick, ok bool) {
	const bright = 0.8 // of the levels are below the paper's
	for _, share := range [...]float64{0.5, bright} {
		if paper, ok = g.surface(share); ok && g.strokesOn(paper, share) {
			return paper, share == bright, true
		}
	}
	return plane{}, false, false
}

// strokesOn reports whether what differs from the paper is strokes. Where the
// surface is not a median's, they must be much darker than paper.
func (g plane) strokesOn(paper plane, share float64) bool {
	const (
		least = 0.25 // of the picture is plain paper; soft edges of strokes are neither that nor ink
		thick = 0.2  // half of what strokes are at most, of the longer side
		pale  = 0.13 // the same, of what may be shadows, which are not as dark as ink
		most  = 0.01 // of the picture that is thicker
		mixed = 0.15 // of the strokes, that are darker than the paper where the others are brighter
		clear = 0.4  // of them, at most half as bright as paper
	)
	ink, faint := newPlane(g.bounds()), newPlane(g.bounds())
	count, brighter, dim := 0, 0, 0
	for i, v := range g.pix {
		tolerance := 3 + int(paper.pix[i])/32
		d := int(v) - int(paper.pix[i])
		if max(d, -d) <= tolerance {
			continue
		}
		ink.pix[i] = 1
		count++
		if d > 0 {
			brighter++
		}
		if 2*int(v) > int(paper.pix[i]) && int(v) < 2*int(paper.pix[i]) {
			faint.pix[i] = 1
			dim++
		}
	}
	plain := float64(count) <= (1-least)*float64(len(g.pix))
	oneSided := float64(min(brighter, count-brighter)) <= mixed*float64(count)
	strong := share == 0.5 || float64(count-dim) >= clear*float64(count)
	left := max(ink.core(thick), faint.core(pale))
	return plain && oneSided && strong && float64(left) <= most*float64(len(g.pix))
}

// core counts the pixels of 1 that have no other within so much of the longer
// side.
func (g plane) core(reach float64) (count int) {
	for _, v := range g.eroded(int(reach * float64(max(g.width, g.height)))).pix {
		count += int(v)
	}
	return count
}

// surface fits a quadratic function of the place to the levels, so that a share
// of them is below it, by the least sum of absolute errors, which does not care
// how far off the ink is: by least squares weighted anew by the errors
// (Schlossmacher 1973; the share after Koenker and Bassett 1978).
func (g plane) surface(share float64) (plane, bool) {
	const rounds = 20
	var levels histogram
	levels.add(g.pix)
	fitted := slices.Repeat([]float64{float64(levels.quantile(0, 255, share))}, len(g.pix))
	for range rounds {
		normal, right := g.weighted(fitted, share)
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

// weighted returns the normal equations, the upper half of their matrix and
// their right side, of the fit that is weighted by the errors of another.
func (g plane) weighted(fitted []float64, share float64) (normal [terms * terms]float64, right [terms]float64) {
	const exact = 1.0 // level: smaller errors weigh as much
	for i, v := range g.pix {
		d, t := float64(v)-fitted[i], g.terms(i)
		weight := share / max(d, exact)
		if d < 0 {
			weight = (1 - share) / max(-d, exact)
		}
		for a, s := range t {
			right[a] += weight * s * float64(v)
			for b := a; b < terms; b++ {
				normal[a*terms+b] += weight * s * t[b]
			}
		}
	}
	return normal, right
}

// terms is how many powers of a place a quadratic function has.
const terms = 6

// terms are the powers of a place, from -1 to 1 along both sides.
func (g plane) terms(i int) [terms]float64 {
	x := 2*float64(i%g.width)/float64(g.width) - 1
	y := 2*float64(i/g.width)/float64(g.height) - 1
	return [...]float64{1, x, y, x * x, x * y, y * y}
}
