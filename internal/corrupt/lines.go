package corrupt

import (
	"math"
	"math/rand/v2"
)

// dottedLine draws a line across the picture that has ink in two columns of
// every four.
func dottedLine(p *picture, random *rand.Rand) {
	from, to := random.IntN(side-1), random.IntN(side-1)
	p.line(0, float64(from), side-1, float64(to), func(col int) bool { return col%4 >= 2 })
}

// zigzag draws a zigzag across the picture, one that rises or falls by up to
// five rows, and whose corners are two pixels off its middle and four apart.
func zigzag(p *picture, random *rand.Rand) {
	const left, right, half = 2.0, 25.0, 2.0
	top, rise := float64(random.IntN(side-1)), float64(random.IntN(10)-5)
	length := math.Hypot(right-left, rise)
	sin, cos := rise/length, (right-left)/length
	x, y, off := left, top, half
	draw := func(along, off float64) {
		toX, toY := left+along*cos-off*sin, top+along*sin+off*cos
		p.line(x, y, toX, toY, func(int) bool { return true })
		x, y = toX, toY
	}
	along := half
	for ; along <= length; along += 2 * half {
		draw(along, off)
		off = -off
	}
	// The last piece ends as far off the middle as the authors' formula says.
	if rest := math.Mod(length, 2*half); rest != 0 {
		draw(length, -off/(2*rest))
	}
}

// line adds a line's ink in the columns that drawn allows. It falls with the
// distance d in rows, 1 + ln(1 − d/2.3), so that it ends at 1.45.
func (p *picture) line(fromCol, fromRow, toCol, toRow float64, drawn func(col int) bool) {
	const reach = 2.3
	slope := (toRow - fromRow) / (toCol - fromCol)
	for col := int(fromCol); col < int(math.Ceil(toCol)); col++ {
		if !drawn(col) {
			continue
		}
		middle := fromRow + slope*(float64(col)-fromCol)
		for row := range side {
			if d := math.Abs(float64(row) - middle); d < reach {
				i := row*side + col
				p[i] = clamp(p[i] + max(0, 1+math.Log(1-d/reach)))
			}
		}
	}
}
