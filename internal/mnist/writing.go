package mnist

import (
	"math"
	"math/rand/v2"
	"strings"
)

// point is a place in a square, and how the pen comes there.
type point struct {
	x, y float64
	up   bool // lifted
	soft bool // this stroke rounds its corners
}

const maxPoints = 64

// shaken appends the points of strokes as a hand that shakes sets them. Each is
// a column and a row from 0 to 9, a space lifts the pen, and a stroke after ~
// is round.
func shaken(points []point, strokes string, random *rand.Rand) []point {
	for stroke := range strings.SplitSeq(strokes, " ") {
		grid, soft := strings.CutPrefix(stroke, "~")
		for i := 0; i+1 < len(grid); i += 2 {
			near := func(digit byte) float64 { return float64(digit-'0')/9 + 0.06*random.NormFloat64() }
			points = append(points, point{near(grid[i]), near(grid[i+1]), i == 0, soft})
		}
	}
	return points
}

// write turns, slants and stretches the points, brings them into the box and
// draws them with a pen. Half of the time straight strokes are bowed, by a share
// of their length with this deviation.
func write(dst []float32, points []point, bowed float64, random *rand.Rand) {
	sin, cos := math.Sincos(0.12 * random.NormFloat64())
	stretch, slant := math.Exp(0.22*random.NormFloat64()), 0.15*random.NormFloat64()
	for i, p := range points {
		points[i].x, points[i].y = stretch*(cos*p.x+sin*p.y)+slant*p.y, cos*p.y-sin*p.x
	}
	p := pen{width: 1.2 + 2.8*random.Float64(), ink: 1}
	if random.IntN(4) == 0 {
		p.width = 1 + random.Float64()
	}
	fit(points, boxSide-0.5-p.width)
	bow := 0.0
	if random.IntN(2) == 0 {
		bow = bowed * random.NormFloat64()
	}
	for i, b := range points {
		a := points[max(i-1, 0)]
		switch {
		case b.up:
			p.line(dst, b.x, b.y, b.x, b.y)
		case !b.soft:
			p.bent(dst, a.x, a.y, (a.x+b.x)/2-bow*(b.y-a.y), (a.y+b.y)/2+bow*(b.x-a.x), b.x, b.y)
		case i+1 == len(points) || points[i+1].up:
			p.line(dst, (a.x+b.x)/2, (a.y+b.y)/2, b.x, b.y)
		default: // from the middle before to the middle after
			if a.up {
				p.line(dst, a.x, a.y, (a.x+b.x)/2, (a.y+b.y)/2)
			}
			next := points[i+1]
			p.curve(dst, (a.x+b.x)/2, (a.y+b.y)/2, b.x, b.y, (b.x+next.x)/2, (b.y+next.y)/2)
		}
	}
}

// bent draws a curve through a place halfway.
func (p pen) bent(dst []float32, x0, y0, x1, y1, x2, y2 float64) {
	p.curve(dst, x0, y0, 2*x1-(x0+x2)/2, 2*y1-(y0+y2)/2, x2, y2)
}

// curve draws a quadratic curve (Bézier) with the middle point's pull.
func (p pen) curve(dst []float32, x0, y0, x1, y1, x2, y2 float64) {
	const parts = 5
	x, y := x0, y0
	for k := 1; k <= parts; k++ {
		t := float64(k) / parts
		a, b, c := (1-t)*(1-t), 2*t*(1-t), t*t
		nextX, nextY := a*x0+b*x1+c*x2, a*y0+b*y1+c*y2
		p.line(dst, x, y, nextX, nextY)
		x, y = nextX, nextY
	}
}

const boxSide = 20 // MNIST scales the ink to fit a square of this many pixels

// fit scales the points into a box in the middle of the picture, the aspect
// kept.
func fit(points []point, size float64) {
	const middle = (Side - 1) / 2.0
	left, top, right, bottom := points[0].x, points[0].y, points[0].x, points[0].y
	for _, p := range points {
		left, right, top, bottom = min(left, p.x), max(right, p.x), min(top, p.y), max(bottom, p.y)
	}
	scale := size / max(right-left, bottom-top, 0.01)
	for i, p := range points {
		points[i].x = middle + scale*(p.x-(left+right)/2)
		points[i].y = middle + scale*(p.y-(top+bottom)/2)
	}
}
