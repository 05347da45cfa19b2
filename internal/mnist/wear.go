package mnist

import "math/rand/v2"

// Effect is something that happens to a share of the images, and how strongly
// at most.
type Effect struct {
	Share    float64 `json:"share"`
	Strength float64 `json:"strength"`
}

// Wear is what pens, paper, cameras, scanners and careless cutting do to a
// picture, besides changing its geometry, in the order of its happening. Each
// effect comes by itself: an image may get several, or none.
type Wear struct {
	Cut     Effect `json:"cut,omitzero"`     // pixels lost at one edge of the ink
	Lines   Effect `json:"lines,omitzero"`   // ruled paper and strokes across: their ink
	Specks  Effect `json:"specks,omitzero"`  // number of drops
	Erase   Effect `json:"erase,omitzero"`   // side of the lost patch, in pixels
	Scatter Effect `json:"scatter,omitzero"` // how far pixels stray
	Coarse  Effect `json:"coarse,omitzero"`  // resolution lost: 1 means half of it
	Blur    Effect `json:"blur,omitzero"`    // standard deviation, or a quarter of the way moved, in pixels
	Tone    Effect `json:"tone,omitzero"`    // 1 bends the scale of greys by up to 2.5 and takes up to 70% of the ink
	Paper   Effect `json:"paper,omitzero"`   // grey of the paper
	Shot    Effect `json:"shot,omitzero"`    // deviation of noise at full ink; it grows as the root of the ink
	Grain   Effect `json:"grain,omitzero"`   // deviation of noise that is the same everywhere
	Impulse Effect `json:"impulse,omitzero"` // share of the pixels that are lost
}

// Worn is the wear that was looked at and found readable, of shares that add
// up to the given one.
func Worn(share float64) Wear {
	effect := func(parts, strength float64) Effect { return Effect{share * parts / 24, strength} }
	return Wear{
		Cut: effect(1, 2), Lines: effect(4, 1), Specks: effect(3, 10), Erase: effect(1, 5),
		Scatter: effect(2, 1.2), Coarse: effect(1, 1), Blur: effect(3, 1), Tone: effect(2, 1),
		Paper: effect(2, 0.6), Shot: effect(2, 0.7), Grain: effect(1, 0.25), Impulse: effect(2, 0.25),
	}
}

// wear does the effects whose turn it is, their shares brought half as near to
// 0 as a factor says, and their strengths all the way: above 1 they stay what
// was found readable.
func (c *canvas) wear(dst []float32, w *Wear, factor float64, random *rand.Rand) {
	if *w == (Wear{}) {
		return
	}
	effects := [...]struct {
		*Effect
		apply func(c *canvas, dst []float32, strength float64, random *rand.Rand)
	}{
		{&w.Cut, (*canvas).cut},
		{&w.Lines, (*canvas).lines},
		{&w.Specks, (*canvas).specks},
		{&w.Erase, (*canvas).erase},
		{&w.Scatter, (*canvas).scatter},
		{&w.Coarse, (*canvas).coarse},
		{&w.Blur, (*canvas).blur},
		{&w.Tone, (*canvas).tone},
		{&w.Paper, (*canvas).paper},
		{&w.Shot, (*canvas).shot},
		{&w.Grain, (*canvas).grain},
		{&w.Impulse, (*canvas).impulse},
	}
	for _, e := range effects {
		if random.Float64() < e.Share*(1+factor)/2 {
			e.apply(c, dst, min(factor, 1)*e.Strength, random)
		}
	}
}

// clamp is min(max(v, 0), 1), and 0 for NaN. Those care about the sign of 0.
func clamp(v float32) float32 {
	switch {
	case v >= 1:
		return 1
	case v > 0:
		return v
	}
	return 0
}
