package mnist

// skeleton is a picture of lines of one pixel, with a rim of paper.
type skeleton [Side + 2][Side + 2]bool

// redraw draws the digit, of so much ink, again with a fine pen, along its
// skeleton. Every place of that is the mean of its neighbours', so that lines
// run smoothly. A bold digit stays: its skeleton lacks what was short.
func (c *canvas) redraw(width, ink float64) {
	var s skeleton
	for row := range Side {
		for col, v := range c.line(row) {
			s[row+1][col+1] = v > 0.45
		}
	}
	// Not in turns, as in the paper: a half goes on until it finds nothing. That
	// leaves the line along the stroke's upper left edge, and digits lie anywhere
	// here. The embedded weights were made so, and turns would make others.
	for s.thin(0) || s.thin(1) {
	}
	const bold = 3.2 // pixels of width, on average
	if ink > bold*float64(s.length()) {
		return
	}
	clear(c.other[:])
	p := pen{width: width, ink: 1}
	for row := 1; row <= Side; row++ {
		for col := 1; col <= Side; col++ {
			if !s[row][col] {
				continue
			}
			x, y := s.place(row, col)
			p.line(c.other[:], x, y, x, y)
			for _, d := range [4][2]int{{0, 1}, {1, -1}, {1, 0}, {1, 1}} { // to the neighbours not yet joined
				if s[row+d[0]][col+d[1]] {
					nextX, nextY := s.place(row+d[0], col+d[1])
					p.line(c.other[:], x, y, nextX, nextY)
				}
			}
		}
	}
	c.fill(c.other[:])
}

// length is the number of pixels.
func (s *skeleton) length() (n int) {
	for row := range s {
		for _, v := range s[row] {
			if v {
				n++
			}
		}
	}
	return n
}

// place returns where the pen goes at a pixel; at the end of a line that is
// the pixel itself.
func (s *skeleton) place(row, col int) (x, y float64) {
	sumX, sumY, n := 0, 0, 0
	for i := row - 1; i <= row+1; i++ {
		for k := col - 1; k <= col+1; k++ {
			if s[i][k] {
				sumX, sumY, n = sumX+k, sumY+i, n+1
			}
		}
	}
	if n < 3 {
		return float64(col - 1), float64(row - 1)
	}
	return float64(sumX)/float64(n) - 1, float64(sumY)/float64(n) - 1
}

// thin is one half of a round of thinning (Zhang and Suen 1984): it removes
// the pixels at one side's edge that hold nothing together, and reports
// whether there were any.
func (s *skeleton) thin(half int) bool {
	var gone [Pixels][2]int8
	n := 0
	for row := 1; row <= Side; row++ {
		for col := 1; col <= Side; col++ {
			if s[row][col] && s.removable(row, col, half) {
				gone[n] = [2]int8{int8(row), int8(col)}
				n++
			}
		}
	}
	for _, at := range gone[:n] {
		s[at[0]][at[1]] = false
	}
	return n > 0
}

// removable reports whether a pixel has two to six neighbours in one piece and
// lies at the edge that this half of a round takes.
func (s *skeleton) removable(row, col, half int) bool {
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
