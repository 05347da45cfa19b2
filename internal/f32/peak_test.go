//go:build goexperiment.simd && go1.27

package f32

import (
	"simd"
	"testing"
)

// BenchmarkPeak is what one core can do with numbers that are in registers:
// eight sums that wait for nobody but themselves, and begin with different
// numbers, or the compiler makes one of them.
func BenchmarkPeak(b *testing.B) {
	const steps = 1000
	var sum [8 * maxLanes]float32
	for i := range sum {
		sum[i] = float32(i)
	}
	measure(b, 2*8*steps*lanes(), func() { multiplyAdd(sum[:], steps) })
}

//go:noinline
func multiplyAdd(sum []float32, steps int) {
	x := simd.BroadcastFloat32s(0.5)
	l := x.Len()
	s0, s1, s2, s3 := simd.LoadFloat32s(sum), simd.LoadFloat32s(sum[l:]), simd.LoadFloat32s(sum[2*l:]), simd.LoadFloat32s(sum[3*l:])
	sum4 := sum[4*l:]
	s4, s5, s6, s7 := simd.LoadFloat32s(sum4), simd.LoadFloat32s(sum4[l:]), simd.LoadFloat32s(sum4[2*l:]), simd.LoadFloat32s(sum4[3*l:])
	for i := 0; i < steps; i++ {
		s0, s1, s2, s3 = s0.MulAdd(x, x), s1.MulAdd(x, x), s2.MulAdd(x, x), s3.MulAdd(x, x)
		s4, s5, s6, s7 = s4.MulAdd(x, x), s5.MulAdd(x, x), s6.MulAdd(x, x), s7.MulAdd(x, x)
	}
	s0.Add(s1).Add(s2.Add(s3)).Add(s4.Add(s5).Add(s6.Add(s7))).Store(sum)
}
