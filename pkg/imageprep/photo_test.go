package imageprep_test

import (
	"image"
	"image/draw"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	xdraw "golang.org/x/image/draw"

	"digits/pkg/imageprep"
)

const photoSide = 300

// photo draws a dark seven of 140 pixels on a paper of 300x300 that has, at
// each place, a brightness.
func photo(brightness func(x, y int) float64) *image.Gray {
	digit := scale(seven(), 140, xdraw.CatmullRom)
	out := image.NewGray(image.Rect(0, 0, photoSide, photoSide))
	for i := range out.Pix {
		x, y := i%photoSide, i/photoSide
		ink := 0.0
		if p := image.Pt(x-70, y-80); p.In(digit.Rect) {
			ink = float64(digit.GrayAt(p.X, p.Y).Y) / 255
		}
		out.Pix[i] = uint8(min(255, brightness(x, y)*(1-0.7*ink)))
	}
	return out
}

func white(int, int) float64 { return 235 }

// under draws something over a photograph where it says how dark.
func under(g *image.Gray, darkness func(x, y int) float64) *image.Gray {
	for i := range g.Pix {
		g.Pix[i] = min(g.Pix[i], uint8(235*(1-darkness(i%photoSide, i/photoSide))))
	}
	return g
}

// faint takes half of the contrast with white paper.
func faint(g *image.Gray) *image.Gray {
	for i, v := range g.Pix {
		g.Pix[i] = 235 - (235-v)/2
	}
	return g
}

// glare adds the reflection of a lamp.
func glare(g *image.Gray) *image.Gray {
	for i, v := range g.Pix {
		x, y := float64(i%photoSide), float64(i/photoSide)
		g.Pix[i] = uint8(min(255, 0.9*float64(v)+40*math.Exp(-((x-150)*(x-150)+(y-150)*(y-150))/3000)))
	}
	return g
}

// thumb comes in from below; its nail is paler.
func thumb(x, y int) float64 {
	return when(y > 150 && x > 226 && x < 292, 0.6) - when((x-259)*(x-259)+(y-190)*(y-190) < 29*29, 0.55)
}

func when(yes bool, value float64) float64 {
	if yes {
		return value
	}
	return 0
}

// Whatever light and paper do, the network sees nearly the same seven.
func TestPhotographs(t *testing.T) {
	reference, _ := tensorOf(t, photo(white), imageprep.Options{})
	random := rand.New(rand.NewPCG(9, 10))
	for name, tt := range map[string]struct {
		picture *image.Gray
		step    string // that must have acted
	}{
		"a slope of light":    {photo(func(x, y int) float64 { return 240 - 0.4*float64(x) }), "flatten"},
		"a lamp":              {photo(func(x, y int) float64 { return 100 + 150/(1+float64((x-220)*(x-220)+(y-80)*(y-80))/4000) }), "flatten"},
		"a lamp's reflection": {photo(func(x, y int) float64 { return 120 + 130*math.Exp(-float64((x-170)*(x-170)+(y-130)*(y-130))/2500) }), "flatten"},
		"a shadow's edge":     {photo(func(x, y int) float64 { return 230 - when(x+y/2 > 200, 100) }), "flatten"},
		"dark corners":        {photo(func(x, y int) float64 { return 235 - 0.004*float64((x-150)*(x-150)+(y-150)*(y-150)) }), "flatten"},
		"noise":               {photo(func(x, y int) float64 { return 215 + 8*random.NormFloat64() }), "stretch"},
		"a glare":             {glare(faint(faint(photo(white)))), "flatten"},
		"ruled paper":         {under(photo(white), func(x, y int) float64 { return when((y+x/20)%40 < 2, 0.5) }), "lines"},
		"squared paper":       {under(photo(white), func(x, y int) float64 { return when((y+x/20)%32 < 2 || (x-y/20+300)%32 < 2, 0.4) }), "lines"},
		"a single faint line": {under(photo(white), func(x, y int) float64 { return when((y-140-x/20)*(y-140-x/20) < 25, 0.25) }), "lines"},
		"faint, at a table":   {under(faint(under(photo(white), func(x, y int) float64 { return when((y+x/20)%60 < 3 || (x-y/20+300)%60 < 3, 0.5) })), func(x, y int) float64 { return when(x > 282 && y > 100, 0.95) }), "edges"},
		"a table's wedge":     {under(photo(white), func(x, y int) float64 { return when((y > 12 || x < 40) && y < 59-x/6, 0.9) }), "edges"},
		"a frame":             {under(photo(white), func(x, y int) float64 { return when(x < 4 || y > 296, 0.8) }), "lines"},
		"a thumb":             {under(photo(white), func(x, y int) float64 { return when((x-300)*(x-300)+(y-200)*(y-200) < 1600, 0.6) }), "edges"},
		"a thumb's pale nail": {under(photo(white), thumb), "edges"},
		"a darker thumb":      {under(photo(white), func(x, y int) float64 { return when((x-300)*(x-300)+(y-200)*(y-200) < 1600, 0.95) }), "edges"},
		"a table at one side": {photo(func(x, y int) float64 { return 230 - when(x < 30, 160) }), "flatten"},
		"a table, two sides":  {under(photo(white), func(x, y int) float64 { return when(x > 270+y/25 || y < 14+x/25, 0.8) }), "flatten"},
		"a sheet on a table":  {under(photo(white), func(x, y int) float64 { return when(x < 30 || y < 20 || x > 280 || y > 275, 0.6) }), "page"},
		"on a bright table":   {under(photo(white), func(x, y int) float64 { return when(x < 30 || y < 20 || x > 280 || y > 275, 0.3) }), "page"},
		"a sheet, turned":     {under(photo(white), func(x, y int) float64 { return when(x < 30+y/12 || y < 40-x/12 || x > 260+y/12 || y > 285-x/12, 0.8) }), "page"},
		"specks":              {under(photo(white), func(x, y int) float64 { return when(x%50 < 3 && y%70 < 2, 0.7) }), "choose"},
	} {
		tensor, info := tensorOf(t, tt.picture, imageprep.Options{})
		if difference := difference(tensor, reference); difference > 0.065 { // a shift by one pixel alone is 0.05
			t.Errorf("%s: the mean difference is %.3f; steps %v", name, difference, info.Steps)
		}
		if !slices.Contains(info.Steps, tt.step) {
			t.Errorf("%s: steps %v; want %s", name, info.Steps, tt.step)
		}
		if slices.Contains(info.Flags, imageprep.SeveralDigits) {
			t.Errorf("%s: flags %v", name, info.Flags)
		}
	}
}

func difference(a, b []float32) (mean float64) {
	for i := range a {
		mean += float64(max(a[i]-b[i], b[i]-a[i])) / float64(len(a))
	}
	return mean
}

// A 0 by a marker that reaches every edge of a picture of uneven light keeps
// its strokes there.
func TestPhotographsWithoutAMargin(t *testing.T) {
	const wide = 200
	picture := image.NewGray(image.Rect(0, 0, wide, photoSide))
	for i := range picture.Pix {
		x, y := float64(i%wide), float64(i/wide)
		across, down := (x-(wide-1)/2.0)/(wide/2.0), (y-(photoSide-1)/2.0)/(photoSide/2.0)
		ink := math.Hypot(across, down) < 1 && math.Hypot(across/0.7, down/0.8) > 1
		picture.Pix[i] = uint8((220 - 0.35*x - 0.1*y) * (1 - when(ink, 0.75)))
	}
	tensor, info := tensorOf(t, picture, imageprep.Options{})
	at := func(x, y int) float32 { return tensor[y*imageprep.Side+x] }
	const middle, last = imageprep.Side / 2, imageprep.Side - 1
	var top, bottom, left, right float32
	for i := range middle {
		top, bottom = max(top, at(middle, i)), max(bottom, at(middle, last-i))
		left, right = max(left, at(i, middle)), max(right, at(last-i, middle))
	}
	if min(top, bottom, left, right) < 0.8 || at(middle, middle) > 0.1 {
		t.Errorf("the strokes have %.2f %.2f %.2f %.2f and the middle %.2f; steps %v", top, bottom, left, right, at(middle, middle), info.Steps)
	}
}

// What is skipped is not done, and shows.
func TestSkippedSteps(t *testing.T) {
	for step, picture := range map[string]*image.Gray{
		"flatten": photo(func(x, y int) float64 { return 240 - 0.4*float64(x) }),
		"lines":   under(photo(white), func(x, y int) float64 { return when(y%40 < 2, 0.5) }),
		"edges":   under(photo(white), func(x, y int) float64 { return when((x-300)*(x-300)+(y-200)*(y-200) < 1600, 0.95) }),
	} {
		with, info := tensorOf(t, picture, imageprep.Options{})
		without, skipped := tensorOf(t, picture, imageprep.Options{Skip: []string{step}})
		if !slices.Contains(info.Steps, step) || slices.Contains(skipped.Steps, step) {
			t.Errorf("%s: steps %v, and %v when it is skipped", step, info.Steps, skipped.Steps)
		}
		if slices.Equal(with, without) {
			t.Errorf("%s makes no difference", step)
		}
	}
}

// bars draws dark rectangles on white.
func bars(rectangles ...image.Rectangle) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, photoSide, photoSide))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	for _, r := range rectangles {
		draw.Draw(g, r, image.Black, image.Point{}, draw.Src)
	}
	return g
}

// frameOf is the four bars of a box.
func frameOf(r image.Rectangle, thick int) []image.Rectangle {
	in := r.Inset(thick)
	return []image.Rectangle{
		image.Rect(r.Min.X, r.Min.Y, r.Max.X, in.Min.Y), image.Rect(r.Min.X, in.Max.Y, r.Max.X, r.Max.Y),
		image.Rect(r.Min.X, r.Min.Y, in.Min.X, r.Max.Y), image.Rect(in.Max.X, r.Min.Y, r.Max.X, r.Max.Y),
	}
}

// Two digits are not one, but the pieces of one are.
func TestParts(t *testing.T) {
	stem, bow := image.Rect(100, 100, 112, 200), image.Rect(100, 188, 170, 200)
	halves := []image.Rectangle{image.Rect(100, 100, 112, 200), image.Rect(100, 100, 140, 112), image.Rect(100, 188, 140, 200),
		image.Rect(145, 100, 185, 112), image.Rect(145, 188, 185, 200), image.Rect(173, 100, 185, 200)}
	for name, tt := range map[string]struct {
		picture *image.Gray
		flags   []string
	}{
		"one":                         {bars(stem, bow), nil},
		"the loose bar of a five":     {bars(stem, bow, image.Rect(118, 90, 170, 100)), nil},
		"a five's long bar":           {bars(image.Rect(100, 100, 108, 130), image.Rect(100, 125, 130, 133), image.Rect(122, 125, 130, 160), image.Rect(140, 80, 230, 92)), nil},
		"a cup below a hook":          {bars(image.Rect(100, 60, 170, 72), image.Rect(158, 60, 170, 110), image.Rect(90, 132, 102, 166), image.Rect(90, 154, 190, 166), image.Rect(178, 132, 190, 166)), nil},
		"a broken stem":               {bars(image.Rect(100, 100, 112, 140), image.Rect(100, 145, 112, 200), bow), nil},
		"a four of two strokes":       {bars(image.Rect(50, 100, 60, 160), image.Rect(50, 150, 160, 160), image.Rect(165, 90, 177, 200)), nil},
		"a four of two, far apart":    {bars(image.Rect(80, 100, 88, 160), image.Rect(80, 152, 120, 160), image.Rect(140, 90, 152, 200)), nil},
		"the halves of a zero":        {bars(halves...), nil},
		"another close to it":         {bars(stem, bow, image.Rect(176, 95, 188, 200), image.Rect(188, 188, 230, 200)), []string{"several_parts", imageprep.SeveralDigits}},
		"another beside it":           {bars(stem, bow, image.Rect(200, 100, 212, 200)), []string{"several_parts", imageprep.SeveralDigits}},
		"a smaller one on its foot":   {bars(stem, bow, image.Rect(190, 150, 200, 200), image.Rect(190, 150, 220, 158)), []string{"several_parts", imageprep.SeveralDigits}},
		"a smaller one before it":     {bars(stem, bow, image.Rect(50, 150, 60, 200), image.Rect(50, 192, 80, 200)), []string{"several_parts", imageprep.SeveralDigits}},
		"a smaller one, raised":       {bars(stem, bow, image.Rect(190, 95, 200, 145), image.Rect(190, 95, 220, 103)), []string{"several_parts", imageprep.SeveralDigits}},
		"another below it":            {bars(image.Rect(100, 20, 112, 100), image.Rect(100, 200, 112, 280)), []string{"several_parts", imageprep.SeveralDigits, "off_centre"}},
		"something small, far away":   {bars(stem, bow, image.Rect(250, 20, 262, 32)), []string{"several_parts"}},
		"specks":                      {bars(stem, bow, image.Rect(250, 20, 252, 22), image.Rect(40, 40, 42, 42)), nil},
		"in a box":                    {bars(append(frameOf(image.Rect(60, 60, 220, 240), 4), stem, bow)...), nil},
		"in a frame at the edge":      {bars(append(frameOf(image.Rect(0, 0, 300, 300), 7), stem, bow)...), nil},
		"another a little below it":   {bars(image.Rect(100, 40, 112, 120), image.Rect(100, 150, 112, 230)), []string{"several_parts", imageprep.SeveralDigits}},
		"one in a corner":             {bars(image.Rect(10, 20, 20, 60), image.Rect(10, 52, 40, 60)), []string{"off_centre"}},
		"another cut off by the edge": {bars(stem, bow, image.Rect(230, 90, 242, 200), image.Rect(230, 188, 300, 200)), []string{"several_parts", imageprep.SeveralDigits}},
		"another that comes in from":  {bars(stem, bow, image.Rect(292, 100, 300, 200)), nil},
	} {
		_, info := tensorOf(t, tt.picture, imageprep.Options{})
		if !slices.Equal(info.Flags, tt.flags) {
			t.Errorf("%s: flags %v; want %v; steps %v", name, info.Flags, tt.flags, info.Steps)
		}
	}
}

// What is on two sides of a piece is no frame around it.
func TestHooksAreNoFrames(t *testing.T) {
	hook := bars(image.Rect(60, 60, 66, 240), image.Rect(60, 60, 240, 66), image.Rect(60, 234, 240, 240), image.Rect(90, 110, 102, 160))
	tensor, info := tensorOf(t, hook, imageprep.Options{})
	inked := 0
	for x := range imageprep.Side {
		for y := range imageprep.Side {
			if tensor[y*imageprep.Side+x] > 0.5 {
				inked++
				break
			}
		}
	}
	if inked < 18 {
		t.Errorf("%d columns have ink; steps %v", inked, info.Steps)
	}
}

// The picture of a camera that was turned is turned back.
func TestOrientation(t *testing.T) {
	upright := paste(seven(), 90, 80, 40, 30)
	reference, _ := tensorOf(t, upright, imageprep.Options{})
	turn := func(g *image.Gray, width, height int, from func(x, y int) (int, int)) *image.Gray {
		out := image.NewGray(image.Rect(0, 0, width, height))
		for i := range out.Pix {
			x, y := from(i%width, i/width)
			out.Pix[i] = g.GrayAt(x, y).Y
		}
		return out
	}
	const w, h = 90, 80
	for orientation, stored := range map[int]*image.Gray{ // how a camera stores what Exif says is to be turned
		1: upright,
		2: turn(upright, w, h, func(x, y int) (int, int) { return w - 1 - x, y }),
		3: turn(upright, w, h, func(x, y int) (int, int) { return w - 1 - x, h - 1 - y }),
		4: turn(upright, w, h, func(x, y int) (int, int) { return x, h - 1 - y }),
		5: turn(upright, h, w, func(x, y int) (int, int) { return y, x }),
		6: turn(upright, h, w, func(x, y int) (int, int) { return w - 1 - y, x }), // to be turned clockwise
		7: turn(upright, h, w, func(x, y int) (int, int) { return w - 1 - y, h - 1 - x }),
		8: turn(upright, h, w, func(x, y int) (int, int) { return y, h - 1 - x }),
	} {
		tensor := make([]float32, imageprep.Pixels)
		info := imageprep.Info{Orientation: orientation}
		if err := imageprep.Tensor(tensor, stored, &info, imageprep.Options{}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(tensor, reference) {
			t.Errorf("orientation %d: another picture; steps %v", orientation, info.Steps)
		}
	}
}
