package photos

// thinned returns the middle lines of strokes (Zhang and Suen 1984). No stroke
// reaches the edge of the grid.
func thinned(inked []bool) []bool {
	cells := append([]bool(nil), inked...)
	var work, gone []int
	for i, v := range cells {
		if v {
			work = append(work, i)
		}
	}
	for changed := true; changed; {
		changed = false
		for half := range 2 {
			gone = gone[:0]
			kept := work[:0]
			for _, i := range work {
				if removable(cells, i, half) {
					gone = append(gone, i)
				} else {
					kept = append(kept, i)
				}
			}
			work = kept
			for _, i := range gone {
				cells[i] = false
			}
			changed = changed || len(gone) > 0
		}
	}
	return cells
}

// removable reports whether a cell holds nothing together and lies at the side
// of a stroke that this half of a round takes off.
func removable(cells []bool, i, half int) bool {
	up, down := i-gridSide, i+gridSide
	ring := [9]bool{cells[up], cells[up+1], cells[i+1], cells[down+1], cells[down], cells[down-1], cells[i-1], cells[up-1], cells[up]}
	neighbours, changes := 0, 0
	for k, v := range ring[:8] {
		if v {
			neighbours++
		} else if ring[k+1] {
			changes++
		}
	}
	if neighbours < 2 || neighbours > 6 || changes != 1 {
		return false
	}
	n, e, s, w := ring[0], ring[2], ring[4], ring[6]
	if half == 0 {
		return !(n && e && s) && !(e && s && w)
	}
	return !(n && e && w) && !(n && s && w)
}
