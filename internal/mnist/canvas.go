package mnist

import "math/rand/v2"

// canvas is an image in the middle of a wide margin of paper, so that sampling
// it needs no bounds, and room for what effects need.
type canvas struct {
	ink   [board * board]float32
	bends [2][knots * knots]float32 // of the paper, at its knots, horizontally and vertically
	rows  [2][Side * knots]float32  // the same, for every row
	other [Pixels]float32
	pad   [padded * padded]float32 // a picture with a rim of paper
}

const (
	margin = 36
	board  = Side + 2*margin
	knots  = 9 // on each side; the outer ones lie outside the picture
	rim    = 3
	padded = Side + 2*rim
)

// fill puts a picture on the canvas.
func (c *canvas) fill(picture []float32) {
	for row := range Side {
		copy(c.line(row), picture[row*Side:][:Side])
	}
}

// line returns a row of the picture on the canvas.
func (c *canvas) line(row int) []float32 { return c.ink[(row+margin)*board+margin:][:Side:Side] }

// keep copies a picture into its rim, for an effect that reads neighbours.
func (c *canvas) keep(picture []float32) {
	for row := range Side {
		copy(c.pad[(row+rim)*padded+rim:][:Side], picture[row*Side:][:Side])
	}
}

// kept returns a row of the copy moved sideways; rows and moves may reach into
// the rim.
func (c *canvas) kept(row, right int) []float32 {
	return c.pad[(row+rim)*padded+rim+right:][:Side:Side]
}

// warp samples the canvas bilinearly where the motion and a smooth random
// displacement (after Simard, Steinkraus and Platt 2003) say. What lies more
// than a picture's width outside is the margin's edge.
func (c *canvas) warp(dst []float32, m motion, elastic float64, random *rand.Rand) {
	const centre = (Side - 1) / 2.0
	if elastic != 0 {
		c.bend(float32(elastic), random)
	}
	for row := range Side {
		y := float64(row) - centre
		sx := float32(m.xy*y - m.xx*centre + centre + m.shiftX + margin)
		sy := float32(m.yy*y - m.yx*centre + centre + m.shiftY + margin)
		stepX, stepY := float32(m.xx), float32(m.yx)
		line := dst[row*Side:][:Side]
		for col := range line {
			px, py := sx, sy
			if elastic != 0 {
				w, k := &splines[col], row*knots+col/knotStep
				px += dot(w, c.rows[0][k:k+4])
				py += dot(w, c.rows[1][k:k+4])
			}
			line[col] = c.at(px, py)
			sx += stepX
			sy += stepY
		}
	}
}

// at samples the canvas bilinearly. Beyond it the pixels are those of the edge,
// which are alike.
func (c *canvas) at(x, y float32) float32 {
	left, top := min(max(int(x), 0), board-2), min(max(int(y), 0), board-2)
	fx, fy := x-float32(left), y-float32(top)
	upper, lower := c.ink[top*board+left:][:2], c.ink[(top+1)*board+left:][:2]
	a := upper[0] + fx*(upper[1]-upper[0])
	return a + fy*(lower[0]+fx*(lower[1]-lower[0])-a)
}

// bend draws displacements at the knots and interpolates them down the rows.
func (c *canvas) bend(deviation float32, random *rand.Rand) {
	for d := range c.bends {
		knot := &c.bends[d]
		for i := range knot {
			knot[i] = splineGain * deviation * float32(random.NormFloat64())
		}
		for row := range Side {
			w, first := &splines[row], row/knotStep
			for col := range knots {
				sum := float32(0)
				for i, v := range w {
					sum += v * knot[(first+i)*knots+col]
				}
				c.rows[d][row*knots+col] = sum
			}
		}
	}
}

const (
	knotStep = 5 // pixels from knot to knot
	// splineGain makes up for the interpolation, whose mean of knots varies
	// less than a knot.
	splineGain = 2
)

// splines are the weights of the four knots around each pixel: a uniform cubic
// B-spline.
var splines = func() (w [Side][4]float32) {
	for i := range w {
		t := float32(i%knotStep) / knotStep
		u := 1 - t
		w[i] = [4]float32{u * u * u / 6, (3*t*t*t - 6*t*t + 4) / 6, (3*u*u*u - 6*u*u + 4) / 6, t * t * t / 6}
	}
	return w
}()

func dot(w *[4]float32, x []float32) float32 { return w[0]*x[0] + w[1]*x[1] + w[2]*x[2] + w[3]*x[3] }
