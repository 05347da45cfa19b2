package mnist

import (
	"math"
	"math/rand/v2"
)

// NoDigit is the label of a picture that is no digit.
const NoDigit = Classes

// Negatives draws pictures that are no digit, for a network to learn what to
// refuse: signs and scribbles, shapes, pieces and overlays of digits, and
// textures. All but the last are made as an upload would arrive, in a box of
// 20×20 with the centre of mass in the middle. What a person could take for a
// digit is left out, as far as a program can tell: bars that stand are 1, rings
// are 0, and a Z is a 2. It belongs to one goroutine at a time.
type Negatives struct {
	Digits   Set          // that pieces and overlays are made of
	Limits   Augmentation // what is done to the pictures, as to digits
	Strength float64      // factor of the limits; 0 means 1

	dice   dice
	canvas canvas
	sketch [Pixels]float32
	points [maxPoints]point
}

// Apply writes a picture to dst as floats in [0, 1]. It depends on the fields,
// the seed, the epoch and the number alone. It panics without Digits.
func (n *Negatives) Apply(dst []float32, seed uint64, epoch, number int) {
	if n.Digits.Len() == 0 {
		panic("mnist: negatives are made of digits, and there are none")
	}
	random := n.dice.seed(^seed, epoch, number)
	n.draw(dst, random)
	if n.Limits == (Augmentation{}) {
		return
	}
	factor := strength(n.Strength)
	l := n.Limits.times(factor)
	l.Restyle = 0 // what is left of a filled shape by thinning may be a 1
	n.canvas.augment(dst, NoDigit, l.motion(random), &l, factor, random)
}

// draw draws a picture before its augmentation.
func (n *Negatives) draw(dst []float32, random *rand.Rand) {
	const tries = 8
	for range tries {
		clear(n.sketch[:])
		switch kind := random.IntN(20); {
		case kind < 7:
			n.sign(random)
		case kind < 9:
			n.scribble(random)
		case kind < 12:
			n.shape(random)
		case kind < 17:
			n.piece(random)
		default:
			n.texture(dst, random)
			return
		}
		if !n.mistakable() {
			n.place(dst)
			return
		}
	}
	clear(n.sketch[:]) // a cross is never mistaken
	n.points[0], n.points[1], n.points[2], n.points[3] = point{up: true}, point{x: 1, y: 1}, point{x: 1, up: true}, point{y: 1}
	write(n.sketch[:], n.points[:4], bowed, random)
	n.place(dst)
}

// moments returns the sketch's ink, its centre, and the second moments around
// that.
func (n *Negatives) moments() (ink, x, y, xx, xy, yy float64) {
	for i, v := range n.sketch {
		if v > 0 {
			w, col, row := float64(v), float64(i%Side), float64(i/Side)
			ink, x, y = ink+w, x+w*col, y+w*row
			xx, xy, yy = xx+w*col*col, xy+w*col*row, yy+w*row*row
		}
	}
	if ink == 0 {
		return 0, 0, 0, 0, 0, 0
	}
	x, y = x/ink, y/ink
	return ink, x, y, xx/ink - x*x, xy/ink - x*y, yy/ink - y*y
}

// mistakable reports whether the sketch may be read as a 1, being long and
// narrow and not lying, or has hardly any ink.
func (n *Negatives) mistakable() bool {
	const (
		least  = 12.0
		narrow = 0.13 // shorter by longer axis, squared; ones have less
		lying  = 0.5  // radians
	)
	ink, _, _, xx, xy, yy := n.moments()
	if ink < least {
		return true
	}
	root := math.Hypot((xx-yy)/2, xy)
	longer, shorter := (xx+yy)/2+root, (xx+yy)/2-root
	if shorter > narrow*longer {
		return false
	}
	return math.Abs(math.Atan2(2*xy, xx-yy)/2) > lying
}

// place moves the sketch so that its centre of mass is in the middle, by whole
// pixels, as uploads are.
func (n *Negatives) place(dst []float32) {
	_, x, y, _, _, _ := n.moments()
	right, down := int(math.Round(Side/2-x)), int(math.Round(Side/2-y))
	clear(dst[:Pixels])
	for i, v := range n.sketch {
		row, col := i/Side+down, i%Side+right
		if v > 0 && uint(row) < Side && uint(col) < Side {
			dst[row*Side+col] = min(v, 1)
		}
	}
}
