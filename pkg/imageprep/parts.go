package imageprep

import "image"

// run is a stretch of ink in a row.
type run struct {
	y, first, end int // from first to before end
	part          int32
}

// part is a piece of ink whose pixels touch each other, at corners too.
type part struct {
	box  image.Rectangle
	mass int  // the sum of its ink
	near int  // the mass along the edge of the picture
	kept bool // as a part of the digit
}

// touches reports whether the part reaches the edge of a picture.
func (c *part) touches(bounds image.Rectangle) bool { return !c.box.In(bounds.Inset(1)) }

// size is the longer side of the part.
func (c *part) size() int { return max(c.box.Dx(), c.box.Dy()) }

// partsOf finds the pieces of ink of at least the given level, and the runs
// that they are made of.
func (g plane) partsOf(least uint8) ([]part, []run) {
	runs := g.runs(least)
	parent := make([]int32, len(runs))
	for i := range parent {
		parent[i] = int32(i)
	}
	find := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	above := 0 // the first run of the row above that can touch
	for i, r := range runs {
		for above < i && (runs[above].y < r.y-1 || runs[above].y == r.y-1 && runs[above].end < r.first) {
			above++
		}
		for j := above; j < i && runs[j].y == r.y-1 && runs[j].first <= r.end; j++ {
			a, b := find(int32(i)), find(int32(j))
			parent[max(a, b)] = min(a, b)
		}
	}
	return g.gather(runs, find)
}

// runs are the stretches of ink of at least the given level, row by row.
func (g plane) runs(least uint8) (runs []run) {
	for y := range g.height {
		row := g.row(y)
		for x := 0; x < len(row); x++ {
			if row[x] < least {
				continue
			}
			first := x
			for x < len(row) && row[x] >= least {
				x++
			}
			runs = append(runs, run{y: y, first: first, end: x})
		}
	}
	return runs
}

// gather adds up the runs of each part.
func (g plane) gather(runs []run, find func(int32) int32) (parts []part, _ []run) {
	margin := max(1, min(g.width, g.height)/16)
	inner := g.bounds().Inset(margin)
	for i := range runs {
		r := &runs[i]
		root := find(int32(i))
		if root == int32(i) {
			r.part = int32(len(parts))
			parts = append(parts, part{})
		} else {
			r.part = runs[root].part
		}
		c := &parts[r.part]
		c.box = c.box.Union(image.Rect(r.first, r.y, r.end, r.y+1))
		for x, v := range g.row(r.y)[r.first:r.end] {
			c.mass += int(v)
			if !(image.Point{r.first + x, r.y}).In(inner) {
				c.near += int(v)
			}
		}
	}
	return parts, runs
}

// keep takes away all ink that is not of a kept part, or within reach of one.
func (g plane) keep(parts []part, runs []run, reach int) {
	kept := newPlane(g.bounds())
	for _, r := range runs {
		if !parts[r.part].kept {
			continue
		}
		for y := max(0, r.y-reach); y <= min(g.height-1, r.y+reach); y++ {
			first, end := max(0, r.first-reach), min(g.width, r.end+reach)
			copy(kept.row(y)[first:end], g.row(y)[first:end])
		}
	}
	copy(g.pix, kept.pix)
}
