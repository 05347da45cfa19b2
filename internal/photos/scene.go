package photos

import (
	"math"
	"math/rand/v2"
)

// scene is a page, what lies on it, the light and the camera. Places on the
// page are in millimetres; places in the frame go from -1 to 1 along the longer
// side, from left to right and from top to bottom.
type scene struct {
	random *rand.Rand
	grain  *grain

	// The page.
	height  float64                            // the digit's, in millimetres
	ground  func(x, y float64) rgb             // without writing
	printed []func(x, y, foot float64, c *rgb) // lines on it; foot is the width of the frame's pixel there
	pen     pen

	// What the camera sees of it.
	objects []func(s *scene, x, y float64, c *rgb) // what lies over the page
	keep    [4]float64                             // shares of the frame that they take at the left, top, right, bottom
	lights  []func(x, y float64) float32           // factors
	share   float64                                // the digit's height of the frame's
	place   [2]float64                             // of the digit in the room it has, from 0 to 1 across and down
	angle   float64                                // of rotation, in radians
	tilt    [2]float64                             // change of distance over the longer side, across and down

	// The camera.
	width, tall int     // the frame's pixels
	exposure    rgb     // gain, with the white balance
	sharp       float64 // radius of a point in a focused picture, in pixels
	defocus     float64 // radius of a point out of focus, in widths of a stroke; 0 for none
	motion      float64 // length of a point's trail, in widths of a stroke; 0 for none
	noise       float64 // deviation of a pixel, of the range
	quality     int     // of the JPEG

	// What follows from all that; see look.
	pixelsPerUnit float64    // of the frame for one of MNIST's
	centre        [2]float64 // the digit's middle, in MNIST's pixels
	anchor        [2]float64 // the same in the frame's
}

// newScene returns an everyday photograph: a pen on white paper in fair light,
// held almost straight.
func newScene(random *rand.Rand) *scene {
	s := &scene{random: random, grain: newGrain(random)}
	s.height = s.between(6, 16)
	whitePaper(s)
	everyPen[random.IntN(len(everyPen))](s)
	s.lights = append(s.lights, slope(s.turn(), s.between(0.02, 0.3)))
	s.frame(logBetween(random, 320, 1100))
	s.share = s.between(0.25, 0.75)
	s.place = [2]float64{s.between(0.2, 0.8), s.between(0.2, 0.8)}
	s.angle = degrees(s.between(-4, 4))
	s.tilt = [2]float64{s.between(-0.12, 0.12), s.between(-0.12, 0.12)}
	gain := s.between(0.75, 1.1)
	s.exposure = rgb{float32(gain * s.between(0.97, 1.07)), float32(gain), float32(gain * s.between(0.88, 1.02))}
	s.sharp = s.between(0.4, 0.9)
	s.noise = s.between(0.004, 0.016)
	s.quality = 75 + random.IntN(16)
	return s
}

func (s *scene) between(low, high float64) float64 { return low + (high-low)*s.random.Float64() }

// turn draws a direction.
func (s *scene) turn() float64 { return s.between(0, 2*math.Pi) }

// sign draws -1 or 1.
func (s *scene) sign() float64 { return float64(2*s.random.IntN(2) - 1) }

func (s *scene) chance(p float64) bool { return s.random.Float64() < p }

func logBetween(random *rand.Rand, low, high float64) float64 {
	return low * math.Pow(high/low, random.Float64())
}

func degrees(d float64) float64 { return d * math.Pi / 180 }

// frame sets the size by the longer side, with a shape that cameras have.
func (s *scene) frame(longer float64) {
	shapes := [...]float64{1, 3.0 / 4, 3.0 / 4, 2.0 / 3, 9.0 / 16}
	l := int(longer + 0.5)
	short := int(longer*shapes[s.random.IntN(len(shapes))] + 0.5)
	s.width, s.tall = l, short
	if s.chance(0.5) {
		s.width, s.tall = short, l
	}
}

func (s *scene) longer() float64 { return float64(max(s.width, s.tall)) }

// look aims the camera: it sets the scale and where the digit is, wholly within
// the room that objects leave.
func (s *scene) look(d *shape) {
	wide, high := d.right-d.left, d.bottom-d.top
	if wide == 0 { // no ink: as if it were an ordinary digit
		d.left, d.top, d.right, d.bottom = 4, 4, 24, 24
		wide, high = 20, 20
	}
	s.centre = [2]float64{(d.left + d.right) / 2, (d.top + d.bottom) / 2}
	s.pixelsPerUnit = s.share * float64(s.tall) / high
	const margin = 0.02
	room := [2]float64{float64(s.width) * (1 - s.keep[0] - s.keep[2] - 2*margin), float64(s.tall) * (1 - s.keep[1] - s.keep[3] - 2*margin)}
	var low, up [2]float64
	for range 4 { // shrinking changes the perspective, a little
		low, up = s.extent(wide/2, high/2)
		s.pixelsPerUnit *= min(1, room[0]/(up[0]-low[0]), room[1]/(up[1]-low[1]))
	}
	low, up = s.extent(wide/2, high/2)
	s.anchor = [2]float64{
		float64(s.width)*(s.keep[0]+margin) + s.place[0]*max(0, room[0]-(up[0]-low[0])) - low[0],
		float64(s.tall)*(s.keep[1]+margin) + s.place[1]*max(0, room[1]-(up[1]-low[1])) - low[1],
	}
}

// extent returns the box around a digit's corners in the frame, relative to
// its middle.
func (s *scene) extent(halfWide, halfHigh float64) (low, up [2]float64) {
	sin, cos := math.Sincos(s.angle)
	for i, corner := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		u, v := corner[0]*halfWide*s.pixelsPerUnit, corner[1]*halfHigh*s.pixelsPerUnit
		p, q := u*cos-v*sin, u*sin+v*cos
		depth := max(0.3, 1+(s.tilt[0]*p+s.tilt[1]*q)/s.longer())
		for axis, at := range [2]float64{p / depth, q / depth} {
			if i == 0 {
				low[axis], up[axis] = at, at
			}
			low[axis], up[axis] = min(low[axis], at), max(up[axis], at)
		}
	}
	return low, up
}

// strokePixels is about the width of a stroke in the frame.
func (s *scene) strokePixels() float64 {
	const usual = 2.4 // of MNIST's pixels
	return max(1, usual*s.pen.factor*s.pixelsPerUnit)
}

// photograph renders the scene with a digit on the page.
func (s *scene) photograph(digit []byte) *frame {
	d := shapeOf(digit)
	s.pen.fit(s.height)
	s.look(&d)
	f := s.draw(&d)
	f.blur(s.sharp, 1)
	if s.defocus > 0 {
		f.blur(s.defocus*s.strokePixels()/2, 3)
	}
	if s.motion > 0 {
		f.smear(s.motion*s.strokePixels(), s.turn())
	}
	f.develop(s.exposure)
	f.addNoise(s.noise, s.random)
	return f
}

// draw follows each of the frame's pixels to the page.
func (s *scene) draw(d *shape) *frame {
	f := newFrame(s.width, s.tall)
	strokes := d.drawn(s.pen.factor, s.pen.least)
	millimetres := s.height / (d.bottom - d.top) // for each of MNIST's pixels
	page := s.page()
	sin, cos := math.Sincos(s.angle)
	long := s.longer()
	i := 0
	for row := range s.tall {
		b := float64(row) + 0.5 - s.anchor[1]
		fy := (2*float64(row) + 1 - float64(s.tall)) / long
		for col := range s.width {
			a := float64(col) + 0.5 - s.anchor[0]
			fx := (2*float64(col) + 1 - float64(s.width)) / long
			depth := 1 / max(0.2, 1-(s.tilt[0]*a+s.tilt[1]*b)/long)
			foot := depth / s.pixelsPerUnit // of a pixel, in MNIST's
			x, y := (a*cos+b*sin)*foot, (b*cos-a*sin)*foot
			c := page(x*millimetres, y*millimetres, foot*millimetres)
			s.pen.mark(s.grain, strokes, x+s.centre[0], y+s.centre[1], foot, millimetres, &c)
			for _, object := range s.objects {
				object(s, fx, fy, &c)
			}
			light := float32(1)
			for _, l := range s.lights {
				light *= l(fx, fy)
			}
			for k, plane := range f.planes {
				plane[i] = c[k] * light
			}
			i++
		}
	}
	return f
}

// page returns the page's colour by the place relative to the digit's middle
// and a pixel's width: the digit is anywhere on it and not quite straight.
func (s *scene) page() func(x, y, foot float64) rgb {
	right, down := s.between(0, 40), s.between(0, 40)
	sin, cos := math.Sincos(degrees(s.between(-3, 3)))
	return func(x, y, foot float64) rgb {
		x, y = x*cos-y*sin+right, x*sin+y*cos+down
		c := s.ground(x, y)
		for _, lines := range s.printed {
			lines(x, y, foot, &c)
		}
		return c
	}
}
