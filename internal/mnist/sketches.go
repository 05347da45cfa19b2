package mnist

import (
	"math"
	"math/rand/v2"
)

// point is a place on a unit square, or the end of a stroke.
type point struct {
	x, y float64
	up   bool // the pen is lifted before it
}

const maxPoints = 64

// signs are strokes that are no digit: lists of points, a stroke each.
var signs = [][][]point{
	{{{0, 0, false}, {1, 1, false}}, {{1, 0, false}, {0, 1, false}}},                              // ×
	{{{0.5, 0, false}, {0.5, 1, false}}, {{0, 0.5, false}, {1, 0.5, false}}},                      // +
	{{{0, 0.5, false}, {1, 0.5, false}}},                                                          // −
	{{{0, 0.3, false}, {1, 0.3, false}}, {{0, 0.7, false}, {1, 0.7, false}}},                      // =
	{{{0, 0, false}, {0.25, 1, false}, {0.5, 0.3, false}, {0.75, 1, false}, {1, 0, false}}},       // w
	{{{0, 1, false}, {0.15, 0, false}, {0.5, 0.8, false}, {0.85, 0, false}, {1, 1, false}}},       // m
	{{{0, 0, false}, {0.5, 1, false}, {1, 0, false}}},                                             // v
	{{{0, 0, false}, {0.5, 0.5, false}}, {{1, 0, false}, {0.5, 0.5, false}, {0.5, 1, false}}},     // Y
	{{{0, 0, false}, {0.55, 0.55, false}}, {{1, 0, false}, {0.2, 1, false}}},                      // y
	{{{0, 0, false}, {0.45, 0.55, false}}, {{1, 0, false}, {0.45, 0.55, false}, {0.1, 1, false}}}, // y
	{{{0, 0, false}, {0.1, 0.35, false}, {0.45, 0.5, false}, {0.85, 0.35, false}}, {{0.9, 0, false}, {0.85, 0.5, false}, {0.7, 0.9, false}, {0.35, 1, false}, {0.05, 0.9, false}}}, // y with a tail
	{{{0, 0.05, false}, {0.15, 0.4, false}, {0.5, 0.45, false}, {0.8, 0, false}, {0.8, 0.6, false}, {0.5, 1, false}, {0.1, 0.95, false}, {0.9, 0.55, false}}},                      // y with a loop
	{{{0, 0, false}, {0.05, 0.4, false}, {0.3, 0.55, false}, {0.7, 0.45, false}, {0.9, 0, false}, {0.85, 1, false}}},                                                               // y, straight
	{{{0.1, 0, false}, {0.35, 0.5, false}}, {{1, 0, false}, {0.6, 0.6, false}, {0.3, 0.95, false}, {0, 1, false}}},                                                                 // y, bent
	{{{0.5, 0, false}, {1, 1, false}, {0, 1, false}, {0.5, 0, false}}},                                                                                                             // a triangle
	{{{0, 1, false}, {0.5, 0, false}, {1, 1, false}}, {{0.2, 0.6, false}, {0.8, 0.6, false}}},                                                                                      // A
	{{{0, 0, false}, {0, 1, false}}, {{1, 0, false}, {1, 1, false}}, {{0, 0.5, false}, {1, 0.5, false}}},                                                                           // H
	{{{0, 1, false}, {0, 0, false}, {1, 1, false}, {1, 0, false}}},                                                                                                                 // N
	{{{0, 0, false}, {0, 1, false}}, {{1, 0, false}, {0, 0.55, false}, {1, 1, false}}},                                                                                             // K
	{{{0, 0, false}, {0, 1, false}, {1, 1, false}}},                                                                                                                                // L
	{{{0, 0, false}, {1, 0, false}}, {{0.5, 0, false}, {0.5, 1, false}}},                                                                                                           // T
	{{{1, 0, false}, {0, 0, false}, {0, 1, false}, {1, 1, false}}, {{0, 0.5, false}, {0.7, 0.5, false}}},                                                                           // E
	{{{1, 0, false}, {0, 0, false}, {0, 1, false}}, {{0, 0.5, false}, {0.7, 0.5, false}}},                                                                                          // F
	{{{1, 0.1, false}, {0.4, 0, false}, {0, 0.5, false}, {0.4, 1, false}, {1, 0.9, false}}},                                                                                        // C
	{{{0, 0, false}, {0.1, 0.8, false}, {0.5, 1, false}, {0.9, 0.8, false}, {1, 0, false}}},                                                                                        // U
	{{{0, 0, false}, {0, 1, false}}, {{0, 0, false}, {0.9, 0.1, false}, {0.9, 0.45, false}, {0, 0.5, false}, {1, 1, false}}},                                                       // R
	{{{0, 0.6, false}, {0.35, 1, false}, {1, 0, false}}},                                                                                                                           // a tick
	{{{0.5, 0, false}, {0.5, 1, false}}, {{0, 0.25, false}, {1, 0.75, false}}, {{1, 0.25, false}, {0, 0.75, false}}},                                                               // an asterisk
	{{{0.2, 0, false}, {0.2, 1, false}}, {{0.7, 0, false}, {0.7, 1, false}}, {{0, 0.3, false}, {1, 0.3, false}}, {{0, 0.7, false}, {1, 0.7, false}}},                               // #
	{{{0, 0.5, false}, {1, 0.5, false}}, {{0.6, 0.1, false}, {1, 0.5, false}, {0.6, 0.9, false}}},                                                                                  // an arrow
	{{{0, 0, false}, {0.33, 0.3, false}, {0, 0.5, false}}, {{1, 0, false}, {0.67, 0.3, false}, {1, 0.5, false}}},                                                                   // brackets
}

// strokes draws a sign, or some strokes without a meaning.
func (n *Negatives) strokes(random *rand.Rand) {
	points := n.points[:0]
	if random.IntN(4) > 0 {
		for _, stroke := range signs[random.IntN(len(signs))] {
			for i, p := range stroke {
				p.up = i == 0
				points = append(points, p)
			}
		}
	} else {
		points = scribble(points, random)
	}
	for i := range points {
		points[i].x += 0.09 * random.NormFloat64()
		points[i].y += 0.09 * random.NormFloat64()
	}
	n.draw(points, random)
}

// scribble is three to five strokes of two to four points each.
func scribble(points []point, random *rand.Rand) []point {
	for range 3 + random.IntN(3) {
		for k := range 2 + random.IntN(3) {
			points = append(points, point{random.Float64(), random.Float64(), k == 0})
		}
	}
	return points
}

// draw turns and stretches the points, brings them into the box and draws
// them, the corners rounded or not.
func (n *Negatives) draw(points []point, random *rand.Rand) {
	sin, cos := math.Sincos(0.2 * random.NormFloat64())
	stretch := math.Exp(0.25 * random.NormFloat64())
	for i, p := range points {
		points[i].x, points[i].y = stretch*(cos*p.x+sin*p.y), cos*p.y-sin*p.x
	}
	p := pen{width: 1 + 2.8*random.Float64(), ink: 1}
	fit(points, 19.5-p.width)
	bow := 0.0
	if random.IntN(2) == 0 {
		bow = 0.25 * random.NormFloat64()
	}
	for i := 1; i < len(points); i++ {
		if a, b := points[i-1], points[i]; !b.up {
			n.curve(p, a, b, bow)
		}
	}
}

// curve draws from one point to another, bent by a share of the distance.
func (n *Negatives) curve(p pen, a, b point, bow float64) {
	const parts = 5
	x, y := a.x, a.y
	for k := 1; k <= parts; k++ {
		t := float64(k) / parts
		away := 4 * bow * t * (1 - t)
		nextX, nextY := a.x+t*(b.x-a.x)-away*(b.y-a.y), a.y+t*(b.y-a.y)+away*(b.x-a.x)
		p.line(n.sketch[:], x, y, nextX, nextY)
		x, y = nextX, nextY
	}
}

// fit scales the points into a box in the middle of the picture, the aspect
// kept.
func fit(points []point, size float64) {
	left, top, right, bottom := points[0].x, points[0].y, points[0].x, points[0].y
	for _, p := range points {
		left, right, top, bottom = min(left, p.x), max(right, p.x), min(top, p.y), max(bottom, p.y)
	}
	scale := size / max(right-left, bottom-top, 0.01)
	for i, p := range points {
		points[i].x = Side/2 + scale*(p.x-(left+right)/2)
		points[i].y = Side/2 + scale*(p.y-(top+bottom)/2)
	}
}

// shape fills a random polygon or an ellipse, from a dot to a piece of
// clothing: corners around a centre, nearer and farther.
func (n *Negatives) shape(random *rand.Rand) {
	var corners [12]point
	number := 3 + random.IntN(len(corners)-2)
	rough := 0.0
	if random.IntN(3) > 0 {
		rough = 0.45
	}
	shape := corners[:number]
	for i := range shape {
		sin, cos := math.Sincos(2 * math.Pi * (float64(i) + 0.3*rough*random.NormFloat64()) / float64(number))
		reach := 1 - rough*random.Float64()
		shape[i] = point{x: reach * cos, y: reach * sin}
	}
	if rough == 0 {
		for i := range shape { // flatter or narrower
			shape[i].y *= 0.3 + 0.7*float64(number)/float64(len(corners))
		}
	}
	fit(shape, 19)
	ink := 0.5 + 0.5*random.Float32()
	for i := range n.sketch {
		if inside(shape, float64(i%Side), float64(i/Side)) {
			n.sketch[i] = ink
		}
	}
}

// inside reports whether a place is within a polygon.
func inside(polygon []point, x, y float64) bool {
	within := false
	last := polygon[len(polygon)-1]
	for _, p := range polygon {
		if (p.y > y) != (last.y > y) && x < (last.x-p.x)*(y-p.y)/(last.y-p.y)+p.x {
			within = !within
		}
		last = p
	}
	return within
}
