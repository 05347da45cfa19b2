package mnist

// outline is where the ink is.
type outline struct {
	left, right, top, bottom int // of the box
	wide, high               float64
	ink, x, y                float64 // its sum and centre of mass
}

// survey finds the ink on the canvas.
func (c *canvas) survey() outline {
	const faint = 0.3
	o := outline{left: Side, top: Side}
	for row := range Side {
		sum := 0.0
		for col, v := range c.line(row) {
			if v > faint {
				o.left, o.right = min(o.left, col), max(o.right, col)
				o.top, o.bottom = min(o.top, row), row
			}
			sum += float64(v)
			o.x += float64(v) * float64(col)
		}
		o.ink += sum
		o.y += sum * float64(row)
	}
	if o.left > o.right || o.ink == 0 {
		return outline{}
	}
	o.wide, o.high = float64(o.right-o.left+1), float64(o.bottom-o.top+1)
	o.x, o.y = o.x/o.ink, o.y/o.ink
	return o
}

// run is a piece of a row that has ink.
type run struct{ middle, width float64 }

// ends returns the first and the last run of a row, and how many there are.
func (c *canvas) ends(row int) (first, last run, n int) {
	const faint = 0.3
	line := c.line(min(max(row, 0), Side-1))
	for col := 0; col < Side; col++ {
		start := col
		for col < Side && line[col] > faint {
			col++
		}
		if col > start {
			last = run{float64(start+col-1) / 2, float64(col - start)}
			if n == 0 {
				first = last
			}
			n++
		}
	}
	return first, last, n
}

// rings returns how many rings the ink has, less the pieces beyond the first
// that it lies in: 1 minus its Euler number, counted over all squares of four
// pixels (Gray 1971).
func (c *canvas) rings() int {
	const ink = 0.5
	bit := func(row, col, weight int) int {
		if c.ink[(row+margin)*board+margin+col] > ink {
			return weight
		}
		return 0
	}
	// four times what a square with these pixels counts: +1 for one pixel, -1
	// for three, and -2 for two that lie crosswise
	counts := [16]int{1: 1, 2: 1, 4: 1, 8: 1, 7: -1, 11: -1, 13: -1, 14: -1, 6: -2, 9: -2}
	sum := 0
	for row := -1; row < Side; row++ {
		for col := -1; col < Side; col++ {
			sum += counts[bit(row, col, 1)+bit(row, col+1, 2)+bit(row+1, col, 4)+bit(row+1, col+1, 8)]
		}
	}
	return 1 - sum/4
}

// lift copies the picture from the canvas.
func (c *canvas) lift() {
	for row := range Side {
		copy(c.other[row*Side:], c.line(row))
	}
}
