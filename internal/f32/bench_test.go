package f32

import (
	"fmt"
	"testing"

	"digits/internal/cputime"
)

// measure runs an operation that is so many floating point operations and
// reports their speed.
func measure(b *testing.B, operations int, run func()) {
	clock := cputime.Start()
	for b.Loop() {
		run()
	}
	clock.Report(b, 1, "")
	b.ReportMetric(float64(operations)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

// BenchmarkGemm goes over the shapes of the book's network in training, at 50
// images a core, and a large one. An op is a product.
func BenchmarkGemm(b *testing.B) {
	for _, s := range []struct {
		name           string
		transA, transB bool
		m, n, k        int
	}{
		{"square", false, false, 512, 512, 512},
		{"affine-forward", false, true, 50, 100, 4320},
		{"affine-input-gradient", false, false, 50, 4320, 100},
		{"affine-weight-gradient", true, false, 100, 4320, 50},
		{"narrow", false, false, 576, 30, 25},
	} {
		b.Run(fmt.Sprintf("%s/%dx%dx%d", s.name, s.m, s.n, s.k), func(b *testing.B) {
			lda, ldb := s.k, s.n
			if s.transA {
				lda = s.m
			}
			if s.transB {
				ldb = s.k
			}
			x, y, z := ones(s.m*s.k), ones(s.k*s.n), make([]float32, s.m*s.n)
			measure(b, 2*s.m*s.n*s.k, func() { Gemm(s.transA, s.transB, s.m, s.n, s.k, x, lda, y, ldb, false, z, s.n) })
		})
	}
}

// BenchmarkConvPool is the first step of the book's network on an image of
// noise, where nothing can be left out.
func BenchmarkConvPool(b *testing.B) {
	g := ConvPool{Conv{Height: 5, Run: 5, RowSize: 28, Step: 1, Down: 28, Rows: 12, Cols: 12, Filters: 30}}
	packed := make([]float32, g.PackedSize())
	g.Pack(packed, ones(25*30), ones(30))
	x, y, scratch := ones(784), make([]float32, 144*30+Slack()), make([]float32, g.ScratchSize())
	measure(b, 2*576*30*25, func() { g.Forward(y, nil, x, packed, scratch) })
}

// BenchmarkConv is convolutions of one image: 3×3 windows over so many pixels
// and channels, with as many filters as channels.
func BenchmarkConv(b *testing.B) {
	for _, s := range []struct{ side, channels int }{{12, 32}, {12, 48}, {6, 64}, {6, 96}} {
		b.Run(fmt.Sprintf("%dx%dx%d", s.side, s.side, s.channels), func(b *testing.B) {
			row := (s.side + 2) * s.channels
			g := Conv{Height: 3, Run: 3 * s.channels, RowSize: row, Step: s.channels, Down: row, Rows: s.side, Cols: s.side, Filters: s.channels}
			packed := make([]float32, g.PackedSize())
			g.Pack(packed, ones(9*s.channels*s.channels), nil)
			x, y, scratch := ones((s.side+2)*row), make([]float32, s.side*s.side*s.channels), make([]float32, g.ScratchSize())
			measure(b, 2*s.side*s.side*9*s.channels*s.channels, func() { g.Forward(y, x, packed, scratch) })
		})
	}
}

// BenchmarkPatchGradient is the gradient of the weights of the same, over a
// shard of 64 images.
func BenchmarkPatchGradient(b *testing.B) {
	for _, s := range []struct{ side, channels int }{{12, 32}, {6, 96}} {
		b.Run(fmt.Sprintf("%dx%dx%d", s.side, s.side, s.channels), func(b *testing.B) {
			row := (s.side + 2) * s.channels
			g := Conv{Height: 3, Run: 3 * s.channels, RowSize: row, Step: s.channels, Down: row, Rows: s.side, Cols: s.side, Filters: s.channels}
			if !g.PatchesFit() {
				b.Skip("there are no vectors")
			}
			dw, x, dy := make([]float32, 9*s.channels*s.channels), ones((s.side+2)*row), ones(s.side*s.side*s.channels)
			scratch := make([]float32, g.PatchScratchSize())
			measure(b, 64*2*s.side*s.side*9*s.channels*s.channels, func() {
				sum := g.NewPatchGradient(scratch)
				for range 64 {
					sum.Add(x, dy)
				}
				sum.AddTo(dw)
			})
		})
	}
}

// BenchmarkConvGradient is the gradient of the weights of one such image
// without Winograd.
func BenchmarkConvGradient(b *testing.B) {
	for _, s := range []struct{ side, channels int }{{12, 32}, {12, 48}, {6, 64}, {6, 96}} {
		b.Run(fmt.Sprintf("%dx%dx%d", s.side, s.side, s.channels), func(b *testing.B) {
			g := ConvGradient{Channels: s.channels, Height: 3, Width: 3, PlaneSize: (s.side + 2) * (s.side + 2), RowSize: s.side + 2,
				Rows: s.side, Cols: s.side, Filters: s.channels}
			dw, planes, dy := make([]float32, g.Taps()*g.PackedFilters()), ones(s.channels*g.PlaneSize), ones(g.OutputSize())
			measure(b, 2*s.side*s.side*9*s.channels*s.channels, func() { g.Add(dw, planes, dy) })
		})
	}
}

func BenchmarkAxpyRows(b *testing.B) {
	x, y := ones(5*160), ones(5*720)
	measure(b, 2*5*160, func() { AxpyRows(0.5, 5, 160, x, 160, y, 720) })
}

// BenchmarkAddRows is an affine layer of 256 inputs, half of them 0, and 100
// outputs.
func BenchmarkAddRows(b *testing.B) {
	width := PackedWidth(100)
	x, y, w := make([]float32, 256), make([]float32, width), ones(256*width)
	for i := 0; i < len(x); i += 2 {
		x[i] = 1e-9
	}
	index := make([]int32, IndexSize)
	measure(b, 2*128*100, func() { AddRows(y, x, w, index) })
}

func ones(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 1
	}
	return x
}
