//go:build goexperiment.simd && go1.27 && amd64

package f32

import (
	"math/bits"
	"simd/archsimd"
)

// convPoolWide is convPool in the types of AVX-512: see tile2x6Wide.
func convPoolWide(y, x, packed []float32, active []uint32, taps, run, channels, rowSize, filters int) {
	for c, rows := range active {
		for f := 0; f < filters; f += 32 {
			group := packed[f*(taps+1) : (f+32)*(taps+1)]
			fourWindowsWide(y[c*filters+f:], x[2*c*channels:], group, rows, run, channels, rowSize)
		}
	}
}

func fourWindowsWide(y, x, packed []float32, rows uint32, run, channels, rowSize int) {
	var s00, s01, s10, s11, s20, s21, s30, s31 archsimd.Float32x16
	for ; rows != 0; rows &= rows - 1 {
		i := bits.TrailingZeros32(rows)
		top, bottom := i*rowSize, (i+1)*rowSize
		at, t := i*run*32, 0
		for ; t+5 <= run; t += 5 {
			r := (*[160]float32)(packed[at : at+160 : at+160])
			a0 := (*[5]float32)(x[top : top+5 : top+5])
			a1 := (*[5]float32)(x[top+channels : top+channels+5 : top+channels+5])
			a2 := (*[5]float32)(x[bottom : bottom+5 : bottom+5])
			a3 := (*[5]float32)(x[bottom+channels : bottom+channels+5 : bottom+channels+5])
			at, top, bottom = at+160, top+5, bottom+5
			v0 := archsimd.LoadFloat32x16Array((*[16]float32)(r[0:16]))
			v1 := archsimd.LoadFloat32x16Array((*[16]float32)(r[16:32]))
			p0 := archsimd.BroadcastFloat32x16(a0[0])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 := archsimd.BroadcastFloat32x16(a1[0])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 := archsimd.BroadcastFloat32x16(a2[0])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 := archsimd.BroadcastFloat32x16(a3[0])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0 = archsimd.LoadFloat32x16Array((*[16]float32)(r[32:48]))
			v1 = archsimd.LoadFloat32x16Array((*[16]float32)(r[48:64]))
			p0 = archsimd.BroadcastFloat32x16(a0[1])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = archsimd.BroadcastFloat32x16(a1[1])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = archsimd.BroadcastFloat32x16(a2[1])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = archsimd.BroadcastFloat32x16(a3[1])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0 = archsimd.LoadFloat32x16Array((*[16]float32)(r[64:80]))
			v1 = archsimd.LoadFloat32x16Array((*[16]float32)(r[80:96]))
			p0 = archsimd.BroadcastFloat32x16(a0[2])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = archsimd.BroadcastFloat32x16(a1[2])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = archsimd.BroadcastFloat32x16(a2[2])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = archsimd.BroadcastFloat32x16(a3[2])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0 = archsimd.LoadFloat32x16Array((*[16]float32)(r[96:112]))
			v1 = archsimd.LoadFloat32x16Array((*[16]float32)(r[112:128]))
			p0 = archsimd.BroadcastFloat32x16(a0[3])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = archsimd.BroadcastFloat32x16(a1[3])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = archsimd.BroadcastFloat32x16(a2[3])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = archsimd.BroadcastFloat32x16(a3[3])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0 = archsimd.LoadFloat32x16Array((*[16]float32)(r[128:144]))
			v1 = archsimd.LoadFloat32x16Array((*[16]float32)(r[144:160]))
			p0 = archsimd.BroadcastFloat32x16(a0[4])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = archsimd.BroadcastFloat32x16(a1[4])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = archsimd.BroadcastFloat32x16(a2[4])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = archsimd.BroadcastFloat32x16(a3[4])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
		}
		for ; t < run; t++ {
			r := (*[32]float32)(packed[at : at+32 : at+32])
			a0 := (*[1]float32)(x[top : top+1 : top+1])
			a1 := (*[1]float32)(x[top+channels : top+channels+1 : top+channels+1])
			a2 := (*[1]float32)(x[bottom : bottom+1 : bottom+1])
			a3 := (*[1]float32)(x[bottom+channels : bottom+channels+1 : bottom+channels+1])
			at, top, bottom = at+32, top+1, bottom+1
			v0 := archsimd.LoadFloat32x16Array((*[16]float32)(r[0:16]))
			v1 := archsimd.LoadFloat32x16Array((*[16]float32)(r[16:32]))
			p0 := archsimd.BroadcastFloat32x16(a0[0])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 := archsimd.BroadcastFloat32x16(a1[0])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 := archsimd.BroadcastFloat32x16(a2[0])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 := archsimd.BroadcastFloat32x16(a3[0])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
		}
	}
	bias := (*[32]float32)(packed[len(packed)-32:])
	out := (*[32]float32)(y)
	biasedReLU(s00, s10, s20, s30, (*[16]float32)(bias[:16])).StoreArray((*[16]float32)(out[:16]))
	biasedReLU(s01, s11, s21, s31, (*[16]float32)(bias[16:])).StoreArray((*[16]float32)(out[16:]))
}

// biasedReLU returns max(a, b, c, d, −bias) + bias; a NaN stays.
func biasedReLU(a, b, c, d archsimd.Float32x16, bias *[16]float32) archsimd.Float32x16 {
	var zero archsimd.Float32x16
	top := largerWide(largerWide(a, b), largerWide(c, d)).Add(archsimd.LoadFloat32x16Array(bias))
	return zero.IfElse(top.Less(zero), top)
}

// largerWide is larger.
func largerWide(u, v archsimd.Float32x16) archsimd.Float32x16 {
	return u.IfElse(u.Greater(v).Or(u.NotEqual(u)), v)
}
