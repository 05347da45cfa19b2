package imageprep

import "image"

// outside finds what is beside the page: much darker than most of it, along the
// whole of a side of the picture at least. Shadows are not as dark, and strokes
// that touch the edge not as long.
func (g plane) outside() []bool {
	const dark = 0.45 // of the page
	var levels histogram
	levels.add(g.pix)
	limit := uint8(dark * float64(levels.quantile(0, 255, 0.75)))
	found := make([]bool, len(g.pix))
	var next []int
	visit := func(x, y int) {
		if x >= 0 && y >= 0 && x < g.width && y < g.height && !found[y*g.width+x] && g.pix[y*g.width+x] < limit {
			found[y*g.width+x] = true
			next = append(next, y*g.width+x)
		}
	}
	for _, side := range []struct{ x, y, right, down, length int }{
		{0, 0, 1, 0, g.width}, {0, g.height - 1, 1, 0, g.width}, {0, 0, 0, 1, g.height}, {g.width - 1, 0, 0, 1, g.height},
	} {
		dark := 0
		for i := range side.length {
			if g.pix[(side.y+i*side.down)*g.width+side.x+i*side.right] < limit {
				dark++
			}
		}
		if dark*20 < side.length*19 {
			continue
		}
		for i := range side.length {
			visit(side.x+i*side.right, side.y+i*side.down)
		}
	}
	for len(next) > 0 {
		x, y := next[0]%g.width, next[0]/g.width
		next = next[1:]
		visit(x-1, y)
		visit(x+1, y)
		visit(x, y-1)
		visit(x, y+1)
	}
	return found
}

// blank gives the squares that are marked, and those around them, the level
// that most of the picture has.
func (g plane) blank(marked []bool, columns, side int) {
	var levels histogram
	for y := range g.height {
		levels.add(g.row(y))
	}
	paper := uint8(levels.quantile(0, 255, 0.5))
	for i, is := range marked {
		if !is {
			continue
		}
		x, y := i%columns*side, i/columns*side
		for row := max(0, y-side); row < min(g.height, y+2*side); row++ {
			line := g.row(row)[max(0, x-side):min(g.width, x+2*side)]
			for j := range line {
				line[j] = paper
			}
		}
	}
}

// cropTable cuts off the rows and columns of squares along the edges of the
// picture that are marked, and one more: lines on the page then go on to the
// edge, where lines are searched for. What is blank remains where the page lies
// askew.
func (p *picture) cropTable(marked []bool, columns, side int) bool {
	const leastSide = 32
	all := image.Rect(0, 0, columns, len(marked)/columns)
	page := pageWithin(marked, all)
	if page == all {
		return false
	}
	for _, edge := range [...]struct {
		page *int
		all  int
		step int
	}{{&page.Min.X, all.Min.X, 1}, {&page.Min.Y, all.Min.Y, 1}, {&page.Max.X, all.Max.X, -1}, {&page.Max.Y, all.Max.Y, -1}} {
		if *edge.page != edge.all {
			*edge.page += edge.step
		}
	}
	page = image.Rect(page.Min.X*side, page.Min.Y*side, page.Max.X*side, page.Max.Y*side).Intersect(p.gray.bounds())
	if page.Dx() < leastSide || page.Dy() < leastSide {
		return false
	}
	p.gray = p.gray.part(page)
	return true
}

// pageWithin takes rows and columns off the sides of all squares until few in
// the outermost are marked.
func pageWithin(marked []bool, all image.Rectangle) image.Rectangle {
	const few = 0.25
	isTable := func(r image.Rectangle) bool {
		count := 0
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				if marked[y*all.Dx()+x] {
					count++
				}
			}
		}
		return float64(count) >= few*float64(r.Dx()*r.Dy())
	}
	for page := all; ; {
		switch {
		case page.Dx() <= 1 || page.Dy() <= 1:
			return all
		case isTable(image.Rect(page.Min.X, page.Min.Y, page.Min.X+1, page.Max.Y)):
			page.Min.X++
		case isTable(image.Rect(page.Max.X-1, page.Min.Y, page.Max.X, page.Max.Y)):
			page.Max.X--
		case isTable(image.Rect(page.Min.X, page.Min.Y, page.Max.X, page.Min.Y+1)):
			page.Min.Y++
		case isTable(image.Rect(page.Min.X, page.Max.Y-1, page.Max.X, page.Max.Y)):
			page.Max.Y--
		default:
			return page
		}
	}
}
