package f32

import (
	"math/rand/v2"
	"testing"

	"digits/internal/cputime"
)

// TestNormSweepsMatchThePlainLoops compares the sweeps, bit for bit, with the
// loops of their comments, guard words included.
func TestNormSweepsMatchThePlainLoops(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, channels := range []int{1, 2, 3, 7, 16, 20, 40, 96, 1500} {
		width := NormWidth(channels)
		for _, n := range []int{0, channels, width - channels, width, width + channels, 5 * width, 5*width + 3*channels} {
			checkNormSweeps(t, random, channels, n)
		}
	}
}

func checkNormSweeps(t *testing.T, random *rand.Rand, channels, n int) {
	t.Helper()
	width := NormWidth(channels)
	sweeps := map[string]struct {
		kernel func(a, b, x, y []float32, factors [3][]float32)
		plain  func(a, b *float32, x, y float32, factors [3]float32)
	}{
		"moments": {
			func(a, b, x, _ []float32, f [3][]float32) { Moments(a, b, x, f[0]) },
			func(a, b *float32, x, _ float32, f [3]float32) {
				*a += x - f[0]
				*b += float32((x - f[0]) * (x - f[0]))
			}},
		"products": {
			func(a, b, x, y []float32, f [3][]float32) { Products(a, b, y, x, f[0]) },
			func(a, b *float32, x, y float32, f [3]float32) {
				*a += y
				*b += float32(y * (x - f[0]))
			}},
	}
	elementwise := map[string]struct {
		kernel func(out, x, y []float32, factors [3][]float32)
		plain  func(x, y float32, factors [3]float32) float32
	}{
		"scale": {
			func(out, x, _ []float32, f [3][]float32) { Scale(out, x, f[0], f[1]) },
			func(x, _ float32, f [3]float32) float32 { return float32(x*f[0]) + f[1] }},
		"blend": {
			func(out, x, y []float32, f [3][]float32) { Blend(out, x, y, f[0], f[1], f[2]) },
			func(x, y float32, f [3]float32) float32 { return float32(float32(x*f[0])+float32(y*f[1])) + f[2] }},
	}
	_, x := spoiled(random, n)
	_, y := spoiled(random, n)
	var f [3][]float32
	for i := range f {
		_, f[i] = spoiled(random, width)
	}
	at := func(j int) [3]float32 { return [3]float32{f[0][j], f[1][j], f[2][j]} }
	for name, s := range sweeps {
		a, innerA := guarded(random, width)
		b, innerB := guarded(random, width)
		wantA, wantB := append([]float32(nil), a...), append([]float32(nil), b...)
		s.kernel(innerA, innerB, x, y, f)
		for i := range x {
			j := i % width
			s.plain(&wantA[16+j], &wantB[16+j], x[i], y[i], at(j))
		}
		sameSlices(t, channels, name+" of first sums", a, wantA)
		sameSlices(t, channels, name+" of second sums", b, wantB)
	}
	for name, s := range elementwise {
		out, inner := guarded(random, n)
		want := append([]float32(nil), out...)
		s.kernel(inner, x, y, f)
		for i := range x {
			want[16+i] = s.plain(x[i], y[i], at(i%width))
		}
		sameSlices(t, channels, name, out, want)
	}
}

func TestNormWidth(t *testing.T) {
	for channels := 1; channels <= 2000; channels++ {
		width := NormWidth(channels)
		if width%channels != 0 || width > 16*channels || channels <= 1024 && width%lanes() != 0 {
			t.Fatalf("NormWidth(%d) = %d with vectors of %d", channels, width, lanes())
		}
	}
}

// BenchmarkNorm is the first batch normalisation of a network: 64 images of
// 24x24 pixels with 20 channels. An op is all sweeps of one step.
func BenchmarkNorm(b *testing.B) {
	const channels, n = 20, 64 * 24 * 24 * 20
	width := NormWidth(channels)
	x, y, f, sums, more := ones(n), ones(n), ones(width), ones(width), ones(width)
	clock := cputime.Start()
	for b.Loop() {
		Moments(sums, more, x, f)
		Scale(y, x, f, f)
		Products(sums, more, y, x, f)
		Blend(y, x, y, f, f, f)
	}
	clock.Report(b, 1, "")
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gnumbers/s")
}
