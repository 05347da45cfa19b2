package mnist

import (
	"math"
	"math/rand/v2"
)

// Styles that MNIST, written by Americans with a felt pen, hardly has and
// people write every day, made from its digits.

// restyle changes a digit's style, where one is known for it, on the canvas.
// It returns how far its centre of mass moved.
func (c *canvas) restyle(label uint8, random *rand.Rand) (right, down float64) {
	x, y := c.centre()
	switch kind := random.IntN(4); {
	case label == 1 && kind < 3:
		c.upstroke(random)
	case label == 7 && kind < 3:
		if random.IntN(3) > 0 {
			c.crossBar(random)
		}
		if random.IntN(2) == 0 {
			c.serif(random)
		}
	case label == 9 && kind < 2:
		c.hook(random)
	case label == 0 && kind == 0:
		c.slash(random)
	case random.IntN(3) == 0:
		c.thicken(1 + random.IntN(2))
	default:
		c.redraw(0.8 + 0.9*random.Float64())
	}
	movedX, movedY := c.centre()
	return movedX - x, movedY - y
}

// centre returns the centre of mass.
func (c *canvas) centre() (x, y float64) {
	total := 0.0
	for row := range Side {
		for col, v := range c.line(row) {
			total += float64(v)
			x += float64(v) * float64(col)
			y += float64(v) * float64(row)
		}
	}
	if total == 0 {
		return 0, 0
	}
	return x / total, y / total
}

// line returns a row of the picture on the canvas.
func (c *canvas) line(row int) []float32 { return c.ink[(row+margin)*board+margin:][:Side:Side] }

// inkIn returns where ink is in a row: its mean column, and its width; ok is
// false where there is none.
func (c *canvas) inkIn(row int) (col, width float64, ok bool) {
	for i, v := range c.line(row) {
		width += float64(v)
		col += float64(v) * float64(i)
	}
	if width < 0.5 {
		return 0, 0, false
	}
	return col / width, width, true
}

// extent returns the first and the last row with ink.
func (c *canvas) extent() (top, bottom int) {
	top, bottom = Side, -1
	for row := range Side {
		if _, _, ok := c.inkIn(row); ok {
			top, bottom = min(top, row), row
		}
	}
	return top, bottom
}

// upstroke gives a 1 the long stroke up to its top that Europeans write, and
// sometimes a foot.
func (c *canvas) upstroke(random *rand.Rand) {
	top, bottom := c.extent()
	if bottom-top < 8 {
		return
	}
	x, _, _ := c.inkIn(top + 1)
	_, width, _ := c.inkIn((top + bottom) / 2)
	p := pen{width: min(max(width*0.9, 1), 3.5), ink: 1}
	reach := float64(bottom-top) * (0.25 + 0.5*random.Float64())
	sin, cos := math.Sincos((25 + 40*random.Float64()) * math.Pi / 180)
	c.draw(p, x, float64(top)+1, x-reach*sin, float64(top)+1+reach*cos)
	if random.IntN(4) == 0 {
		foot, _, _ := c.inkIn(bottom - 1)
		half := 2 + 3*random.Float64()
		c.draw(p, foot-half, float64(bottom)-0.5, foot+half, float64(bottom)-0.5)
	}
}

// crossBar crosses the stem of a 7.
func (c *canvas) crossBar(random *rand.Rand) {
	top, bottom := c.extent()
	y := float64(top) + float64(bottom-top)*(0.45+0.2*random.Float64())
	x, width, ok := c.inkIn(min(max(int(y), 0), Side-1))
	if !ok || bottom-top < 8 {
		return
	}
	half, tilt := 3+2.5*random.Float64(), 2*random.Float64()-1
	c.draw(pen{width: min(max(width*0.8, 1), 3), ink: 1}, x-half, y+tilt, x+half, y-tilt)
}

// serif begins a 7 with a short stroke down.
func (c *canvas) serif(random *rand.Rand) {
	top, bottom := c.extent()
	for col := range Side {
		for row := top; row < min(top+6, bottom); row++ {
			if c.line(row)[col] < 0.4 {
				continue
			}
			x, y := float64(col)+0.7, float64(row)
			c.draw(pen{width: 1.2 + random.Float64(), ink: 1}, x, y, x-1+2*random.Float64(), y+2+3*random.Float64())
			return
		}
	}
}

// hook ends the leg of a 9 in a curve to the left.
func (c *canvas) hook(random *rand.Rand) {
	top, bottom := c.extent()
	x, width, ok := c.inkIn(bottom - 1)
	if !ok || bottom-top < 8 || width > 5 {
		return
	}
	p := pen{width: min(max(width*0.8, 1), 3), ink: 1}
	reach, y := 4+5*random.Float64(), float64(bottom)-1
	c.draw(p, x, y, x-0.3*reach, y+1.2)
	c.draw(p, x-0.3*reach, y+1.2, x-0.7*reach, y+0.8)
	c.draw(p, x-0.7*reach, y+0.8, x-reach, y-1-2*random.Float64())
}

// slash strikes a 0 through.
func (c *canvas) slash(random *rand.Rand) {
	top, bottom := c.extent()
	x, y := c.centre()
	half, reach := float64(bottom-top)/2, 0.8+0.4*random.Float64()
	c.draw(pen{width: 1 + random.Float64(), ink: 1}, x-half*0.6*reach, y+half*reach, x+half*0.6*reach, y-half*reach)
}

// draw draws a straight stroke over the canvas.
func (c *canvas) draw(p pen, x0, y0, x1, y1 float64) {
	c.copyOut()
	p.line(c.other[:], x0, y0, x1, y1)
	c.copyIn()
}

func (c *canvas) copyOut() {
	for row := range Side {
		copy(c.other[row*Side:], c.line(row))
	}
}

func (c *canvas) copyIn() {
	for row := range Side {
		copy(c.line(row), c.other[row*Side:][:Side])
	}
}

// thicken makes a marker's strokes of a pen's, by so many pixels on each side.
func (c *canvas) thicken(pixels int) {
	var copied [Pixels]float32
	for range pixels {
		c.copyOut()
		copy(copied[:], c.other[:])
		c.stroke(copied[:], 0.8)
		for row := range Side {
			copy(c.line(row), copied[row*Side:][:Side])
		}
	}
}

// redraw draws the digit again with a fine pen, along its skeleton (Zhang and
// Suen 1984).
func (c *canvas) redraw(width float64) {
	var skeleton [Side + 2][Side + 2]bool
	for row := range Side {
		for col, v := range c.line(row) {
			skeleton[row+1][col+1] = v > 0.35
		}
	}
	for thin(&skeleton, 0) || thin(&skeleton, 1) {
	}
	clear(c.other[:])
	p := pen{width: width, ink: 1}
	for row := 1; row <= Side; row++ {
		for col := 1; col <= Side; col++ {
			if !skeleton[row][col] {
				continue
			}
			x, y := float64(col-1), float64(row-1)
			p.line(c.other[:], x, y, x, y)
			for _, d := range [4][2]int{{0, 1}, {1, -1}, {1, 0}, {1, 1}} { // to the neighbours not yet joined
				if skeleton[row+d[0]][col+d[1]] {
					p.line(c.other[:], x, y, x+float64(d[1]), y+float64(d[0]))
				}
			}
		}
	}
	c.copyIn()
}

// thin is one half of a round of thinning: it removes the pixels at one side's
// edge that hold nothing together, and reports whether there were any.
func thin(s *[Side + 2][Side + 2]bool, half int) bool {
	var gone [Pixels][2]int
	n := 0
	for row := 1; row <= Side; row++ {
		for col := 1; col <= Side; col++ {
			if s[row][col] && removable(s, row, col, half) {
				gone[n] = [2]int{row, col}
				n++
			}
		}
	}
	for _, at := range gone[:n] {
		s[at[0]][at[1]] = false
	}
	return n > 0
}

func removable(s *[Side + 2][Side + 2]bool, row, col, half int) bool {
	ring := [9]bool{s[row-1][col], s[row-1][col+1], s[row][col+1], s[row+1][col+1], s[row+1][col],
		s[row+1][col-1], s[row][col-1], s[row-1][col-1], s[row-1][col]}
	neighbours, changes := 0, 0
	for i, v := range ring[:8] {
		if v {
			neighbours++
		} else if ring[i+1] {
			changes++
		}
	}
	if neighbours < 2 || neighbours > 6 || changes != 1 {
		return false
	}
	up, right, down, left := ring[0], ring[2], ring[4], ring[6]
	if half == 0 {
		return !(up && right && down) && !(right && down && left)
	}
	return !(up && right && left) && !(up && down && left)
}

// stretch makes the motion one that also changes the digit's aspect, to that
// of a box that somebody pulled to fit.
func (c *canvas) stretch(m motion, random *rand.Rand) motion {
	top, bottom := c.extent()
	left, right := Side, 0
	for row := range Side {
		for col, v := range c.line(row) {
			if v > 0.3 {
				left, right = min(left, col), max(right, col+1)
			}
		}
	}
	if right-left < 2 || bottom-top < 2 {
		return m
	}
	wide, high := float64(right-left), float64(bottom-top+1)
	side := 20 * (0.8 + 0.2*random.Float64())
	full := 0.3 + 0.7*random.Float64() // how far on the way to a square
	across, down := math.Pow(max(wide/side, 0.4), full), math.Pow(high/side, full)
	m.xx, m.yx = m.xx*across, m.yx*across
	m.xy, m.yy = m.xy*down, m.yy*down
	return m
}
