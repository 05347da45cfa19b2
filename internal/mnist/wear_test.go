package mnist

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// only returns a wear with a field alone, of everything.
func only(field int, strength float64) (w Wear) {
	reflect.ValueOf(&w).Elem().Field(field).Set(reflect.ValueOf(Effect{1, strength}))
	return w
}

// Every effect changes many pictures, keeps them pictures, leaves most of what
// is not its business, and does nothing without strength.
func TestEveryEffectShowsAndKeepsTheDigit(t *testing.T) {
	var c canvas
	usual := reflect.ValueOf(Worn(1))
	for field := range usual.NumField() {
		name := usual.Type().Field(field).Name
		worn := only(field, usual.Field(field).Interface().(Effect).Strength)
		changed, likeness := 0, 0.0
		const pictures = 60
		for seed := range uint64(pictures) {
			x, was := make([]float32, Pixels), make([]float32, Pixels)
			floats(was, eight)
			copy(x, was)
			c.wear(x, &worn, 1, rand.New(rand.NewPCG(seed, 2)))
			if !slices.Equal(x, was) {
				changed++
			}
			for i, v := range x {
				if !(v >= 0 && v <= 1.0001) {
					t.Fatalf("%s: pixel %d is %v", name, i, v)
				}
			}
			likeness += correlation(x, was) / pictures
		}
		if changed < pictures/3 || likeness < 0.7 {
			t.Errorf("%s changed %d of %d pictures, whose correlation with the original is %.2f", name, changed, pictures, likeness)
		}
	}
}

// correlation is 1 for pictures alike, whatever their brightness.
func correlation(x, y []float32) float64 {
	var sx, sy, sxx, sxy, syy float64
	for i := range x {
		a, b := float64(x[i]), float64(y[i])
		sx, sy, sxx, sxy, syy = sx+a, sy+b, sxx+a*a, sxy+a*b, syy+b*b
	}
	n := float64(len(x))
	return (sxy - sx*sy/n) / math.Sqrt((sxx-sx*sx/n)*(syy-sy*sy/n))
}

// The shares are those of the images, half as near to 0 when weak.
func TestWearComesAsOftenAsItSays(t *testing.T) {
	var c canvas
	random := rand.New(rand.NewPCG(4, 4))
	for _, factor := range []float64{1, 0.5} {
		worn, n, pictures := Wear{Paper: Effect{0.3, 0.5}}, 0, 4000
		for range pictures {
			x := make([]float32, Pixels)
			if c.wear(x, &worn, factor, random); x[0] != 0 || x[Pixels-1] != 0 {
				n++
			}
		}
		if share, want := float64(n)/float64(pictures), 0.3*(1+factor)/2; math.Abs(share-want) > 0.025 {
			t.Errorf("a strength of %v greys %.3f of the pictures; want %.3f", factor, share, want)
		}
	}
}

func TestWornSharesAddUp(t *testing.T) {
	sum := 0.0
	w := reflect.ValueOf(Worn(0.3))
	for field := range w.NumField() {
		sum += w.Field(field).Interface().(Effect).Share
	}
	if math.Abs(sum-0.3) > 1e-12 {
		t.Errorf("the shares add up to %v; want 0.3", sum)
	}
}

// What each effect does to the amount and the place of ink.
func TestEffectsDoWhatTheySay(t *testing.T) {
	type effect = func(*canvas, []float32, float64, *rand.Rand)
	peakOf := func(x []float32) float64 { return float64(peak(x)) }
	inkIn := func(x []float32) float64 { return inkOf(x, 0, Side, 0, Side) }
	rough := func(x []float32) (sum float64) { // how much neighbours differ
		for i := range Pixels - 1 {
			sum += math.Abs(float64(x[i+1] - x[i]))
		}
		return sum
	}
	paper := func(x []float32) float64 { return inkOf(x, 0, 3, 0, Side) / (3 * Side) }
	for _, c := range []struct {
		name      string
		apply     effect
		strength  float64
		measure   func([]float32) float64
		low, high float64 // of the mean's ratio, or of the mean where it was 0
	}{
		{"cut takes ink", (*canvas).cut, 3, inkIn, 0.8, 0.97},
		{"lines add ink", (*canvas).lines, 1, inkIn, 1.05, 1.6},
		{"specks add ink", (*canvas).specks, 12, inkIn, 1.02, 1.4},
		{"erasing takes ink", (*canvas).erase, 6, inkIn, 0.9, 0.99},
		{"scattering keeps the ink", (*canvas).scatter, 1.2, inkIn, 0.95, 1.05},
		{"scattering is rough", (*canvas).scatter, 1.2, rough, 1.1, 3},
		{"coarse keeps the ink", (*canvas).coarse, 1, inkIn, 0.95, 1.05},
		{"coarse smooths", (*canvas).coarse, 1, rough, 0.5, 0.95},
		{"blur keeps the ink", (*canvas).blur, 1, inkIn, 0.95, 1.001},
		{"blur smooths", (*canvas).blur, 1, rough, 0.5, 0.95},
		{"tone fades", (*canvas).tone, 1, peakOf, 0.5, 0.8},
		{"paper is grey", (*canvas).paper, 0.6, paper, 0.2, 0.4},
		{"shot noise leaves the paper", (*canvas).shot, 0.7, paper, 0, 0},
		{"shot noise is rough", (*canvas).shot, 0.7, rough, 1.05, 2},
		{"grain is on the paper", (*canvas).grain, 0.25, paper, 0.02, 0.1},
		{"impulses are on the paper", (*canvas).impulse, 0.25, paper, 0.03, 0.1},
	} {
		var canvas canvas
		random := rand.New(rand.NewPCG(5, 5))
		before, after := 0.0, 0.0
		const pictures = 300
		for range pictures {
			x := make([]float32, Pixels)
			floats(x, eight)
			before += c.measure(x) / pictures
			c.apply(&canvas, x, c.strength, random)
			after += c.measure(x) / pictures
		}
		if before > 0 {
			after /= before
		}
		if after < c.low || after > c.high {
			t.Errorf("%s: %.3f of what it was; want %v to %v", c.name, after, c.low, c.high)
		}
	}
}

func TestStrokeGrowsAndShrinks(t *testing.T) {
	ink := func(amount float64) float64 {
		var c canvas
		x := make([]float32, Pixels)
		floats(x, seven)
		c.stroke(x, amount)
		return inkOf(x, 0, Side, 0, Side)
	}
	last := 0.0
	for _, amount := range []float64{-1, -0.5, -0.25, 0, 0.25, 0.5, 1, 1.5} {
		if now := ink(amount); now < 1.08*last {
			t.Errorf("a stroke changed by %v has %.1f of ink, after %.1f", amount, now, last)
		} else {
			last = now
		}
	}
}
