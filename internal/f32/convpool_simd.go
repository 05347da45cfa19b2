//go:build goexperiment.simd && go1.27

package f32

import "simd"

// pixel computes a group of filters of one pooled pixel, x beginning at the
// first of its four windows, over some rows of the window.
func (g ConvPool) pixel(y, x, packed []float32, rows []int32) {
	if vectors == 0 {
		g.pixelPlain(y, x, packed, rows)
		return
	}
	convPool(y, x, packed, rows, g.Run, g.Channels, g.RowSize)
}

// convPool keeps the sums of four windows and two vectors of filters in
// registers. Five steps at once let the compiler leave them where they are.
func convPool(y, x, packed []float32, rows []int32, run, channels, rowSize int) {
	var s00, s01, s10, s11, s20, s21, s30, s31 simd.Float32s
	l := s00.Len()
	for _, i := range rows {
		upper := x[int(i)*rowSize:]
		lower := upper[rowSize:]
		x0, x1, x2, x3 := upper[:run], upper[channels:][:run], lower[:run], lower[channels:][:run]
		w := packed[int(i)*run*2*l:][:run*2*l]
		t := 0
		for ; t+5 <= run; t += 5 {
			r := w[t*2*l:][:10*l]
			a0, a1, a2, a3 := x0[t:t+5], x1[t:t+5], x2[t:t+5], x3[t:t+5]
			v0, v1 := simd.LoadFloat32s(r), simd.LoadFloat32s(r[l:])
			p0 := simd.BroadcastFloat32s(a0[0])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 := simd.BroadcastFloat32s(a1[0])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 := simd.BroadcastFloat32s(a2[0])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 := simd.BroadcastFloat32s(a3[0])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0, v1 = simd.LoadFloat32s(r[2*l:]), simd.LoadFloat32s(r[3*l:])
			p0 = simd.BroadcastFloat32s(a0[1])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = simd.BroadcastFloat32s(a1[1])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = simd.BroadcastFloat32s(a2[1])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = simd.BroadcastFloat32s(a3[1])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0, v1 = simd.LoadFloat32s(r[4*l:]), simd.LoadFloat32s(r[5*l:])
			p0 = simd.BroadcastFloat32s(a0[2])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = simd.BroadcastFloat32s(a1[2])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = simd.BroadcastFloat32s(a2[2])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = simd.BroadcastFloat32s(a3[2])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0, v1 = simd.LoadFloat32s(r[6*l:]), simd.LoadFloat32s(r[7*l:])
			p0 = simd.BroadcastFloat32s(a0[3])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = simd.BroadcastFloat32s(a1[3])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = simd.BroadcastFloat32s(a2[3])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = simd.BroadcastFloat32s(a3[3])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0, v1 = simd.LoadFloat32s(r[8*l:]), simd.LoadFloat32s(r[9*l:])
			p0 = simd.BroadcastFloat32s(a0[4])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = simd.BroadcastFloat32s(a1[4])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = simd.BroadcastFloat32s(a2[4])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = simd.BroadcastFloat32s(a3[4])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
		}
		for ; t < run; t++ {
			r := w[t*2*l:][:2*l]
			a0, a1, a2, a3 := x0[t:t+1], x1[t:t+1], x2[t:t+1], x3[t:t+1]
			v0, v1 := simd.LoadFloat32s(r), simd.LoadFloat32s(r[l:])
			p0 := simd.BroadcastFloat32s(a0[0])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 := simd.BroadcastFloat32s(a1[0])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 := simd.BroadcastFloat32s(a2[0])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 := simd.BroadcastFloat32s(a3[0])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
		}
	}
	bias := packed[len(packed)-2*l:]
	var zero simd.Float32s
	top0 := larger(larger(s00, s10), larger(s20, s30)).Add(simd.LoadFloat32s(bias))
	top1 := larger(larger(s01, s11), larger(s21, s31)).Add(simd.LoadFloat32s(bias[l:]))
	zero.IfElse(top0.Less(zero), top0).Store(y)
	zero.IfElse(top1.Less(zero), top1).Store(y[l:])
}
