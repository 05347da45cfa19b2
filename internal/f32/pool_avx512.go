//go:build goexperiment.simd && go1.27 && amd64

package f32

import (
	"math/bits"
	"simd/archsimd"
)

// poolVectorWide is poolTile for one vector of filters: see tileWide.
func poolVectorWide(y *[16]float32, winners []int32, v0, v1, v2, v3, bias archsimd.Float32x16) {
	var zero archsimd.Float32x16
	first := v1.Greater(v0).Or(v1.NotEqual(v1))
	upper := v1.IfElse(first, v0)
	second := v3.Greater(v2).Or(v3.NotEqual(v3))
	lower := v3.IfElse(second, v2)
	below := lower.Greater(upper).Or(lower.NotEqual(lower))
	largest := lower.IfElse(below, upper).Add(bias)
	blocked := largest.LessEqual(zero)
	zero.IfElse(blocked, largest).StoreArray(y)
	if winners == nil {
		return
	}
	var left archsimd.Int32x16
	right := archsimd.BroadcastInt32x16(1)
	won := right.IfElse(second, left).Add(archsimd.BroadcastInt32x16(2)).IfElse(below, right.IfElse(first, left))
	archsimd.BroadcastInt32x16(-1).IfElse(blocked, won).StoreArray((*[16]int32)(winners))
}

// poolPixelWide is the tile and poolTile of one pixel and one group of filters,
// whose sums never leave the registers: windows over one channel are so short
// that storing them would show. A step of five is a row of the commonest one.
func poolPixelWide(g *tiling, y []float32, winners []int32) {
	var s00, s01, s10, s11, s20, s21, s30, s31 archsimd.Float32x16
	a, a1, a2, a3 := g.a, g.a[g.at[1]:], g.a[g.at[2]:], g.a[g.at[3]:]
	for rows := g.rows; rows != 0; rows &= rows - 1 {
		i := bits.TrailingZeros32(rows)
		at, left := i*g.rowA, g.run
		w := g.b[i*g.run*32:]
		for ; left >= 5; left -= 5 {
			p0 := (*[5]float32)(a[at : at+5 : at+5])
			p1 := (*[5]float32)(a1[at : at+5 : at+5])
			p2 := (*[5]float32)(a2[at : at+5 : at+5])
			p3 := (*[5]float32)(a3[at : at+5 : at+5])
			q0 := (*[32]float32)(w[0:32:32])
			v0 := archsimd.LoadFloat32x16Array((*[16]float32)(q0[0:16]))
			v1 := archsimd.LoadFloat32x16Array((*[16]float32)(q0[16:32]))
			x0 := archsimd.BroadcastFloat32x16(p0[0])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 := archsimd.BroadcastFloat32x16(p1[0])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 := archsimd.BroadcastFloat32x16(p2[0])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 := archsimd.BroadcastFloat32x16(p3[0])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			q1 := (*[32]float32)(w[32:64:64])
			v0 = archsimd.LoadFloat32x16Array((*[16]float32)(q1[0:16]))
			v1 = archsimd.LoadFloat32x16Array((*[16]float32)(q1[16:32]))
			x0 = archsimd.BroadcastFloat32x16(p0[1])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 = archsimd.BroadcastFloat32x16(p1[1])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 = archsimd.BroadcastFloat32x16(p2[1])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 = archsimd.BroadcastFloat32x16(p3[1])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			q2 := (*[32]float32)(w[64:96:96])
			v0 = archsimd.LoadFloat32x16Array((*[16]float32)(q2[0:16]))
			v1 = archsimd.LoadFloat32x16Array((*[16]float32)(q2[16:32]))
			x0 = archsimd.BroadcastFloat32x16(p0[2])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 = archsimd.BroadcastFloat32x16(p1[2])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 = archsimd.BroadcastFloat32x16(p2[2])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 = archsimd.BroadcastFloat32x16(p3[2])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			q3 := (*[32]float32)(w[96:128:128])
			v0 = archsimd.LoadFloat32x16Array((*[16]float32)(q3[0:16]))
			v1 = archsimd.LoadFloat32x16Array((*[16]float32)(q3[16:32]))
			x0 = archsimd.BroadcastFloat32x16(p0[3])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 = archsimd.BroadcastFloat32x16(p1[3])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 = archsimd.BroadcastFloat32x16(p2[3])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 = archsimd.BroadcastFloat32x16(p3[3])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			q4 := (*[32]float32)(w[128:160:160])
			v0 = archsimd.LoadFloat32x16Array((*[16]float32)(q4[0:16]))
			v1 = archsimd.LoadFloat32x16Array((*[16]float32)(q4[16:32]))
			x0 = archsimd.BroadcastFloat32x16(p0[4])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 = archsimd.BroadcastFloat32x16(p1[4])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 = archsimd.BroadcastFloat32x16(p2[4])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 = archsimd.BroadcastFloat32x16(p3[4])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			at, w = at+5, w[160:]
		}
		for ; left >= 1; left -= 1 {
			p0 := (*[1]float32)(a[at : at+1 : at+1])
			p1 := (*[1]float32)(a1[at : at+1 : at+1])
			p2 := (*[1]float32)(a2[at : at+1 : at+1])
			p3 := (*[1]float32)(a3[at : at+1 : at+1])
			q0 := (*[32]float32)(w[0:32:32])
			v0 := archsimd.LoadFloat32x16Array((*[16]float32)(q0[0:16]))
			v1 := archsimd.LoadFloat32x16Array((*[16]float32)(q0[16:32]))
			x0 := archsimd.BroadcastFloat32x16(p0[0])
			s00 = v0.MulAdd(x0, s00)
			s01 = x0.MulAdd(v1, s01)
			x1 := archsimd.BroadcastFloat32x16(p1[0])
			s10 = v0.MulAdd(x1, s10)
			s11 = x1.MulAdd(v1, s11)
			x2 := archsimd.BroadcastFloat32x16(p2[0])
			s20 = v0.MulAdd(x2, s20)
			s21 = x2.MulAdd(v1, s21)
			x3 := archsimd.BroadcastFloat32x16(p3[0])
			s30 = v0.MulAdd(x3, s30)
			s31 = x3.MulAdd(v1, s31)
			at, w = at+1, w[32:]
		}
	}
	bias := (*[32]float32)(g.init)
	poolVectorWide((*[16]float32)(y), winners, s00, s10, s20, s30, archsimd.LoadFloat32x16Array((*[16]float32)(bias[0:16])))
	if winners != nil {
		winners = winners[16:]
	}
	poolVectorWide((*[16]float32)(y[16:]), winners, s01, s11, s21, s31, archsimd.LoadFloat32x16Array((*[16]float32)(bias[16:32])))
}

// unpoolWide is unpoolVectors.
func unpoolWide(d []float32, row int, dy []float32, winners []int32) {
	var zero archsimd.Float32x16
	var i0 archsimd.Int32x16
	i1, i2, i3 := archsimd.BroadcastInt32x16(1), archsimd.BroadcastInt32x16(2), archsimd.BroadcastInt32x16(3)
	upper, lower := (*[64]float32)(d), (*[64]float32)(d[row:])
	from, won := (*[32]float32)(dy), (*[32]int32)(winners)
	for f := 0; f < 32; f += 16 {
		v := archsimd.LoadFloat32x16Array((*[16]float32)(from[f : f+16]))
		w := archsimd.LoadInt32x16Array((*[16]int32)(won[f : f+16]))
		v.IfElse(w.Equal(i0), zero).StoreArray((*[16]float32)(upper[f : f+16]))
		v.IfElse(w.Equal(i1), zero).StoreArray((*[16]float32)(upper[f+32 : f+48]))
		v.IfElse(w.Equal(i2), zero).StoreArray((*[16]float32)(lower[f : f+16]))
		v.IfElse(w.Equal(i3), zero).StoreArray((*[16]float32)(lower[f+32 : f+48]))
	}
}
