//go:build goexperiment.simd && go1.27 && amd64

package f32

import (
	"math/bits"
	"simd/archsimd"
)

// tileAVX2 is tile in the types of AVX2: see tileWide.
func tileAVX2(g *tiling) {
	var s00, s01, s10, s11, s20, s21, s30, s31 archsimd.Float32x8
	if init, ldi := g.init, g.ldi; init != nil {
		i0, i1 := (*[16]float32)(init), (*[16]float32)(init[ldi:])
		i2, i3 := (*[16]float32)(init[2*ldi:]), (*[16]float32)(init[3*ldi:])
		s00 = archsimd.LoadFloat32x8Array((*[8]float32)(i0[0:8]))
		s01 = archsimd.LoadFloat32x8Array((*[8]float32)(i0[8:16]))
		s10 = archsimd.LoadFloat32x8Array((*[8]float32)(i1[0:8]))
		s11 = archsimd.LoadFloat32x8Array((*[8]float32)(i1[8:16]))
		s20 = archsimd.LoadFloat32x8Array((*[8]float32)(i2[0:8]))
		s21 = archsimd.LoadFloat32x8Array((*[8]float32)(i2[8:16]))
		s30 = archsimd.LoadFloat32x8Array((*[8]float32)(i3[0:8]))
		s31 = archsimd.LoadFloat32x8Array((*[8]float32)(i3[8:16]))
	}
	a, a1, a2, a3 := g.a[g.at[0]:], g.a[g.at[1]:], g.a[g.at[2]:], g.a[g.at[3]:]
	for rows := g.rows; rows != 0; rows &= rows - 1 {
		i := bits.TrailingZeros32(rows)
		at, left := i*g.rowA, g.run
		w := g.b[i*g.run*16:]
		for ; left >= 4; left -= 4 {
			p0 := (*[4]float32)(a[at : at+4 : at+4])
			p1 := (*[4]float32)(a1[at : at+4 : at+4])
			p2 := (*[4]float32)(a2[at : at+4 : at+4])
			p3 := (*[4]float32)(a3[at : at+4 : at+4])
			q0 := (*[16]float32)(w[0:16:16])
			v0 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[0:8]))
			v1 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[8:16]))
			x0 := archsimd.BroadcastFloat32x8(p0[0])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 := archsimd.BroadcastFloat32x8(p1[0])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 := archsimd.BroadcastFloat32x8(p2[0])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 := archsimd.BroadcastFloat32x8(p3[0])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			q1 := (*[16]float32)(w[16:32:32])
			v0 = archsimd.LoadFloat32x8Array((*[8]float32)(q1[0:8]))
			v1 = archsimd.LoadFloat32x8Array((*[8]float32)(q1[8:16]))
			x0 = archsimd.BroadcastFloat32x8(p0[1])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 = archsimd.BroadcastFloat32x8(p1[1])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 = archsimd.BroadcastFloat32x8(p2[1])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 = archsimd.BroadcastFloat32x8(p3[1])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			q2 := (*[16]float32)(w[32:48:48])
			v0 = archsimd.LoadFloat32x8Array((*[8]float32)(q2[0:8]))
			v1 = archsimd.LoadFloat32x8Array((*[8]float32)(q2[8:16]))
			x0 = archsimd.BroadcastFloat32x8(p0[2])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 = archsimd.BroadcastFloat32x8(p1[2])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 = archsimd.BroadcastFloat32x8(p2[2])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 = archsimd.BroadcastFloat32x8(p3[2])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			q3 := (*[16]float32)(w[48:64:64])
			v0 = archsimd.LoadFloat32x8Array((*[8]float32)(q3[0:8]))
			v1 = archsimd.LoadFloat32x8Array((*[8]float32)(q3[8:16]))
			x0 = archsimd.BroadcastFloat32x8(p0[3])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 = archsimd.BroadcastFloat32x8(p1[3])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 = archsimd.BroadcastFloat32x8(p2[3])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 = archsimd.BroadcastFloat32x8(p3[3])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			at, w = at+4, w[64:]
		}
		for ; left >= 1; left -= 1 {
			p0 := (*[1]float32)(a[at : at+1 : at+1])
			p1 := (*[1]float32)(a1[at : at+1 : at+1])
			p2 := (*[1]float32)(a2[at : at+1 : at+1])
			p3 := (*[1]float32)(a3[at : at+1 : at+1])
			q0 := (*[16]float32)(w[0:16:16])
			v0 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[0:8]))
			v1 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[8:16]))
			x0 := archsimd.BroadcastFloat32x8(p0[0])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 := archsimd.BroadcastFloat32x8(p1[0])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 := archsimd.BroadcastFloat32x8(p2[0])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 := archsimd.BroadcastFloat32x8(p3[0])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			at, w = at+1, w[16:]
		}
	}
	c, ldc := g.c, g.ldc
	c0 := (*[16]float32)(c)
	s00.StoreArray((*[8]float32)(c0[0:8]))
	s01.StoreArray((*[8]float32)(c0[8:16]))
	c1 := (*[16]float32)(c[ldc:])
	s10.StoreArray((*[8]float32)(c1[0:8]))
	s11.StoreArray((*[8]float32)(c1[8:16]))
	c2 := (*[16]float32)(c[2*ldc:])
	s20.StoreArray((*[8]float32)(c2[0:8]))
	s21.StoreArray((*[8]float32)(c2[8:16]))
	c3 := (*[16]float32)(c[3*ldc:])
	s30.StoreArray((*[8]float32)(c3[0:8]))
	s31.StoreArray((*[8]float32)(c3[8:16]))
}
