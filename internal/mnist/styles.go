package mnist

import (
	"math"
	"math/rand/v2"
)

// Styles that MNIST, written by Americans with a felt pen, hardly has and
// people write every day, made from its digits.

// restyle changes a digit's style on the canvas, and returns the motion after
// which it is as large as it was and its centre of mass where it was: MNIST
// fits digits into a box and centres them. Where it has lost a ring that it
// needs, or a bay has become one, the digit stays as it was, which is picture.
func (c *canvas) restyle(m motion, picture []float32, label uint8, random *rand.Rand) motion {
	before := c.survey()
	if before.high < 8 { // hardly a digit
		return m
	}
	c.rewrite(before, label, random)
	after := c.survey()
	least := [Classes + 1]int{0: 1, 6: 1, 8: 2, 9: 1}[label]
	most := [Classes + 1]int{0: 3, 2: 2, 4: 1, 6: 1, 7: 1, 8: 2, 9: 1, NoDigit: Pixels}[label]
	if rings := c.rings(); after.high == 0 || rings < least || rings > most {
		c.fill(picture)
		return m
	}
	const centre = (Side - 1) / 2.0
	factor := max(after.wide, after.high) / max(before.wide, before.high)
	return m.fitted(factor, factor, after.x-centre-factor*(before.x-centre), after.y-centre-factor*(before.y-centre))
}

// rewrite draws a label's own style, or changes the pen.
func (c *canvas) rewrite(o outline, label uint8, random *rand.Rand) {
	if forms := handwriting[label]; len(forms) > 0 && random.IntN(5) < 2 {
		c.write(forms[random.IntN(len(forms))], random)
		return
	}
	done := false
	switch kind := random.IntN(12); {
	case label == 1 && kind < 8:
		done = c.upstroke(o, random)
	case label == 7 && kind < 5:
		done = c.crossBar(o, random)
	case label == 7 && kind < 8:
		done = c.serif(o, random)
	case label == 0 && kind < 2:
		done = c.slash(o, random)
	case label == 2 && kind < 3:
		done = c.loop(o, random)
	case label == 4 && kind < 5:
		done = c.close(o, random)
	case label == 9 && kind < 5:
		done = c.leg(o, random)
	}
	const bold = 110 // ink of a digit that is
	switch {
	case done:
	case random.IntN(3) == 0 && o.ink < bold:
		c.thicken(0.5 + 1.2*random.Float64())
	default:
		c.redraw(0.9+1.1*random.Float64(), o.ink)
	}
}

// handwriting is how Europeans write digits that Americans write otherwise,
// stroke by stroke, in the notation of shaken: the 1 with a long upstroke, the
// looped 2, the 3 with a flat roof, the open and the pointed 4, the 5 with its
// bar apart, the 6 with a wide tail, the 7 with a bar or a wave, the 8 that
// begins at its right shoulder, the 9 with a small loop and a hook or a curl.
var handwriting = [Classes + 1][]string{
	1: {"046069", "066069", "146069", "255059", "~05406069", "046069 2999", "156069 3989", "066069 1999", "~0640605969", "057039", "068049", "047029", "~045069"},
	2: {"~02206083561907265998", "~0220608366280907264998"},
	3: {"008034 ~347495983908", "107034 ~348497793907"},
	4: {"300595 6269", "600696 6069", "100595 7079", "500696 7379", "20055459", "30054469", "10157369"},
	5: {"8010 1014 ~14448587391908", "9020 2014 ~145587793908"},
	6: {"~903004074979753506", "~70300308499895643406", "~601003087998643406", "~702000084898752405", "~5010040839798675453416"},
	7: {"008039 1575", "02008039 1575", "008049 0696", "0210248069 3796", "0310358069 3696", "0210247069 2686", "0211238059 3686"},
	8: {"~8040113476793907458380"},
	9: {"~8150111335647175793918", "~60203454716154788909", "~72400133656070796908", "~703002245472 7079", "~61301143646280795908",
		"~62401132546251547578590907", "~144562503021 ~302143657779390918"},
}

// write puts another digit of the same label on the canvas, by another hand.
func (c *canvas) write(strokes string, random *rand.Rand) {
	var points [maxPoints]point
	clear(c.other[:])
	write(c.other[:], shaken(points[:0], strokes, random), 0.03, random)
	c.fill(c.other[:])
}

// penOf is a pen about as wide as the stroke where the digit was crossed.
func penOf(r run) pen { return pen{width: min(max(0.85*r.width, 1.2), 3.2), ink: 1} }

// upstroke gives a 1 the long stroke up to its top that Europeans write, and
// sometimes a foot.
func (c *canvas) upstroke(o outline, random *rand.Rand) bool {
	tip, _, _ := c.ends(o.top + 1)
	stem, _, _ := c.ends((o.top + o.bottom) / 2)
	p := penOf(stem)
	reach := o.high * (0.2 + 0.35*random.Float64())
	sin, cos := math.Sincos((25 + 30*random.Float64()) * math.Pi / 180)
	top := float64(o.top) + p.width/2
	c.draw(p, tip.middle, top, tip.middle-reach*sin, top+reach*cos)
	if random.IntN(4) == 0 {
		foot, _, _ := c.ends(o.bottom - 1)
		half, bottom := 2+3*random.Float64(), float64(o.bottom)-p.width/2
		c.draw(p, foot.middle-half, bottom, foot.middle+half, bottom)
	}
	return true
}

// crossBar crosses the stem of a 7.
func (c *canvas) crossBar(o outline, random *rand.Rand) bool {
	y := float64(o.top) + o.high*(0.42+0.2*random.Float64())
	_, stem, n := c.ends(int(y))
	if n != 1 {
		return false
	}
	left, right, tilt := 2.5+2*random.Float64(), 2.5+2*random.Float64(), 2*random.Float64()-1
	c.draw(penOf(stem), stem.middle-left, y+tilt, stem.middle+right, y-tilt)
	return true
}

// serif begins a 7 with a short stroke down.
func (c *canvas) serif(o outline, random *rand.Rand) bool {
	for row := o.top; row < o.top+6; row++ {
		if v := c.line(row)[o.left]; v > 0.3 {
			x, y := float64(o.left)+0.7, float64(row)
			c.draw(pen{width: 1.2 + random.Float64(), ink: 1}, x, y, x-1+2*random.Float64(), y+2+3*random.Float64())
			return true
		}
	}
	return false
}

// slash strikes a 0 through.
func (c *canvas) slash(o outline, random *rand.Rand) bool {
	wall, _, _ := c.ends((o.top + o.bottom) / 2)
	reach := 0.7 + 0.4*random.Float64()
	wide, high := min(o.wide, 12)/2*reach, o.high/2*reach
	c.draw(penOf(wall), o.x-wide, o.y+high, o.x+wide, o.y-high)
	return true
}

// loop ties the lower left corner of a 2.
func (c *canvas) loop(o outline, random *rand.Rand) bool {
	row := o.bottom - int(0.2*o.high)
	corner, _, _ := c.ends(row)
	p := penOf(run{width: 2})
	wide, high := 1.6+1.2*random.Float64(), 1.3+random.Float64()
	x, y := corner.middle+wide/2, float64(o.bottom)-high-0.5
	const parts = 10
	lastX, lastY := x+wide, y
	for k := 1; k <= parts; k++ {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / parts)
		c.draw(p, lastX, lastY, x+wide*cos, y+high*sin)
		lastX, lastY = x+wide*cos, y+high*sin
	}
	return true
}

// close joins the two tips of an open 4. Opening a closed one would take a
// guess at what lies under the joint, and MNIST has plenty of open ones.
func (c *canvas) close(o outline, random *rand.Rand) bool {
	for row := o.top; row < o.top+int(0.35*o.high); row++ {
		first, last, n := c.ends(row)
		if n != 2 || last.middle-first.middle > 12 {
			continue
		}
		high := row // where the right tip begins
		for high > o.top && c.line(high - 1)[int(last.middle)] > 0.3 {
			high--
		}
		const steep = 0.6
		if rise := float64(row - high); rise < 3 || rise < steep*(last.middle-first.middle) {
			return false // a 4 with a level roof is a 9
		}
		c.draw(penOf(first), first.middle, float64(row)+0.5, last.middle, float64(high)+random.Float64())
		return true
	}
	return false
}

// leg gives a 9 another leg: a straight one, or one that ends in a hook.
func (c *canvas) leg(o outline, random *rand.Rand) bool {
	row := o.top + int(0.62*o.high)
	_, stem, n := c.ends(row)
	if n != 1 || stem.width > 5 {
		return false // the bowl reaches down here, or the leg lies
	}
	for below := row + 1; below < Side; below++ {
		clear(c.line(below))
	}
	p := penOf(stem)
	x, y, bottom := stem.middle, float64(row), float64(o.bottom)-p.width/2
	if random.IntN(2) == 0 {
		c.draw(p, x, y, x+2*random.Float64()-1.5, bottom)
		return true
	}
	turn := bottom - 1.5
	c.draw(p, x, y, x-0.3, turn)
	c.draw(p, x-0.3, turn, x-2.2, bottom)
	end := x - 4 - 3*random.Float64()
	c.draw(p, x-2.2, bottom, end, bottom-1.5*random.Float64())
	return true
}

// draw draws a straight stroke over the canvas.
func (c *canvas) draw(p pen, x0, y0, x1, y1 float64) {
	c.lift()
	p.line(c.other[:], x0, y0, x1, y1)
	c.fill(c.other[:])
}

// thicken makes a marker's strokes of a pen's, by so many pixels on each side.
func (c *canvas) thicken(pixels float64) {
	c.lift()
	c.stroke(c.other[:], pixels)
	c.fill(c.other[:])
}

// stretch makes the motion one that also changes the digit's aspect: most
// often to that of a box that somebody pulled to fit, else squeezed.
func (c *canvas) stretch(m motion, random *rand.Rand) motion {
	o := c.survey()
	if o.high < 4 || o.wide < 2 {
		return m
	}
	if random.IntN(3) == 0 {
		squeeze := 1 + 0.6*random.Float64()
		if random.IntN(2) == 0 {
			return m.fitted(squeeze, 1, 0, 0)
		}
		return m.fitted(1, squeeze, 0, 0)
	}
	side := 20 * (0.8 + 0.2*random.Float64())
	full := 0.3 + 0.7*random.Float64() // how far on the way to a square
	return m.fitted(math.Pow(max(o.wide/side, 0.4), full), math.Pow(o.high/side, full), 0, 0)
}
