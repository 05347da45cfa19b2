package corrupt

import (
	"math"
	"math/rand/v2"

	"digits/internal/mnist"
)

// cannyEdges leaves the edges of the strokes alone (Canny 1986), in full ink,
// as scikit-image's feature.canny finds them: the peaks of the slope, smoothed
// with a deviation of 1, where it is at least 0.2, and at least 0.1 where such
// peaks touch others.
func cannyEdges(p *picture, _ *rand.Rand) {
	s := slopesOf(p)
	*p = picture{}
	var faint [mnist.Pixels]bool
	var found []int
	for row := 1; row < side-1; row++ {
		for col := 1; col < side-1; col++ {
			i := row*side + col
			faint[i] = s.steepness[i] >= 0.1 && s.peak(row, col)
			if faint[i] && s.steepness[i] >= 0.2 {
				p[i] = 1
				found = append(found, i)
			}
		}
	}
	for len(found) > 0 {
		last := found[len(found)-1]
		found = found[:len(found)-1]
		for _, step := range [...]int{-side - 1, -side, -side + 1, -1, 1, side - 1, side, side + 1} {
			if i := last + step; faint[i] && p[i] == 0 {
				p[i] = 1
				found = append(found, i)
			}
		}
	}
}

// slopes are the derivatives of a picture.
type slopes struct{ down, right, steepness picture }

// slopesOf smooths a picture and takes its derivatives by Sobel's operator,
// which is eight times the slope. Outside of the picture is nothing: neither
// ink nor paper counts there for the smoothing.
func slopesOf(p *picture) *slopes {
	smoothed, weight := *p, picture{}
	for i := range weight {
		weight[i] = 1
	}
	smoothed.smooth(1, (*picture).orPaper)
	weight.smooth(1, (*picture).orPaper)
	for i, w := range weight {
		smoothed[i] /= w
	}
	s := &slopes{down: smoothed, right: smoothed}
	difference, sum := []float64{-1, 0, 1}, []float64{1, 2, 1}
	s.down.blur(difference, 1, 0, (*picture).orNearest)
	s.down.blur(sum, 0, 1, (*picture).orNearest)
	s.right.blur(difference, 0, 1, (*picture).orNearest)
	s.right.blur(sum, 1, 0, (*picture).orNearest)
	for i := range s.steepness {
		s.steepness[i] = math.Hypot(s.down[i], s.right[i])
	}
	return s
}

// peak reports whether it is nowhere steeper up or down the slope, one pixel
// away, interpolated between two neighbours, than at a pixel that is not on
// the picture's edge.
func (s *slopes) peak(row, col int) bool {
	i := row*side + col
	down, right := side, 1 // steps along the slope
	if s.down[i] < 0 {
		down = -side
	}
	if s.right[i] < 0 {
		right = -1
	}
	straight, share := down, math.Abs(s.right[i]/s.down[i])
	if math.Abs(s.right[i]) > math.Abs(s.down[i]) {
		straight, share = right, 1/share
	}
	ahead := share*s.steepness[i+down+right] + (1-share)*s.steepness[i+straight]
	behind := share*s.steepness[i-down-right] + (1-share)*s.steepness[i-straight]
	return max(ahead, behind) <= s.steepness[i]
}
