//go:build goexperiment.simd && go1.27 && amd64

package f32

import (
	"math/bits"
	"simd/archsimd"
)

// tileAVX2 is tile in the types of AVX2, in two halves: a row is as long as
// with 512 bits, four vectors, because each number of a costs an instruction
// more than a vector of b, and eight sums are what the registers hold.
func tileAVX2(g *tiling) {
	halfTileAVX2(g, 0)
	halfTileAVX2(g, 2)
}

// halfTileAVX2 computes two rows of a tile: see tileWide.
func halfTileAVX2(g *tiling, row int) {
	var s00, s01, s02, s03, s10, s11, s12, s13 archsimd.Float32x8
	if init, ldi := g.init, g.ldi; init != nil {
		i0, i1 := (*[32]float32)(init[row*ldi:]), (*[32]float32)(init[(row+1)*ldi:])
		s00 = archsimd.LoadFloat32x8Array((*[8]float32)(i0[0:8]))
		s01 = archsimd.LoadFloat32x8Array((*[8]float32)(i0[8:16]))
		s02 = archsimd.LoadFloat32x8Array((*[8]float32)(i0[16:24]))
		s03 = archsimd.LoadFloat32x8Array((*[8]float32)(i0[24:32]))
		s10 = archsimd.LoadFloat32x8Array((*[8]float32)(i1[0:8]))
		s11 = archsimd.LoadFloat32x8Array((*[8]float32)(i1[8:16]))
		s12 = archsimd.LoadFloat32x8Array((*[8]float32)(i1[16:24]))
		s13 = archsimd.LoadFloat32x8Array((*[8]float32)(i1[24:32]))
	}
	a0, a1 := g.a[g.at[row]:], g.a[g.at[row+1]:]
	for rows := g.rows; rows != 0; rows &= rows - 1 {
		i := bits.TrailingZeros32(rows)
		at, left := i*g.rowA, g.run
		w := g.b[i*g.run*32:]
		for ; left >= 4; left -= 4 {
			p0, p1 := (*[4]float32)(a0[at:at+4:at+4]), (*[4]float32)(a1[at:at+4:at+4])
			q0 := (*[32]float32)(w[0:32:32])
			x0 := archsimd.BroadcastFloat32x8(p0[0])
			x1 := archsimd.BroadcastFloat32x8(p1[0])
			v0 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[0:8]))
			s00 = x0.MulAdd(v0, s00)
			s10 = v0.MulAdd(x1, s10)
			v1 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[8:16]))
			s01 = x0.MulAdd(v1, s01)
			s11 = v1.MulAdd(x1, s11)
			v2 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[16:24]))
			s02 = x0.MulAdd(v2, s02)
			s12 = v2.MulAdd(x1, s12)
			v3 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[24:32]))
			s03 = x0.MulAdd(v3, s03)
			s13 = v3.MulAdd(x1, s13)
			q1 := (*[32]float32)(w[32:64:64])
			x0 = archsimd.BroadcastFloat32x8(p0[1])
			x1 = archsimd.BroadcastFloat32x8(p1[1])
			v0 = archsimd.LoadFloat32x8Array((*[8]float32)(q1[0:8]))
			s00 = x0.MulAdd(v0, s00)
			s10 = v0.MulAdd(x1, s10)
			v1 = archsimd.LoadFloat32x8Array((*[8]float32)(q1[8:16]))
			s01 = x0.MulAdd(v1, s01)
			s11 = v1.MulAdd(x1, s11)
			v2 = archsimd.LoadFloat32x8Array((*[8]float32)(q1[16:24]))
			s02 = x0.MulAdd(v2, s02)
			s12 = v2.MulAdd(x1, s12)
			v3 = archsimd.LoadFloat32x8Array((*[8]float32)(q1[24:32]))
			s03 = x0.MulAdd(v3, s03)
			s13 = v3.MulAdd(x1, s13)
			q2 := (*[32]float32)(w[64:96:96])
			x0 = archsimd.BroadcastFloat32x8(p0[2])
			x1 = archsimd.BroadcastFloat32x8(p1[2])
			v0 = archsimd.LoadFloat32x8Array((*[8]float32)(q2[0:8]))
			s00 = x0.MulAdd(v0, s00)
			s10 = v0.MulAdd(x1, s10)
			v1 = archsimd.LoadFloat32x8Array((*[8]float32)(q2[8:16]))
			s01 = x0.MulAdd(v1, s01)
			s11 = v1.MulAdd(x1, s11)
			v2 = archsimd.LoadFloat32x8Array((*[8]float32)(q2[16:24]))
			s02 = x0.MulAdd(v2, s02)
			s12 = v2.MulAdd(x1, s12)
			v3 = archsimd.LoadFloat32x8Array((*[8]float32)(q2[24:32]))
			s03 = x0.MulAdd(v3, s03)
			s13 = v3.MulAdd(x1, s13)
			q3 := (*[32]float32)(w[96:128:128])
			x0 = archsimd.BroadcastFloat32x8(p0[3])
			x1 = archsimd.BroadcastFloat32x8(p1[3])
			v0 = archsimd.LoadFloat32x8Array((*[8]float32)(q3[0:8]))
			s00 = x0.MulAdd(v0, s00)
			s10 = v0.MulAdd(x1, s10)
			v1 = archsimd.LoadFloat32x8Array((*[8]float32)(q3[8:16]))
			s01 = x0.MulAdd(v1, s01)
			s11 = v1.MulAdd(x1, s11)
			v2 = archsimd.LoadFloat32x8Array((*[8]float32)(q3[16:24]))
			s02 = x0.MulAdd(v2, s02)
			s12 = v2.MulAdd(x1, s12)
			v3 = archsimd.LoadFloat32x8Array((*[8]float32)(q3[24:32]))
			s03 = x0.MulAdd(v3, s03)
			s13 = v3.MulAdd(x1, s13)
			at, w = at+4, w[128:]
		}
		for ; left >= 1; left -= 1 {
			p0, p1 := (*[1]float32)(a0[at:at+1:at+1]), (*[1]float32)(a1[at:at+1:at+1])
			q0 := (*[32]float32)(w[0:32:32])
			x0 := archsimd.BroadcastFloat32x8(p0[0])
			x1 := archsimd.BroadcastFloat32x8(p1[0])
			v0 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[0:8]))
			s00 = x0.MulAdd(v0, s00)
			s10 = v0.MulAdd(x1, s10)
			v1 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[8:16]))
			s01 = x0.MulAdd(v1, s01)
			s11 = v1.MulAdd(x1, s11)
			v2 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[16:24]))
			s02 = x0.MulAdd(v2, s02)
			s12 = v2.MulAdd(x1, s12)
			v3 := archsimd.LoadFloat32x8Array((*[8]float32)(q0[24:32]))
			s03 = x0.MulAdd(v3, s03)
			s13 = v3.MulAdd(x1, s13)
			at, w = at+1, w[32:]
		}
	}
	c0, c1 := (*[32]float32)(g.c[row*g.ldc:]), (*[32]float32)(g.c[(row+1)*g.ldc:])
	s00.StoreArray((*[8]float32)(c0[0:8]))
	s01.StoreArray((*[8]float32)(c0[8:16]))
	s02.StoreArray((*[8]float32)(c0[16:24]))
	s03.StoreArray((*[8]float32)(c0[24:32]))
	s10.StoreArray((*[8]float32)(c1[0:8]))
	s11.StoreArray((*[8]float32)(c1[8:16]))
	s12.StoreArray((*[8]float32)(c1[16:24]))
	s13.StoreArray((*[8]float32)(c1[24:32]))
}
