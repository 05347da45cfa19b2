package mnist

import (
	"math"
	"math/rand/v2"
)

// box is a rectangle in pixels.
type box struct{ x, y, width, height float64 }

// piece draws a picture made of digits that is none.
func (n *Negatives) piece(random *rand.Rand) {
	a := random.IntN(n.Digits.Len())
	image, label := n.Digits.Image(a), n.Digits.Labels[a]
	switch random.IntN(6) {
	case 0:
		n.overlay(image, label, random)
	case 1, 2:
		n.row(image, random)
	case 3, 4:
		n.turn(image, label, random)
	default:
		n.shuffle(image, label, random)
	}
}

// inkBox finds the ink of an image.
func inkBox(image []byte) box {
	const faint = 64
	left, top, right, bottom := Side, Side, -1, -1
	for row := range Side {
		for col, v := range image[row*Side:][:Side] {
			if v > faint {
				left, right, top, bottom = min(left, col), max(right, col), min(top, row), row
			}
		}
	}
	if right < 0 {
		return box{0, 0, Side, Side}
	}
	return box{float64(left) - 0.5, float64(top) - 0.5, float64(right - left + 1), float64(bottom - top + 1)}
}

// paste draws a part of an image into a part of the sketch.
func (n *Negatives) paste(image []byte, from, to box) {
	scaleX, scaleY := from.width/to.width, from.height/to.height
	for row := clip(math.Ceil(to.y)); row < clip(to.y+to.height+1); row++ {
		y := float32(from.y + scaleY*(float64(row)-to.y))
		for col := clip(math.Ceil(to.x)); col < clip(to.x+to.width+1); col++ {
			i := row*Side + col
			n.sketch[i] = max(n.sketch[i], bilinear(image, float32(from.x+scaleX*(float64(col)-to.x)), y))
		}
	}
}

// framed is the box of the same aspect in the middle of the picture that is as
// large as digits are.
func framed(b box) box {
	const middle = (Side - 1) / 2.0
	scale := boxSide / max(b.width, b.height)
	return box{middle - scale*b.width/2, middle - scale*b.height/2, scale * b.width, scale * b.height}
}

// another draws a digit of another label, and no 1.
func (n *Negatives) another(label uint8, random *rand.Rand) []byte {
	for range 20 {
		if i := random.IntN(n.Digits.Len()); n.Digits.Labels[i] != label && n.Digits.Labels[i] != 1 {
			return n.Digits.Image(i)
		}
	}
	return n.Digits.Image(0)
}

// overlay draws a digit over another one that is turned, so that neither is
// read. A 1 would only strike the other through.
func (n *Negatives) overlay(image []byte, label uint8, random *rand.Rand) {
	if label == 1 {
		image = n.another(1, random)
	}
	n.paste(image, box{0, 0, Side, Side}, box{0, 0, Side, Side})
	alone, _, _, _, _, _ := n.moments()
	second := n.another(label, random)
	sin, cos := math.Sincos((0.6 + 1.6*random.Float64()) * float64(2*random.IntN(2)-1))
	m := motion{cos, sin, -sin, cos, 0, 0}
	c := &n.canvas
	warp(c.other[:], second, m)
	for i, v := range c.other {
		n.sketch[i] = max(n.sketch[i], v)
	}
	const enough = 1.5
	if both, _, _, _, _, _ := n.moments(); both < enough*alone {
		clear(n.sketch[:]) // the first is still read
	}
}

// row puts two or three digits side by side into the box.
func (n *Negatives) row(image []byte, random *rand.Rand) {
	var images [3][]byte
	var boxes [3]box
	count := 2 + random.IntN(3)/2
	gap := 1.5 + 4*random.Float64()
	all := box{width: -gap}
	for i := range count {
		images[i] = image
		boxes[i] = inkBox(image)
		all.width += gap + boxes[i].width
		all.height = max(all.height, boxes[i].height)
		image = n.Digits.Image(random.IntN(n.Digits.Len()))
	}
	to := framed(all)
	scale := to.width / all.width
	for i := range count {
		b := boxes[i]
		part := box{to.x, to.y + scale*(all.height-b.height)*random.Float64(), scale * b.width, scale * b.height}
		n.paste(images[i], b, part)
		to.x += part.width + scale*gap
	}
}

// part draws the upper or the lower half of a 0, or a quarter but for the upper
// right one, as large as a digit. The parts of other digits are too often
// digits: bars are 1, rings 0, and bent ones 2, 5 and 7.
func (n *Negatives) part(image []byte, random *rand.Rand) {
	b := inkBox(image)
	quarter := random.IntN(5) // the halves, then left above, left below and right below
	b.height /= 2
	if quarter%2 == 1 || quarter == 4 {
		b.y += b.height
	}
	if quarter >= 2 {
		b.width /= 2
	}
	if quarter == 4 {
		b.x += b.width
	}
	n.paste(image, b, framed(b))
}

// turn mirrors a digit, lays it on its side or stands it on its head, where
// that is no digit: 0, 1 and 8 stay what they are, a 2 in the mirror is an S
// and so a 5, a closed 4 stays a 4, and a 6 is a 9 on its head. A 0 falls to
// pieces instead.
func (n *Negatives) turn(image []byte, label uint8, random *rand.Rand) {
	kinds := [Classes]string{2: "><", 3: "m><h", 4: "><h", 7: "m><h", 9: "m"}[label]
	if label == 0 {
		n.part(image, random)
		return
	}
	if kinds == "" {
		n.shuffle(image, label, random)
		return
	}
	kind := kinds[random.IntN(len(kinds))]
	for i := range n.sketch {
		row, col := i/Side, i%Side
		switch kind {
		case 'm':
			col = Side - 1 - col
		case '>':
			row, col = col, Side-1-row
		case '<':
			row, col = Side-1-col, row
		case 'h':
			row, col = Side-1-row, Side-1-col
		}
		n.sketch[i] = float32(image[row*Side+col]) / 255
	}
}

// shuffle puts the quarters or ninths of a digit's box, or those of two
// digits, together in another order.
func (n *Negatives) shuffle(image []byte, label uint8, random *rand.Rand) {
	if label == 1 || label == 8 { // a bar, and what is much the same all over
		image = n.another(label, random)
	}
	second := image
	if random.IntN(2) == 0 {
		second = n.another(label, random)
	}
	parts := 2 + random.IntN(2)
	size := boxSide / float64(parts)
	shift, step := random.IntN(parts*parts), 5-parts // a step of 1 would only move the digit
	for k := range parts * parts {
		from := (step*k + shift) % (parts * parts)
		source := image
		if k%2 == 1 {
			source = second
		}
		n.paste(source, box{3.5 + float64(from%parts)*size, 3.5 + float64(from/parts)*size, size, size},
			box{3.5 + float64(k%parts)*size, 3.5 + float64(k/parts)*size, size, size})
	}
}
