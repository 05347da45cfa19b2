package imageprep

import (
	"image"
	"slices"
)

// step is one thing that is done to a picture, if it needs it.
type step struct {
	name     string
	optional bool // it can be skipped
	do       func(*picture) (acted bool, err error)
}

// recipe is all that happens to a picture, in this order.
var recipe = [...]step{
	{"alpha", true, (*picture).removeAlpha},
	{"gray", false, (*picture).toGray},
	{"shrink", true, (*picture).shrink},
	{"orient", true, (*picture).orient},
	{"page", true, (*picture).cropToPage},
	{"flatten", true, (*picture).flattenLight},
	{"invert", false, (*picture).findPolarity},
	{"stretch", false, (*picture).stretchContrast},
	{"lines", true, (*picture).removeLines},
	{"edges", true, (*picture).removeEdges},
	{"choose", true, (*picture).chooseDigit},
	{"enlarge", false, (*picture).enlargeSmallInk},
	{"crop", false, (*picture).cropToInk},
	{"resize", false, (*picture).resize},
	{"thin", true, (*picture).thin},
	{"thicken", true, (*picture).thicken},
	{"brighten", true, (*picture).brighten},
	{"center", true, (*picture).center},
}

// Steps returns the names of all steps, in their order.
func Steps() []string {
	var names []string
	for _, s := range recipe {
		names = append(names, s.name)
	}
	return names
}

// SeveralDigits is the flag of a picture with more than one digit. Only the
// one with the most ink was taken.
const SeveralDigits = "several_digits"

// Flags returns all flags that there are:
//
//	low_contrast    the ink is faint
//	several_parts   ink beside the digit was left out
//	several_digits  some of that is as large as the digit, or a smaller one beside it
//	clipped         the ink touches the edge of the picture
//	tiny            it has less than 10 pixels
//	off_centre      it is far from the middle of the picture, or of the page without a table
func Flags() []string {
	return []string{"low_contrast", "several_parts", SeveralDigits, "clipped", "tiny", "off_centre"}
}

// check panics on a name that is not one of a step that can be skipped.
func (o Options) check() {
	for _, name := range o.Skip {
		if !slices.ContainsFunc(recipe[:], func(s step) bool { return s.optional && s.name == name }) {
			panic("imageprep: Options.Skip names a step that cannot be skipped")
		}
	}
}

// snapshot is a small picture of the state.
func (p *picture) snapshot() *image.Gray {
	const side = 160
	switch {
	case p.resized:
		return square(p.tensor[:], Side)
	case p.cropped:
		var window [fine * Side * fine * Side]float32
		p.resample(window[:], fine*Side, p.window)
		return square(window[:], fine*Side)
	}
	state := p.gray
	if p.ink.pix != nil {
		state = p.ink
	}
	small := state.averaged((max(state.width, state.height) + side - 1) / side)
	if p.ink.pix == nil && p.levels.darkInk { // found, and not yet turned into ink
		for i, v := range small.pix {
			small.pix[i] = 255 - v
		}
	}
	return &image.Gray{Pix: small.pix, Stride: small.stride, Rect: small.bounds()}
}

// square makes a picture of so many rows of ink, from 0 to 1.
func square(ink []float32, side int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, side, side))
	for i, v := range ink {
		g.Pix[i] = level(255 * v)
	}
	return g
}
