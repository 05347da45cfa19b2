package imageprep

// What is a stroke, of ink or chalk, and no shadow and no lamp.
const (
	widestStroke  = 0.42 // of the picture's longer side; it is narrower
	leastContrast = 0.6  // of the picture's; it has more
)

// strokes marks where one plane is darker than another by so many levels or
// more, with a soft edge around it, if those are the strokes of a digit that was
// cut out, and else nothing.
func strokes(bright, dark plane, least int) []bool {
	const (
		soft      = 0.05 // of the longer side
		mostSides = 3
	)
	found := newPlane(bright.bounds())
	for i, v := range bright.pix {
		if int(v)-int(dark.pix[i]) >= least {
			found.pix[i] = 1
		}
	}
	if near, _ := found.sides(); near < mostSides {
		return nil
	}
	marked := make([]bool, len(found.pix))
	for i, v := range found.dilated(max(1, int(soft*float64(max(found.width, found.height))))).pix {
		marked[i] = v > 0
	}
	return marked
}

// sides counts the sides that the pixels of 1 come near, without being along the
// whole of them as the table beside a page is, and those along which they are.
func (g plane) sides() (near, whole int) {
	const (
		nearly = 4   // pixels
		most   = 0.6 // of a side
	)
	box := g.box(1)
	for _, side := range [...]struct{ away, first, step, length int }{
		{box.Min.Y, 0, 1, g.width}, {g.height - box.Max.Y, (g.height - 1) * g.width, 1, g.width},
		{box.Min.X, 0, g.width, g.height}, {g.width - box.Max.X, g.width - 1, g.width, g.height},
	} {
		along := 0
		for i := range side.length {
			along += int(g.pix[side.first+i*side.step])
		}
		switch {
		case float64(along) >= most*float64(side.length):
			whole++
		case side.away <= nearly:
			near++
		}
	}
	return near, whole
}

// closed has no dark places that are narrower than a stroke may be (Serra 1982).
func (g plane) closed() plane { return g.dilated(g.strokeReach()).eroded(g.strokeReach()) }

// opened has no bright ones.
func (g plane) opened() plane { return g.eroded(g.strokeReach()).dilated(g.strokeReach()) }

// strokeReach is half of what a stroke may be wide.
func (g plane) strokeReach() int {
	return max(1, int(widestStroke*float64(max(g.width, g.height))/2))
}

// eroded is the least in the square that reaches so far around each pixel.
func (g plane) eroded(reach int) plane { return g.negative().dilated(reach).negative() }

func (g plane) negative() plane {
	out := newPlane(g.bounds())
	for y := range g.height {
		row := out.row(y)
		for x, v := range g.row(y) {
			row[x] = 255 - v
		}
	}
	return out
}

// withoutStrokes is the picture with the paper beside them in the place of dark
// strokes, or of light ones. A closing does that, and leaves the edges of shadows
// where they are to a pixel, which squares of a side cannot say.
func (g plane) withoutStrokes(dark bool, side int) plane {
	const (
		fine  = 2 // pixels, the side of smaller squares, which have less noise
		reach = 2 // squares of a side, half of what a stroke may be wide
		noise = 6 // levels, at most, that paper is darker than the brightest near it
	)
	if !dark {
		return g.negative().withoutStrokes(true, side).negative()
	}
	near := reach * side / fine
	closed := g.averaged(fine).dilated(near).eroded(near + 1) // a shadow's edge is blurred by a square, and must not be ink
	out := newPlane(g.bounds())
	paper := make([]float32, g.width)
	for y := range g.height {
		closed.interpolate(paper, y, fine)
		row := out.row(y)
		for x, v := range g.row(y) {
			row[x] = max(v, level(paper[x]-noise))
		}
	}
	return out
}

// dilated is the most in the square that reaches so far around each pixel.
func (g plane) dilated(reach int) plane {
	return g.dilatedAcross(reach).transposed().dilatedAcross(reach).transposed()
}

// dilatedAcross is the most in the piece of a row around each pixel. Pieces grow
// to twice their length until two of them cover it.
func (g plane) dilatedAcross(reach int) plane {
	out := newPlane(g.bounds())
	long := 2*reach + 1
	most := make([]uint8, g.width+2*reach)
	for y := range g.height {
		clear(most)
		copy(most[reach:], g.row(y))
		span := 1
		for ; 2*span <= long; span *= 2 {
			for i, v := range most[span:] {
				most[i] = max(most[i], v)
			}
		}
		row := out.row(y)
		for x := range row {
			row[x] = max(most[x], most[x+long-span])
		}
	}
	return out
}
