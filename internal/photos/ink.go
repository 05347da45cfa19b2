package photos

import (
	"image"
	"math"
	"slices"

	"golang.org/x/image/draw"

	"digits/internal/mnist"
)

// The shape of a digit is held on a finer grid, with a rim of paper around it.
const (
	finer    = 8 // cells for each of MNIST's pixels
	rim      = 2 // of MNIST's pixels
	gridSide = (mnist.Side + 2*rim) * finer
)

// grid is a function of the place on a digit, row by row.
type grid []float32

func newGrid() grid { return make(grid, gridSide*gridSide) }

// shape is a digit's strokes, in units of MNIST's pixels.
type shape struct {
	edge                     grid    // distance to the outline, negative on paper
	spine                    grid    // distance to the middle of the nearest stroke
	left, top, right, bottom float64 // box around the ink
}

// What is ink: above a share of the strongest ink nearby, so that faint strokes
// stay whole and the holes between strong ones open, and not next to nothing.
const (
	level    = 0.45
	faintest = 0.1 * 255
)

// shapeOf enlarges a digit so smoothly that MNIST's pixels cannot be seen.
func shapeOf(digit []byte) shape {
	small := &image.Gray{Pix: digit, Stride: mnist.Side, Rect: image.Rect(0, 0, mnist.Side, mnist.Side)}
	large := image.NewGray(image.Rect(0, 0, gridSide, gridSide))
	inner := image.Rect(rim*finer, rim*finer, gridSide-rim*finer, gridSide-rim*finer)
	draw.CatmullRom.Scale(large, inner, small, small.Rect, draw.Src, nil)
	values := newGrid()
	for i, v := range large.Pix {
		values[i] = float32(v)
	}
	values.smooth(3, 2)
	peaks := values.peaks(2 * finer)
	inked, paper := make([]bool, len(values)), make([]bool, len(values))
	for i, v := range values {
		inked[i] = v > faintest && v > level*peaks[i]
		paper[i] = !inked[i]
	}
	s := shape{edge: distances(paper)}
	s.measure(inked)
	for i, outside := range distances(inked) {
		s.edge[i] -= outside
	}
	s.spine = distances(thinned(inked))
	s.edge.smooth(finer/2, 2)
	s.spine.smooth(finer/4, 2)
	return s
}

// measure finds the box around the ink.
func (s *shape) measure(inked []bool) {
	box := image.Rectangle{}
	for i, v := range inked {
		if v {
			x, y := i%gridSide, i/gridSide
			box = box.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	unit := func(v int) float64 { return float64(v)/finer - rim }
	s.left, s.top, s.right, s.bottom = unit(box.Min.X), unit(box.Min.Y), unit(box.Max.X), unit(box.Max.Y)
}

// drawn returns the distance to the outline when the strokes are drawn with
// another pen: as wide as a factor of MNIST's, but nowhere under a least width.
// The width changes slowly along a stroke, whatever MNIST's pixels made of it.
func (s *shape) drawn(factor, least float64) grid {
	g, f, radius := newGrid(), float32(factor), float32(least/2)
	for i, edge := range s.edge {
		g[i] = s.spine[i] + edge // half of the stroke's width here
	}
	g.smooth(3*finer/4, 2)
	for i, half := range g {
		g[i] = max(f*half, radius) - s.spine[i]
	}
	return g
}

// at returns the value at a place in MNIST's pixels, between the cells'
// linearly; outside, the nearest one.
func (g grid) at(x, y float64) float32 {
	x = min(max((x+rim)*finer-0.5, 0), gridSide-1.001)
	y = min(max((y+rim)*finer-0.5, 0), gridSide-1.001)
	col, row := int(x), int(y)
	fx, fy := float32(x-float64(col)), float32(y-float64(row))
	i := row*gridSide + col
	upper := g[i] + fx*(g[i+1]-g[i])
	lower := g[i+gridSide] + fx*(g[i+gridSide+1]-g[i+gridSide])
	return upper + fy*(lower-upper)
}

// smooth takes means over squares with a radius in cells, several times.
func (g grid) smooth(radius, times int) {
	line := make([]float32, gridSide)
	for range times {
		for i := range gridSide {
			boxMean(g[i*gridSide:], line, radius, 1)
			boxMean(g[i:], line, radius, gridSide)
		}
	}
}

// peaks returns, where there can be ink, the largest value within a distance in
// cells, across and down.
func (g grid) peaks(radius int) grid {
	rows, all := newGrid(), newGrid()
	for i := range g {
		row, col := i/gridSide*gridSide, i%gridSide
		rows[i] = slices.Max(g[row+max(0, col-radius) : row+min(gridSide, col+radius+1)])
	}
	for i, v := range g {
		if v <= faintest {
			continue
		}
		row, col := i/gridSide, i%gridSide
		for k := max(0, row-radius); k < min(gridSide, row+radius+1); k++ {
			all[i] = max(all[i], rows[k*gridSide+col])
		}
	}
	return all
}

// boxMean replaces every stride-th value, len(line) of them, by the mean of
// those within the radius; the values at the ends go on beyond them.
func boxMean(values, line []float32, radius, stride int) {
	n := len(line)
	for i := range line {
		line[i] = values[i*stride]
	}
	sum := line[0] * float32(radius)
	for i := range radius {
		sum += line[min(i, n-1)]
	}
	scale := 1 / float32(2*radius+1)
	for i := range line {
		sum += line[min(i+radius, n-1)]
		values[i*stride] = sum * scale
		sum -= line[max(i-radius, 0)]
	}
}

// distances returns how far each cell is from the nearest set one, by lower
// envelopes of parabolas (Felzenszwalb and Huttenlocher 2012).
func distances(set []bool) grid {
	const far = 4 * gridSide * gridSide
	g := newGrid()
	for i, v := range set {
		if !v {
			g[i] = far
		}
	}
	var e envelope
	for col := range gridSide {
		e.transform(g[col:], gridSide)
	}
	for row := range gridSide {
		e.transform(g[row*gridSide:], 1)
	}
	for i, square := range g {
		g[i] = float32(math.Sqrt(float64(square))) / finer
	}
	return g
}

// envelope is the memory of distances.
type envelope struct {
	values [gridSide]float32
	apex   [gridSide]int
	from   [gridSide + 1]float32
}

// transform replaces the values of one line by the least of all parabolas that
// stand on them.
func (e *envelope) transform(g []float32, stride int) {
	for i := range e.values {
		e.values[i] = g[i*stride]
	}
	meet := func(a, b int) float32 { // where the parabolas of two cells cross
		return (e.values[b] + float32(b*b) - e.values[a] - float32(a*a)) / float32(2*(b-a))
	}
	k := 0
	e.apex[0], e.from[0], e.from[1] = 0, -math.MaxFloat32, math.MaxFloat32
	for i := 1; i < gridSide; i++ {
		x := meet(e.apex[k], i)
		for ; x <= e.from[k]; x = meet(e.apex[k], i) {
			k--
		}
		k++
		e.apex[k], e.from[k], e.from[k+1] = i, x, math.MaxFloat32
	}
	k = 0
	for i := range e.values {
		for e.from[k+1] < float32(i) {
			k++
		}
		d := i - e.apex[k]
		g[i*stride] = float32(d*d) + e.values[e.apex[k]]
	}
}
