package imageprep

import (
	"bytes"
	"image"
)

// run is a stretch of ink in a row.
type run struct {
	y, first, end int // from first to before end
	part          int32
}

// part is a piece of ink whose pixels touch each other, at corners too.
type part struct {
	box     image.Rectangle
	mass    int    // the sum of its ink
	near    int    // the mass along the edge of the picture
	along   [4]int // pixels along the very edge of the picture: above, below, left, right
	pixels  int
	columns int  // pieces of columns that it is made of
	rows    int  // pieces of rows
	kept    bool // as a part of the digit
}

// touches reports whether the part reaches the edge of a picture.
func (c *part) touches(bounds image.Rectangle) bool { return !c.box.In(bounds.Inset(1)) }

// size is the longer side of the part.
func (c *part) size() int { return max(c.box.Dx(), c.box.Dy()) }

// thickness is the usual width of its strokes.
func (c *part) thickness() float64 { return float64(c.pixels) / float64(max(c.columns, c.rows)) }

// add makes another part one with this.
func (c *part) add(o *part) {
	c.box = c.box.Union(o.box)
	c.mass += o.mass
	c.near += o.near
	for i, n := range o.along {
		c.along[i] += n
	}
	c.pixels += o.pixels
	c.columns += o.columns
	c.rows += o.rows
}

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
	return g.gather(runs, least, find)
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
func (g plane) gather(runs []run, least uint8, find func(int32) int32) (parts []part, _ []run) {
	inner := g.bounds().Inset(nearEdge(g.bounds()))
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
		c.rows++
		c.pixels += r.end - r.first
		for x, v := range g.row(r.y)[r.first:r.end] {
			c.mass += int(v)
			if r.y == 0 || g.pix[(r.y-1)*g.stride+r.first+x] < least {
				c.columns++
			}
			if !(image.Point{r.first + x, r.y}).In(inner) {
				c.near += int(v)
			}
		}
		c.addAlong(*r, g.bounds())
	}
	return parts, runs
}

// nearEdge is how far from the edge of a picture ink is near it.
func nearEdge(bounds image.Rectangle) int { return max(1, min(bounds.Dx(), bounds.Dy())/16) }

// addAlong counts the pixels of a run that are at the very edge of a picture.
func (c *part) addAlong(r run, bounds image.Rectangle) {
	if r.y == bounds.Min.Y {
		c.along[0] += r.end - r.first
	}
	if r.y == bounds.Max.Y-1 {
		c.along[1] += r.end - r.first
	}
	if r.first == bounds.Min.X {
		c.along[2]++
	}
	if r.end == bounds.Max.X {
		c.along[3]++
	}
}

// allAlong is how many pixels are at the very edge, those in corners twice.
func (c *part) allAlong() int { return c.along[0] + c.along[1] + c.along[2] + c.along[3] }

// keep takes away all ink that is not of a kept part, or within reach of one,
// and reports whether there was any.
func (g plane) keep(parts []part, runs []run, reach int) bool {
	kept := newPlane(g.bounds())
	for i := 0; i < len(runs); {
		r := runs[i]
		first, end := max(0, r.first-reach), min(g.width, r.end+reach)
		i++
		if !parts[r.part].kept {
			continue
		}
		for i < len(runs) && runs[i].y == r.y && runs[i].first-reach <= end { // within reach of the run, so copied with it
			if parts[runs[i].part].kept {
				end = min(g.width, runs[i].end+reach)
			}
			i++
		}
		for y := max(0, r.y-reach); y <= min(g.height-1, r.y+reach); y++ {
			copy(kept.row(y)[first:end], g.row(y)[first:end])
		}
	}
	if bytes.Equal(kept.pix, g.pix) {
		return false
	}
	copy(g.pix, kept.pix)
	return true
}
