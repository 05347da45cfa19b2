//go:build goexperiment.simd && go1.27

package f32

import (
	"math/bits"
	"simd"
)

func tile(g *tiling) {
	if vectors == 0 {
		tilePlain(g)
		return
	}
	tileOfVectors(g)
}

// tileOfVectors is tile where there are vectors. What it is given may lie on
// the stack, unlike gonum's.
func tileOfVectors(g *tiling) {
	switch vectors {
	case wideLanes:
		tileWide(g)
	case halfLanes:
		tileAVX2(g)
		clearVectors()
	default:
		tileVectors(g)
	}
}

// tileVectors keeps the eight sums in registers: see tileWide.
func tileVectors(g *tiling) {
	var s00, s01, s10, s11, s20, s21, s30, s31 simd.Float32s
	l := s00.Len()
	if init, ldi := g.init, g.ldi; init != nil {
		i0, i1, i2, i3 := init, init[ldi:], init[2*ldi:], init[3*ldi:]
		s00, s01 = simd.LoadFloat32s(i0), simd.LoadFloat32s(i0[l:])
		s10, s11 = simd.LoadFloat32s(i1), simd.LoadFloat32s(i1[l:])
		s20, s21 = simd.LoadFloat32s(i2), simd.LoadFloat32s(i2[l:])
		s30, s31 = simd.LoadFloat32s(i3), simd.LoadFloat32s(i3[l:])
	}
	a, a1, a2, a3 := g.a[g.at[0]:], g.a[g.at[1]:], g.a[g.at[2]:], g.a[g.at[3]:]
	for rows := g.rows; rows != 0; rows &= rows - 1 {
		i := bits.TrailingZeros32(rows)
		at, left := i*g.rowA, g.run
		w := g.b[i*g.run*2*l:]
		for ; left >= 4; left -= 4 {
			p0 := (*[4]float32)(a[at : at+4 : at+4])
			p1 := (*[4]float32)(a1[at : at+4 : at+4])
			p2 := (*[4]float32)(a2[at : at+4 : at+4])
			p3 := (*[4]float32)(a3[at : at+4 : at+4])
			q0 := w[: 2*l : 2*l]
			v0, v1 := simd.LoadFloat32s(q0), simd.LoadFloat32s(q0[l:])
			x0 := simd.BroadcastFloat32s(p0[0])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 := simd.BroadcastFloat32s(p1[0])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 := simd.BroadcastFloat32s(p2[0])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 := simd.BroadcastFloat32s(p3[0])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			q1 := w[2*l : 4*l : 4*l]
			v0, v1 = simd.LoadFloat32s(q1), simd.LoadFloat32s(q1[l:])
			x0 = simd.BroadcastFloat32s(p0[1])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 = simd.BroadcastFloat32s(p1[1])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 = simd.BroadcastFloat32s(p2[1])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 = simd.BroadcastFloat32s(p3[1])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			q2 := w[4*l : 6*l : 6*l]
			v0, v1 = simd.LoadFloat32s(q2), simd.LoadFloat32s(q2[l:])
			x0 = simd.BroadcastFloat32s(p0[2])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 = simd.BroadcastFloat32s(p1[2])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 = simd.BroadcastFloat32s(p2[2])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 = simd.BroadcastFloat32s(p3[2])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			q3 := w[6*l : 8*l : 8*l]
			v0, v1 = simd.LoadFloat32s(q3), simd.LoadFloat32s(q3[l:])
			x0 = simd.BroadcastFloat32s(p0[3])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 = simd.BroadcastFloat32s(p1[3])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 = simd.BroadcastFloat32s(p2[3])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 = simd.BroadcastFloat32s(p3[3])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			at, w = at+4, w[8*l:]
		}
		for ; left >= 1; left -= 1 {
			p0 := (*[1]float32)(a[at : at+1 : at+1])
			p1 := (*[1]float32)(a1[at : at+1 : at+1])
			p2 := (*[1]float32)(a2[at : at+1 : at+1])
			p3 := (*[1]float32)(a3[at : at+1 : at+1])
			q0 := w[: 2*l : 2*l]
			v0, v1 := simd.LoadFloat32s(q0), simd.LoadFloat32s(q0[l:])
			x0 := simd.BroadcastFloat32s(p0[0])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 := simd.BroadcastFloat32s(p1[0])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 := simd.BroadcastFloat32s(p2[0])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 := simd.BroadcastFloat32s(p3[0])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			at, w = at+1, w[2*l:]
		}
	}
	c, ldc := g.c, g.ldc
	c0 := c
	s00.Store(c0)
	s01.Store(c0[l:])
	c1 := c[ldc:]
	s10.Store(c1)
	s11.Store(c1[l:])
	c2 := c[2*ldc:]
	s20.Store(c2)
	s21.Store(c2[l:])
	c3 := c[3*ldc:]
	s30.Store(c3)
	s31.Store(c3[l:])
}
