package f32

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// convCase is a convolution with its operands.
type convCase struct {
	Conv
	weights, bias, packed, x []float32
}

// newConvCase draws the operands; a share of the image is not 0.
func newConvCase(random *rand.Rand, g Conv, rows, cols int, density float64) convCase {
	c := convCase{Conv: g, packed: make([]float32, g.PackedSize())}
	_, c.weights = guarded(random, g.Height*g.Run*g.Filters)
	_, c.bias = guarded(random, g.Filters)
	g.Pack(c.packed, c.weights, c.bias)
	_, c.x = guarded(random, (rows-1)*g.Down+g.Height*g.RowSize)
	for i := range c.x {
		if random.Float64() >= density {
			c.x[i] = 0
		}
	}
	return c
}

// at is the sum of the loop in Forward's comment, without the bias.
func (c convCase) at(row, col, filter int) float64 {
	sum := 0.0
	for i := range c.Height {
		for t := range c.Run {
			sum += float64(c.x[row*c.Down+col*c.Step+i*c.RowSize+t]) * float64(c.weights[(i*c.Run+t)*c.Filters+filter])
		}
	}
	return sum
}

// convCases are geometries around the cut-offs of every implementation.
var convCases = []struct{ height, width, channels, filters, rows, cols, stride int }{
	{1, 1, 1, 1, 1, 1, 1}, {5, 5, 1, 30, 3, 4, 1}, {3, 3, 2, 33, 2, 2, 1}, {2, 3, 5, 7, 1, 3, 1}, {3, 1, 1, 64, 2, 1, 1},
	{16, 7, 1, 70, 1, 1, 1}, {3, 3, 16, 32, 3, 3, 1}, {2, 2, 3, 5, 2, 3, 2}, {31, 1, 1, 3, 2, 2, 1}, {4, 4, 2, 9, 2, 2, 3},
	{3, 3, 16, 16, 2, 4, 1}, {3, 3, 32, 48, 6, 6, 1}, {3, 3, 16, 80, 5, 7, 1}, {3, 3, 48, 32, 2, 3, 1}, {3, 3, 16, 16, 1, 4, 1},
}

func TestConvMatchesItsDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	for _, c := range convCases {
		checkConv(t, random, c.height, c.width, c.channels, c.filters, c.rows, c.cols, c.stride)
	}
	checkConv(t, random, 70, 2, 1, 3, 2, 2, 1) // more rows than a mask has bits
}

func checkConv(t *testing.T, random *rand.Rand, height, width, channels, filters, rows, cols, stride int) {
	t.Helper()
	rowSize := ((cols-1)*stride + width + 1) * channels // one pixel that is not needed
	g := Conv{Height: height, Run: width * channels, RowSize: rowSize, Step: stride * channels, Down: stride * rowSize,
		Rows: rows, Cols: cols, Filters: filters}
	c := newConvCase(random, g, rows, cols, 1)
	whole, y := guarded(random, rows*cols*filters)
	before := append([]float32(nil), whole...)
	_, scratch := guarded(random, g.ScratchSize())
	g.Forward(y, c.x, c.packed, scratch)
	for i, v := range whole {
		k := i - 16
		if k < 0 || k >= len(y) {
			if v != before[i] {
				t.Fatalf("%+v: wrote outside the result, at %d", g, k)
			}
			continue
		}
		want := c.at(k/filters/cols, k/filters%cols, k%filters) + float64(c.bias[k%filters])
		if !(math.Abs(float64(v)-want) <= 1e-4) {
			t.Fatalf("%+v: output %d is %v; the definition has %v", g, k, v, want)
		}
	}
}

func TestConvPoolMatchesItsDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	for _, c := range convCases {
		for _, density := range []float64{0, 0.03, 0.2, 1} {
			checkConvPool(t, random, c.height, c.width, c.channels, c.filters, c.rows, c.cols, c.stride, density)
		}
	}
}

func checkConvPool(t *testing.T, random *rand.Rand, height, width, channels, filters, rows, cols, stride int, density float64) {
	t.Helper()
	rowSize := ((2*cols-1)*stride + width + 1) * channels
	g := ConvPool{Conv{Height: height, Run: width * channels, RowSize: rowSize, Step: stride * channels, Down: stride * rowSize,
		Rows: rows, Cols: cols, Filters: filters}}
	c := newConvCase(random, g.Conv, 2*rows, 2*cols, density)
	n := rows * cols * filters
	y, winners := make([]float32, n+Slack()), make([]int32, n+Slack())
	packed := make([]float32, g.PackedSize())
	g.Pack(packed, c.weights, c.bias)
	_, scratch := guarded(random, g.ScratchSize())
	g.Forward(y, winners, c.x, packed, scratch)
	_, dy := guarded(random, n+Slack())
	to := ConvGradient{Channels: channels, Height: height, Width: width, RowSize: rowSize / channels,
		Rows: 2 * rows, Cols: 2 * cols, Filters: filters}
	_, d := guarded(random, to.OutputSize())
	g.Backward(to, d, dy, winners)
	for k := range n {
		r, q, f := k/filters/cols, k/filters%cols, k%filters
		var sums [4]float64
		largest := math.Inf(-1)
		for w := range sums {
			sums[w] = c.at(2*r+w/2, 2*q+w%2, f)
			largest = max(largest, sums[w])
		}
		if want := max(largest+float64(c.bias[f]), 0); !(math.Abs(float64(y[k])-want) <= 1e-4) {
			t.Fatalf("%+v, %v of the input: output %d is %v; the definition has %v", g, density, k, y[k], want)
		}
		if won := winners[k]; won < 0 != (y[k] == 0) || won > 3 || won >= 0 && sums[won] < largest-1e-4 {
			t.Fatalf("%+v: output %d is %v and window %d won, of %v", g, k, y[k], won, sums)
		}
		for w := range sums {
			want := float32(0)
			if winners[k] == int32(w) {
				want = dy[k]
			}
			width := tileWidth()
			at := f/width*width*to.positions() + ((2*r+w/2)*to.pitch()+2*q+w%2)*width + f%width
			if d[at] != want {
				t.Fatalf("%+v: the gradient of output %d at its window %d is %v; want %v", g, k, w, d[at], want)
			}
		}
	}
}

func TestConvPoolSeesNaN(t *testing.T) {
	checkNaNIsSeen(t, ConvPool{Conv{Height: 2, Run: 2, RowSize: 3, Step: 1, Down: 3, Rows: 1, Cols: 1, Filters: 1}}, 9)
	checkNaNIsSeen(t, ConvPool{Conv{Height: 3, Run: 48, RowSize: 96, Step: 16, Down: 96, Rows: 1, Cols: 2, Filters: 16}}, 4*4*16)
}

// checkNaNIsSeen puts a NaN into each of the numbers that the first pixel sees.
func checkNaNIsSeen(t *testing.T, g ConvPool, numbers int) {
	t.Helper()
	packed := make([]float32, g.PackedSize())
	weights := make([]float32, g.Height*g.Run*g.Filters)
	for i := range weights {
		weights[i] = -1
	}
	g.Pack(packed, weights, make([]float32, g.Filters))
	side := g.Height + 1
	for i := range numbers {
		x, y := make([]float32, side*g.RowSize), make([]float32, g.Rows*g.Cols*g.Filters+Slack())
		x[i/(side*g.Step)*g.RowSize+i%(side*g.Step)] = nan
		if g.Forward(y, nil, x, packed, make([]float32, g.ScratchSize())); y[0] == y[0] {
			t.Errorf("NaN at %d became %v", i, y[0])
		}
	}
}

func TestConvGradientMatchesItsDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	for _, c := range convCases {
		for _, density := range []float64{0, 0.1, 1} {
			checkConvGradient(t, random, c.height, c.width, c.channels, c.filters, c.rows, c.cols, c.stride, density)
		}
	}
	checkConvGradient(t, random, 3, 2, 2, 5, 40, 2, 1, 1) // more rows than a mask has bits
	checkConvGradient(t, random, 3, 2, 1, 5, 40, 2, 1, 0.1)
}

func checkConvGradient(t *testing.T, random *rand.Rand, height, width, channels, filters, rows, cols, stride int, density float64) {
	t.Helper()
	spreadRows, spreadCols := (rows-1)*stride+1, (cols-1)*stride+1
	g := ConvGradient{Channels: channels, Height: height, Width: width, RowSize: spreadCols + width,
		PlaneSize: (spreadRows + height) * (spreadCols + width), Rows: spreadRows, Cols: spreadCols, Filters: filters}
	_, planes := guarded(random, channels*g.PlaneSize)
	for i := range planes {
		if random.Float64() >= density {
			planes[i] = 0
		}
	}
	_, dy := guarded(random, rows*cols*filters)
	_, packed := guarded(random, g.OutputSize())
	g.PackOutput(packed, dy, stride)
	_, dw := guarded(random, g.Taps()*g.PackedFilters())
	before := append([]float32(nil), dw...)
	g.Add(dw, planes, packed)
	for k := range channels * height * width {
		c, i, j := k/(height*width), k/width%height, k%width
		for f := range filters {
			sum := float64(before[k*g.PackedFilters()+f])
			for r := range rows {
				for q := range cols {
					sum += float64(planes[c*g.PlaneSize+(r*stride+i)*g.RowSize+q*stride+j]) * float64(dy[(r*cols+q)*filters+f])
				}
			}
			if got := float64(dw[k*g.PackedFilters()+f]); !(math.Abs(got-sum) <= 1e-4) {
				t.Fatalf("%+v, stride %d: the gradient of tap %d, filter %d is %v; the definition has %v", g, stride, k, f, got, sum)
			}
		}
	}
}

func TestPatchGradientMatchesItsDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(10, 10))
	for _, c := range []struct{ channels, filters, rows, cols, images int }{
		{16, 16, 2, 4, 1}, {32, 48, 6, 6, 9}, {48, 16, 4, 8, 17}, {16, 80, 24, 24, 2}, // the last has more patches than there is room for
	} {
		checkPatchGradient(t, random, c.channels, c.filters, c.rows, c.cols, c.images)
	}
}

func checkPatchGradient(t *testing.T, random *rand.Rand, channels, filters, rows, cols, images int) {
	t.Helper()
	row := (cols + 2) * channels
	g := Conv{Height: 3, Run: 3 * channels, RowSize: row, Step: channels, Down: row, Rows: rows, Cols: cols, Filters: filters}
	if fits := g.PatchesFit(); fits != (lanes() > 1) {
		t.Fatalf("%+v: fits is %v", g, fits)
	} else if !fits {
		return
	}
	wholeScratch, scratch := guarded(random, g.PatchScratchSize())
	whole, dw := guarded(random, 9*channels*filters)
	before, scratchBefore := slices.Clone(whole), slices.Clone(wholeScratch)
	want := make([]float64, len(dw))
	for i, v := range dw {
		want[i] = float64(v)
	}
	sum := g.NewPatchGradient(scratch)
	for range images {
		_, x := guarded(random, (rows+2)*row)
		_, dy := guarded(random, rows*cols*filters)
		sum.Add(x, dy)
		for k := range want {
			tap, channel, f := k/filters/channels, k/filters%channels, k%filters
			for pixel := range rows * cols {
				want[k] += float64(x[(pixel/cols+tap/3)*row+(pixel%cols+tap%3)*channels+channel]) * float64(dy[pixel*filters+f])
			}
		}
	}
	sum.AddTo(dw)
	for i := range 16 {
		if whole[i] != before[i] || whole[len(whole)-1-i] != before[len(whole)-1-i] ||
			wholeScratch[i] != scratchBefore[i] || wholeScratch[len(wholeScratch)-1-i] != scratchBefore[len(wholeScratch)-1-i] {
			t.Fatalf("%+v: wrote outside of what it was given", g)
		}
	}
	for k, v := range want {
		if !(math.Abs(float64(dw[k])-v) <= 1e-4*math.Sqrt(float64(images*rows*cols))) {
			t.Fatalf("%+v, %d images: the gradient of weight %d is %v; the definition has %v", g, images, k, dw[k], v)
		}
	}
}
