package corrupt

import (
	"math"
	"slices"
	"testing"
)

// The mean and the variance of a Poisson number are the same.
func TestPoisson(t *testing.T) {
	const draws = 20_000
	random := dice(1, 1)
	for _, mean := range []float64{0, 0.3, 1, 3} {
		sum, squares := 0.0, 0.0
		for range draws {
			k := float64(poisson(mean, random))
			sum += k
			squares += k * k
		}
		m := sum / draws
		if v := squares/draws - m*m; math.Abs(m-mean) > 0.06 || math.Abs(v-mean) > 0.15 {
			t.Errorf("mean %v: drawn mean %v, variance %v", mean, m, v)
		}
	}
}

func TestGaussian(t *testing.T) {
	for _, c := range []struct {
		deviation float64
		length    int
	}{{0.7, 7}, {1, 9}, {1.5, 13}} {
		sum, variance := 0.0, 0.0
		weights := gaussian(c.deviation)
		for i, w := range weights {
			d := float64(i - len(weights)/2)
			sum += w
			variance += w * d * d
		}
		if len(weights) != c.length || math.Abs(sum-1) > 1e-12 || math.Abs(math.Sqrt(variance)-c.deviation) > 0.01 {
			t.Errorf("deviation %v: %d weights, sum %v, deviation %v", c.deviation, len(weights), sum, math.Sqrt(variance))
		}
	}
}

// The cloud fills its range, has no seam, and is smooth: a step of a pixel is
// little beside the whole.
func TestPlasma(t *testing.T) {
	heights := plasma(1.4, dice(1, 1))
	if low, high := slices.Min(heights), slices.Max(heights); low != 0 || high != 1 {
		t.Errorf("the heights are %v to %v; want 0 to 1", low, high)
	}
	steepest := 0.0
	for row := range cloudSide {
		for col := range cloudSide {
			h := heights[row*cloudSide+col]
			right, below := heights[row*cloudSide+(col+1)%cloudSide], heights[(row+1)%cloudSide*cloudSide+col]
			steepest = max(steepest, math.Abs(h-right), math.Abs(h-below))
		}
	}
	if steepest == 0 || steepest > 0.1 {
		t.Errorf("the steepest step is %v", steepest)
	}
}

// A level line has full ink in its row, 1 + ln(1 − 1/2.3) in the rows beside
// it, and none farther off or in the last column.
func TestLine(t *testing.T) {
	var p picture
	p.line(2, 10, 25, 10, func(col int) bool { return col != 7 })
	for i, got := range p {
		row, col := i/side, i%side
		want := 0.0
		if col >= 2 && col < 25 && col != 7 {
			switch row {
			case 10:
				want = 1
			case 9, 11:
				want = 0.429455
			}
		}
		if math.Abs(got-want) > 1e-6 {
			t.Errorf("row %d, column %d: %v; want %v", row, col, got, want)
		}
	}
}

// The edge of a square is a closed line one pixel wide, on the last of its
// pixels or the first outside.
func TestCannyEdgesOfASquare(t *testing.T) {
	var p picture
	for row := 9; row < 19; row++ {
		for col := 9; col < 19; col++ {
			p[row*side+col] = 1
		}
	}
	cannyEdges(&p, nil)
	for i, v := range p {
		row, col := i/side, i%side
		off := max(9-row, row-18, 9-col, col-18) // 0 on the square's outermost pixels, 1 beside them
		if v != 0 && (off < 0 || off > 1) {
			t.Errorf("row %d, column %d is no edge", row, col)
		}
	}
	for along := 11; along < 17; along++ {
		for name, n := range map[string]float64{
			"left": p[along*side+8] + p[along*side+9], "right": p[along*side+18] + p[along*side+19],
			"upper": p[8*side+along] + p[9*side+along], "lower": p[18*side+along] + p[19*side+along],
		} {
			if n == 0 {
				t.Errorf("the %s edge is broken at %d", name, along)
			}
		}
	}
}
