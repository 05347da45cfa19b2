package browsertest

import "math"

// arc returns places on an ellipse around a middle, from one angle to another
// in degrees, clockwise from the right.
func arc(x, y, rx, ry, from, to float64) []point {
	var places []point
	const n = 11
	for i := range n + 1 {
		a := (from + (to-from)*float64(i)/n) * math.Pi / 180
		places = append(places, point{x + rx*math.Cos(a), y + ry*math.Sin(a)})
	}
	return places
}

// line returns places on straight lines through corners.
func line(corners ...point) []point {
	places := corners[:1:1]
	const n = 4
	for i, to := range corners[1:] {
		from := corners[i]
		for j := range n {
			f := float64(j+1) / n
			places = append(places, point{from.x + f*(to.x-from.x), from.y + f*(to.y-from.y)})
		}
	}
	return places
}

func join(parts ...[]point) []point {
	var all []point
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// digits are the strokes of each digit, as a hand makes them.
var digits = [10][][]point{
	{arc(0.5, 0.5, 0.2, 0.32, -80, 285)},
	{line(point{0.52, 0.18}, point{0.49, 0.82})},
	{join(arc(0.48, 0.34, 0.18, 0.17, 190, 370), line(point{0.62, 0.45}, point{0.3, 0.8}, point{0.72, 0.79}))},
	{join(arc(0.48, 0.33, 0.17, 0.15, 205, 440), arc(0.48, 0.64, 0.2, 0.17, -85, 150))},
	{line(point{0.4, 0.2}, point{0.32, 0.53}, point{0.7, 0.52}), line(point{0.62, 0.22}, point{0.58, 0.84})},
	{join(line(point{0.68, 0.2}, point{0.38, 0.21}, point{0.35, 0.46}), arc(0.48, 0.61, 0.19, 0.19, 225, 510))},
	{join(line(point{0.6, 0.17}, point{0.4, 0.48}), arc(0.5, 0.65, 0.17, 0.17, 190, 540))},
	{line(point{0.3, 0.23}, point{0.7, 0.22}, point{0.47, 0.84})},
	{join(arc(0.5, 0.34, 0.15, 0.15, 60, -240), arc(0.5, 0.66, 0.18, 0.18, -70, 250))},
	{join(arc(0.49, 0.36, 0.16, 0.17, 0, 360), line(point{0.65, 0.38}, point{0.6, 0.84}))},
}
