package corrupt

import (
	"math"
	"math/rand/v2"
)

// shear leans the digit by 0.4 radians to either side. As in scikit-image at
// the time, an angle of s takes a pixel from x − y·sin s and y·cos s, so that
// the digit also grows by a twelfth in height; today's takes it from
// x − y·tan s and y.
func shear(p *picture, random *rand.Rand) {
	sin, cos := math.Sincos(0.4 * sign(random))
	p.move(motion{xx: 1, xy: -sin, yy: cos})
}

// scale shrinks the digit to 70%.
func scale(p *picture, _ *rand.Rand) { p.move(motion{xx: 1 / 0.7, yy: 1 / 0.7}) }

// rotate turns the digit by 0.4 radians, 23 degrees, to either side.
func rotate(p *picture, random *rand.Rand) {
	sin, cos := math.Sincos(0.4 * sign(random))
	p.move(motion{xx: cos, xy: -sin, yx: sin, yy: cos})
}

// translate shifts the digit by 3 pixels sideways and 3 up or down.
func translate(p *picture, random *rand.Rand) {
	p.move(motion{xx: 1, yy: 1, shiftX: 3 * sign(random), shiftY: 3 * sign(random)})
}

// sign draws −1 or 1.
func sign(random *rand.Rand) float64 { return float64(2*random.IntN(2) - 1) }

// motion is where a pixel of the result comes from: (xx·x + xy·y, yx·x + yy·y)
// plus the shift, the coordinates counted from the centre.
type motion struct{ xx, xy, yx, yy, shiftX, shiftY float64 }

// move samples the moved picture bilinearly; outside of it is paper.
func (p *picture) move(m motion) {
	const centre = (side - 1) / 2.0
	from := *p
	for i := range p {
		x, y := float64(i%side)-centre, float64(i/side)-centre
		p[i] = from.bilinear(m.xx*x+m.xy*y+m.shiftX+centre, m.yx*x+m.yy*y+m.shiftY+centre)
	}
}

func (p *picture) bilinear(x, y float64) float64 {
	left, top := math.Floor(x), math.Floor(y)
	fx, fy, col, row := x-left, y-top, int(left), int(top)
	upper := (1-fx)*p.orPaper(row, col) + fx*p.orPaper(row, col+1)
	lower := (1-fx)*p.orPaper(row+1, col) + fx*p.orPaper(row+1, col+1)
	return (1-fy)*upper + fy*lower
}
