package mnist

import (
	"math"
	"math/rand/v2"
	"strings"
)

// shapes are outlines, written as signs are, that are filled where an odd
// number of them lies around: clothes and what is in the catalogue beside
// them, symbols, and plates with holes. One hole would be a 0, and two above
// one another an 8.
var shapes = [...]string{
	"204151709284737929231402", "20709889737929231908", "2070896953433919", "306063891933", // shirt, coat, trousers, dress
	"042556979909", "206065979929", "04949909 2070746461313424", "00909909", // shoe, boot, bag, box
	"509909", "5270929459040220", "306063939666693936060333", "03535095595606", // triangle, heart, cross, arrow
	"0090639606", "2950890393", "00909909 12424717 52828757", "00909909 11414414 51818454 15454818 55858858", // flag, star, windows
}

// shape fills a blob, a wide bar, or one of the shapes.
func (n *Negatives) shape(random *rand.Rand) {
	points := n.points[:0]
	switch kind := random.IntN(6); {
	case kind == 0:
		points = disc(points, 0.1*random.Float64(), random)
	case kind == 1:
		points = disc(points, 0.2+0.3*random.Float64(), random)
	case kind == 2: // a bar that lies
		thick := 0.08 + 0.3*random.Float64()
		points = append(points, point{0, 0, true, false}, point{x: 1}, point{x: 1, y: thick}, point{y: thick})
	default:
		for outline := range strings.SplitSeq(shapes[random.IntN(len(shapes))], " ") {
			for i := 0; i+1 < len(outline); i += 2 {
				points = append(points, point{float64(outline[i] - '0'), float64(outline[i+1] - '0'), i == 0, false})
			}
		}
	}
	sin, cos := math.Sincos(0.1 * random.NormFloat64())
	stretch := math.Exp(0.12 * random.NormFloat64())
	for i, p := range points {
		points[i].x, points[i].y = stretch*(cos*p.x+sin*p.y), cos*p.y-sin*p.x
	}
	fit(points, boxSide-1)
	n.fill(points)
	n.dye(random)
}

// disc is a round shape of 16 corners, nearer and farther.
func disc(points []point, rough float64, random *rand.Rand) []point {
	const corners = 16
	flat := 0.75 + 0.5*random.Float64()
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		reach := 1 - rough*random.Float64()
		points = append(points, point{x: reach * cos, y: flat * reach * sin, up: i == 0})
	}
	return points
}

// fill fills the outlines, by the even-odd rule, on two lines for each row.
func (n *Negatives) fill(points []point) {
	var crossings [maxPoints]float64
	for half := range 2 * Side {
		y, found, start := float64(half)/2-0.25, 0, 0
		for i, a := range points {
			if a.up {
				start = i
			}
			b := points[start] // closes the outline
			if i+1 < len(points) && !points[i+1].up {
				b = points[i+1]
			}
			if (a.y > y) == (b.y > y) {
				continue
			}
			x, k := a.x+(y-a.y)/(b.y-a.y)*(b.x-a.x), found
			for ; k > 0 && crossings[k-1] > x; k-- {
				crossings[k] = crossings[k-1]
			}
			crossings[k] = x
			found++
		}
		line := n.sketch[half/2*Side:][:Side]
		for k := 0; k+1 < found; k += 2 {
			span(line, crossings[k], crossings[k+1])
		}
	}
}

// span adds half of the ink from left to right.
func span(line []float32, left, right float64) {
	for col := clip(left - 0.5); col < clip(right+1.5); col++ {
		inside := min(right, float64(col)+0.5) - max(left, float64(col)-0.5)
		line[col] += float32(max(inside, 0) / 2)
	}
}

// dye gives the fill a tone: full, or of a cloth with stripes and grain.
func (n *Negatives) dye(random *rand.Rand) {
	if random.IntN(3) == 0 {
		return
	}
	ink, wave, noise := 0.35+0.6*random.Float32(), 0.25*random.Float64(), 0.15*random.Float32()
	sin, cos := math.Sincos(2 * math.Pi * random.Float64())
	period := 3 + 9*random.Float64()
	for i, v := range n.sketch {
		if v > 0 {
			phase := 2 * math.Pi * (cos*float64(i%Side) + sin*float64(i/Side)) / period
			n.sketch[i] = v * clamp(ink+float32(wave*math.Sin(phase))+noise*float32(random.NormFloat64()))
		}
	}
}
