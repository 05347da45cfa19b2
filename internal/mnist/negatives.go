package mnist

import (
	"math"
	"math/rand/v2"
)

// Negatives draws pictures that are no digit, for a network to learn what to
// refuse: strokes and shapes drawn by program, pieces and overlays of digits,
// and noise. They are made as an upload would arrive, in a box of 20×20 with
// the centre of mass in the middle. What a person could take for a digit is
// left out, such as a single bar (1), a ring (0), or the turns of 0, 1 and 8.
// It belongs to one goroutine at a time.
type Negatives struct {
	Digits Set          // that pieces and overlays are made of
	Limits Augmentation // how the pictures are moved, as digits are
	dice   dice
	canvas canvas
	sketch [Pixels]float32
	points [maxPoints]point
}

// NoDigit is the label of a picture that is no digit.
const NoDigit = Classes

// Apply writes a picture to dst as floats in [0, 1]. It depends on the seed,
// the epoch and the number alone.
func (n *Negatives) Apply(dst []float32, seed uint64, epoch, number int) {
	random := n.dice.seed(^seed, epoch, number)
	clear(n.sketch[:])
	switch k := random.IntN(20); {
	case k < 10:
		n.strokes(random)
	case k < 12:
		n.shape(random)
	case k < 17:
		n.pieces(random)
	default:
		n.texture(n.sketch[:], random)
	}
	place(dst, &n.sketch)
	if n.Limits.drawn() && random.IntN(plain) > 0 {
		n.canvas.fill(dst)
		n.canvas.move(dst, n.Limits, n.Limits.motion(random), random)
	}
	if random.Float64() < n.Limits.Wear {
		n.canvas.wear(dst, random)
	}
}

// place moves a sketch so that its centre of mass is in the middle.
func place(dst []float32, sketch *[Pixels]float32) {
	total, x, y := 0.0, 0.0, 0.0
	for i, v := range sketch {
		total += float64(v)
		x += float64(v) * float64(i%Side)
		y += float64(v) * float64(i/Side)
	}
	clear(dst[:Pixels])
	if total == 0 {
		return
	}
	right, down := int(math.Round(Side/2-x/total)), int(math.Round(Side/2-y/total))
	for i, v := range sketch {
		row, col := i/Side+down, i%Side+right
		if v > 0 && uint(row) < Side && uint(col) < Side {
			dst[row*Side+col] = v
		}
	}
}

// pieces makes a picture of parts of digits, or of several.
func (n *Negatives) pieces(random *rand.Rand) {
	a, b := random.IntN(n.Digits.Len()), random.IntN(n.Digits.Len())
	first, second := n.Digits.Image(a), n.Digits.Image(b)
	switch random.IntN(6) {
	case 0: // one over the other
		n.copyPart(first, 0, 0, 1, 1, 4, 4)
		angle := 0.5 + 2*random.Float64()
		sin, cos := math.Sincos(angle)
		n.copyPart(second, cos, sin, 0, 0, 4, 4)
	case 1, 2: // side by side
		n.copyPart(first, 0, 0, 0.5, 0.9, 4, 4)
		n.copyPart(second, 0, 0, 0.5, 0.9, 14, 4)
	case 3: // mirrored or lying, where that is no digit
		switch n.Digits.Labels[a] {
		case 3, 4, 7:
			n.turn(first, random.IntN(2) == 0)
		case 2, 5, 6, 9:
			n.turn(first, true)
		default:
			n.quarters(first, second, random)
		}
	case 4:
		n.quarters(first, second, random)
	default: // a quarter, as large as a digit
		x, y := 4+10*random.IntN(2), 4+10*random.IntN(2)
		for i := range n.sketch {
			row, col := i/Side-4, i%Side-4
			if uint(row) < 20 && uint(col) < 20 {
				n.sketch[i] = float32(first[(y+row/2)*Side+x+col/2]) / 255
			}
		}
	}
}

// copyPart adds an image, shrunk to shares of its width and height, with its
// box's corner at a place; cos and sin of a turn instead of shares where these
// are 0.
func (n *Negatives) copyPart(image []byte, cos, sin, width, height, left, top float64) {
	for i := range n.sketch {
		row, col := float64(i/Side), float64(i%Side)
		var x, y float64
		if width > 0 {
			x, y = 4+(col-left)/width, 4+(row-top)/height
		} else {
			x, y = 13.5+cos*(col-13.5)+sin*(row-13.5), 13.5-sin*(col-13.5)+cos*(row-13.5)
		}
		n.sketch[i] = max(n.sketch[i], bilinear(image, float32(x), float32(y)))
	}
}

// turn lays an image on its side, or mirrors it.
func (n *Negatives) turn(image []byte, lie bool) {
	for i := range n.sketch {
		row, col := i/Side, i%Side
		from := row*Side + Side - 1 - col
		if lie {
			from = col*Side + row
		}
		n.sketch[i] = float32(image[from]) / 255
	}
}

// quarters puts the four quarters of two images together in a wrong order.
func (n *Negatives) quarters(first, second []byte, random *rand.Rand) {
	shift := 1 + random.IntN(3)
	for i := range n.sketch {
		row, col := i/Side, i%Side
		quarter := row/14*2 + col/14
		image := first
		if quarter%2 == 1 {
			image = second
		}
		from := (quarter + shift) % 4
		n.sketch[i] = float32(image[(from/2*14+row%14)*Side+from%2*14+col%14]) / 255
	}
}

// texture fills the whole picture.
func (n *Negatives) texture(dst []float32, random *rand.Rand) {
	period, level := 2+float64(random.IntN(10)), random.Float32()
	sin, cos := math.Sincos(2 * math.Pi * random.Float64())
	kind, digit := random.IntN(6), n.Digits.Image(random.IntN(n.Digits.Len()))
	for i := range dst[:Pixels] {
		x, y := float64(i%Side), float64(i/Side)
		v := float32(0)
		switch kind {
		case 0: // noise
			v = random.Float32()
		case 1: // stripes
			v = float32(0.5 + 0.5*math.Sin(2*math.Pi*(x*cos+y*sin)/period))
		case 2: // a chequered pattern
			v = float32((int(x/period) + int(y/period)) % 2)
		case 3: // from light to dark
			v = float32(0.5 + (cos*(x-13.5)+sin*(y-13.5))/40)
		case 4: // light on dark
			v = 1 - float32(digit[i])/255
		default: // nearly nothing, or all of it
			v = level
			if random.IntN(40) == 0 {
				v = random.Float32()
			}
		}
		dst[i] = clamp(v + 0.05*float32(random.NormFloat64()))
	}
}
