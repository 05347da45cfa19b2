package mnist

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// onCanvas changes a digit on a canvas and returns both pictures.
func onCanvas(image []byte, change func(c *canvas, o outline, random *rand.Rand) bool) (before, after []float32) {
	before, after = make([]float32, Pixels), make([]float32, Pixels)
	var c canvas
	floats(before, image)
	c.fill(before)
	if !change(&c, c.survey(), rand.New(rand.NewPCG(1, 4))) {
		return before, before
	}
	c.lift()
	copy(after, c.other[:])
	return before, after
}

// Where each style puts ink, or takes it from.
func TestStyles(t *testing.T) {
	pens := func(change func(c *canvas, o outline)) func(*canvas, outline, *rand.Rand) bool {
		return func(c *canvas, o outline, _ *rand.Rand) bool { change(c, o); return true }
	}
	for _, c := range []struct {
		name                     string
		image                    []byte
		change                   func(c *canvas, o outline, random *rand.Rand) bool
		top, bottom, left, right int
		more                     bool
	}{
		{"upstroke left of a 1", one, (*canvas).upstroke, 5, 20, 0, 12, true},
		{"bar left of a 7's stem", seven, (*canvas).crossBar, 12, 18, 10, 14, true},
		{"serif below a 7's bar", seven, (*canvas).serif, 8, 12, 5, 11, true},
		{"another leg of a 9", nine, (*canvas).leg, 20, 25, 8, 16, true},
		{"slash inside a 0", zero, (*canvas).slash, 8, 20, 11, 17, true},
		{"loop of a 2", two, (*canvas).loop, 17, 21, 6, 14, true},
		{"roof of a 4", four, (*canvas).close, 5, 10, 9, 15, true},
		{"marker", one, pens(func(c *canvas, _ outline) { c.thicken(1) }), 0, Side, 0, Side, true},
		{"fine pen", two, pens(func(c *canvas, o outline) { c.redraw(0.8, o.ink) }), 0, Side, 0, Side, false},
	} {
		before, after := onCanvas(c.image, c.change)
		was, is := inkOf(before, c.top, c.bottom, c.left, c.right), inkOf(after, c.top, c.bottom, c.left, c.right)
		if c.more && is < was+2 || !c.more && is > 0.7*was {
			t.Errorf("%s: the ink was %.1f and is %.1f", c.name, was, is)
		}
	}
}

// What does not suit a digit is not done to it.
func TestStylesThatDoNotSuit(t *testing.T) {
	for name, c := range map[string]struct {
		image  []byte
		change func(c *canvas, o outline, random *rand.Rand) bool
	}{
		"a bar through two walls":  {zero, (*canvas).crossBar},
		"the roof of a 7":          {seven, (*canvas).close},
		"a level roof":             {strokes(2, [4]float64{8, 6, 8, 15}, [4]float64{8, 15, 16, 15}, [4]float64{16, 6, 16, 24}), (*canvas).close},
		"a leg beside another one": {zero, (*canvas).leg},
	} {
		if before, after := onCanvas(c.image, c.change); !slices.Equal(before, after) {
			t.Errorf("%s was drawn", name)
		}
	}
}

// A skeleton is one pixel wide and as long as the strokes; a bold digit's is
// not drawn.
func TestRedrawFollowsTheSkeleton(t *testing.T) {
	fine := func(c *canvas, o outline, _ *rand.Rand) bool { c.redraw(1, o.ink); return true }
	_, after := onCanvas(strokes(2, [4]float64{14, 5, 14, 23}), fine)
	for row := 8; row < 20; row++ {
		if ink := inkOf(after, row, row+1, 0, Side); ink < 0.8 || ink > 1.8 {
			t.Errorf("row %d of a redrawn bar has %.2f of ink", row, ink)
		}
	}
	if before, after := onCanvas(strokes(5, [4]float64{14, 7, 14, 21}), fine); !slices.Equal(before, after) {
		t.Error("a bold bar was drawn with a fine pen")
	}
}

func TestRingsAreCounted(t *testing.T) {
	for _, c := range []struct {
		name  string
		image []byte
		want  int
	}{{"1", one, 0}, {"0", zero, 1}, {"8", eight, 2}, {"9", nine, 1}, {"two bars", strokes(2, [4]float64{6, 5, 6, 20}, [4]float64{20, 5, 20, 20}), -1}, {"nothing", make([]byte, Pixels), 1}} {
		var canvas canvas
		x := make([]float32, Pixels)
		floats(x, c.image)
		canvas.fill(x)
		if got := canvas.rings(); got != c.want {
			t.Errorf("%s has %d rings; want %d", c.name, got, c.want)
		}
	}
}

// A restyled digit keeps its size, its centre of mass and its rings.
func TestRestyleKeepsSizePlaceAndRings(t *testing.T) {
	set := handmade()
	changed := 0
	for seed := range uint64(300) {
		var c canvas
		random := rand.New(rand.NewPCG(seed, 1))
		i := int(seed) % set.Len()
		x := make([]float32, Pixels)
		floats(x, set.Image(i))
		c.fill(x)
		before, rings := c.survey(), c.rings()
		c.warp(x, c.restyle(motion{xx: 1, yy: 1}, slices.Clone(x), set.Labels[i], random), 0, random)
		if now := c.rings(); now < rings {
			t.Errorf("seed %d: %d rings became %d of a %d", seed, rings, now, set.Labels[i])
		}
		c.fill(x)
		after := c.survey()
		if math.Abs(after.ink-before.ink) > 1 {
			changed++
		}
		if math.Abs(after.x-before.x) > 0.3 || math.Abs(after.y-before.y) > 0.3 {
			t.Errorf("seed %d: the centre of a %d moved from %.2f, %.2f to %.2f, %.2f", seed, set.Labels[i], before.x, before.y, after.x, after.y)
		}
		if math.Abs(max(after.wide, after.high)-max(before.wide, before.high)) > 2.5 {
			t.Errorf("seed %d: a %d of %v by %v became %v by %v", seed, set.Labels[i], before.wide, before.high, after.wide, after.high)
		}
	}
	if changed < 200 {
		t.Errorf("%d of 300 digits changed", changed)
	}
}

// Usually the lines of a form close the rings that the digit has, and no others; a
// bold pen may fill one, and a shaky hand may leave one open.
func TestHandwritingHasTheDigitsRings(t *testing.T) {
	const hands = 100
	for label, rings := range [Classes]int{6: 1, 8: 2, 9: 1} {
		for _, form := range handwriting[label] {
			right := 0
			for seed := range uint64(hands) {
				var c canvas
				c.write(form, rand.New(rand.NewPCG(seed, 5)))
				if c.survey().high < 6 {
					t.Fatalf("the %d written as %q has no height", label, form)
				}
				if n := c.rings(); n == rings || label == 4 && n < 2 || label == 2 && n < 3 || label == 7 && n < 2 {
					right++
				}
			}
			if right < hands*2/5 { // restyle does without the others
				t.Errorf("of the %d written as %q %d of %d have its rings", label, form, right, hands)
			}
		}
	}
}

func TestStretchPullsOrSqueezes(t *testing.T) {
	squarer, squeezed := 0, 0
	for seed := range uint64(60) {
		var c canvas
		x := make([]float32, Pixels)
		floats(x, seven)
		c.fill(x)
		switch m := c.stretch(motion{xx: 1, yy: 1}, rand.New(rand.NewPCG(seed, 1))); {
		case m.xx >= 0.4 && m.xx < 1 && m.yy < 1.3:
			squarer++
		case m.xx >= 1 && m.yy >= 1 && m.xx+m.yy < 2.6:
			squeezed++
		default:
			t.Errorf("seed %d: a box of 15 by 20 is scaled by 1/%v and 1/%v", seed, m.xx, m.yy)
		}
	}
	if squarer < 30 || squeezed < 10 {
		t.Errorf("of 60 boxes %d became squarer and %d were squeezed", squarer, squeezed)
	}
}
