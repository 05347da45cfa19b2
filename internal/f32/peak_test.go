//go:build goexperiment.simd && go1.27

package f32

import (
	"simd"
	"testing"
)

// BenchmarkPeak is what one core can do with numbers that are in registers:
// eight sums that wait for nobody but themselves.
func BenchmarkPeak(b *testing.B) {
	const steps = 1000
	var sum [maxLanes]float32
	measure(b, 2*8*steps*lanes(), func() { multiplyAdd(sum[:], steps) })
}

//go:noinline
func multiplyAdd(sum []float32, steps int) {
	x := simd.BroadcastFloat32s(0.5)
	var s0, s1, s2, s3, s4, s5, s6, s7 simd.Float32s
	for i := 0; i < steps; i++ {
		s0, s1, s2, s3 = s0.MulAdd(x, x), s1.MulAdd(x, x), s2.MulAdd(x, x), s3.MulAdd(x, x)
		s4, s5, s6, s7 = s4.MulAdd(x, x), s5.MulAdd(x, x), s6.MulAdd(x, x), s7.MulAdd(x, x)
	}
	s0.Add(s1).Add(s2.Add(s3)).Add(s4.Add(s5).Add(s6.Add(s7))).Store(sum)
}
