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

// signs are strokes that are no digit. Each point is a column and a row from 0
// to 9, a space lifts the pen, and a stroke after ~ is round. There is no Z, S,
// O, I, B, G and the like, no ^ or ⊥ (ones with a flag or a foot), no λ (a 2)
// and no Γ (a 7 when it leans).
var signs = [...]string{
	"0099 9009", "0099 9009", "5059 0595", "5059 0595", "0595", "0595", // ×, + and −, which are most common
	"0393 0797", "0292 0595 0898", "51 58 0595", "25 75", "05 55 95", "2025 7075", // = ≡ ÷ .. … "
	"0029437990", "~00194951 ~51598990", "~0019394250 ~50596990", "0910478099", "0900599099", // w and M
	"0900 ~03304049 ~43708389", "0900 ~03308089", "~00099880 8089", "~00099990", "~09009099", // m n u U ∩
	"005990", "0055 905559", "0055 9029", "0055 ~905529", "~00046480 ~80898919",
	"~00134583 ~8085683908", "~0014447075491985", // v Y y
	"50990950", "095099 2676", "0009 9099 0595", "09009990", "00099099", "0009 900599", // triangle A H N И K
	"000999", "~000999", "0090 5059", "0009 0595", "90000999 0575", "900009 0575", // L T ⊢ E F
	"~915001085998", "~915001085998 0373 0676", "0009 ~00909505 0599", "0009 ~05348489", // C € R h
	"~30386979 0373", "~80403339 0474", "900599", "900999", // t f < ∠
	"063990", "05395090", "5059 0297 9207", "2029 7079 0393 0797", "3039 6069 0393 0696", // ticks √ * #
	"0595 629568", "5059 235083", "0595 320538 629568", "20000929 70909979", "~20000929 ~70909979", // arrows [] ()
	"295089039329", "~00059590 5059", "0090 0009 3039 6069 9099", "00099990 5059", // star, forks, combs
	"0920597099", "002940698099", "~052049608995", "~0523476396", "~05306990 ~09306599", // zigzags and waves
	"9009 ~0030330300 ~6696996966", "0090 2029 7079", "005990 2373", "0090990900 0099 9009", // % π ∀ ☒
	"090450949909 0494", "2029 7079 2272 2575 2878", "0090990900 0595 5059", // house, ladder, window
}

// sign draws one of the signs, by a shaky hand, or a spiral.
func (n *Negatives) sign(random *rand.Rand) {
	k := random.IntN(len(signs) + 2)
	if k >= len(signs) {
		n.strokes(n.spiral(random), random)
		return
	}
	points := n.points[:0]
	for stroke := range strings.SplitSeq(signs[k], " ") {
		grid, soft := strings.CutPrefix(stroke, "~")
		for i := 0; i+1 < len(grid); i += 2 {
			shaken := func(digit byte) float64 { return float64(digit-'0')/9 + 0.06*random.NormFloat64() }
			points = append(points, point{shaken(grid[i]), shaken(grid[i+1]), i == 0, soft})
		}
	}
	n.strokes(points, random)
}

// spiral has more than two turns: one of fewer could be a 6 or a 9.
func (n *Negatives) spiral(random *rand.Rand) []point {
	turns, start := 2.2+1.3*random.Float64(), 2*math.Pi*random.Float64()
	direction := float64(2*random.IntN(2) - 1)
	for i := range n.points {
		t := float64(i) / (maxPoints - 1)
		sin, cos := math.Sincos(start + direction*2*math.Pi*turns*t)
		n.points[i] = point{x: t * cos, y: t * sin, up: i == 0}
	}
	return n.points[:]
}

// scribble draws three to five strokes without a meaning, as letters of an
// unknown script are.
func (n *Negatives) scribble(random *rand.Rand) {
	points := n.points[:0]
	for range 3 + random.IntN(3) {
		soft := random.IntN(2) == 0
		for k := range 2 + random.IntN(3) {
			points = append(points, point{random.Float64(), random.Float64(), k == 0, soft})
		}
	}
	n.strokes(points, random)
}

// strokes turns, slants and stretches the points, brings them into the box and
// draws them.
func (n *Negatives) strokes(points []point, random *rand.Rand) {
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
	if random.IntN(2) == 0 { // not so much that a triangle becomes a ring
		bow = 0.07 * random.NormFloat64()
	}
	for i, b := range points {
		a := points[max(i-1, 0)]
		switch {
		case b.up:
			p.line(n.sketch[:], b.x, b.y, b.x, b.y)
		case !b.soft:
			n.bent(p, a.x, a.y, (a.x+b.x)/2-bow*(b.y-a.y), (a.y+b.y)/2+bow*(b.x-a.x), b.x, b.y)
		case i+1 == len(points) || points[i+1].up:
			p.line(n.sketch[:], (a.x+b.x)/2, (a.y+b.y)/2, b.x, b.y)
		default: // from the middle before to the middle after
			if a.up {
				p.line(n.sketch[:], a.x, a.y, (a.x+b.x)/2, (a.y+b.y)/2)
			}
			next := points[i+1]
			n.curve(p, (a.x+b.x)/2, (a.y+b.y)/2, b.x, b.y, (b.x+next.x)/2, (b.y+next.y)/2)
		}
	}
}

// bent draws a curve through a place halfway.
func (n *Negatives) bent(p pen, x0, y0, x1, y1, x2, y2 float64) {
	n.curve(p, x0, y0, 2*x1-(x0+x2)/2, 2*y1-(y0+y2)/2, x2, y2)
}

// curve draws a quadratic curve (Bézier) with the middle point's pull.
func (n *Negatives) curve(p pen, x0, y0, x1, y1, x2, y2 float64) {
	const parts = 5
	x, y := x0, y0
	for k := 1; k <= parts; k++ {
		t := float64(k) / parts
		a, b, c := (1-t)*(1-t), 2*t*(1-t), t*t
		nextX, nextY := a*x0+b*x1+c*x2, a*y0+b*y1+c*y2
		p.line(n.sketch[:], x, y, nextX, nextY)
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
