//go:build goexperiment.simd && go1.27 && amd64

package f32

import "simd/archsimd"

// dots4x3Wide is dots4x3 in the types of AVX-512: see tile2x6Wide.
func dots4x3Wide(k int, a0, a1, a2, a3, b0, b1, b2 []float32, out []float32) {
	var s00, s01, s02, s10, s11, s12 archsimd.Float32x16
	var s20, s21, s22, s30, s31, s32 archsimd.Float32x16
	a0, a1, a2, a3, b0, b1, b2 = a0[:k], a1[:k], a2[:k], a3[:k], b0[:k], b1[:k], b2[:k]
	p := 0
	for ; p+16 <= k; p += 16 {
		y0 := archsimd.LoadFloat32x16Array((*[16]float32)(b0[p : p+16 : p+16]))
		y1 := archsimd.LoadFloat32x16Array((*[16]float32)(b1[p : p+16 : p+16]))
		y2 := archsimd.LoadFloat32x16Array((*[16]float32)(b2[p : p+16 : p+16]))
		x0 := archsimd.LoadFloat32x16Array((*[16]float32)(a0[p : p+16 : p+16]))
		s00 = x0.MulAdd(y0, s00)
		s01 = x0.MulAdd(y1, s01)
		s02 = x0.MulAdd(y2, s02)
		x1 := archsimd.LoadFloat32x16Array((*[16]float32)(a1[p : p+16 : p+16]))
		s10 = x1.MulAdd(y0, s10)
		s11 = x1.MulAdd(y1, s11)
		s12 = x1.MulAdd(y2, s12)
		x2 := archsimd.LoadFloat32x16Array((*[16]float32)(a2[p : p+16 : p+16]))
		s20 = x2.MulAdd(y0, s20)
		s21 = x2.MulAdd(y1, s21)
		s22 = x2.MulAdd(y2, s22)
		x3 := archsimd.LoadFloat32x16Array((*[16]float32)(a3[p : p+16 : p+16]))
		s30 = x3.MulAdd(y0, s30)
		s31 = x3.MulAdd(y1, s31)
		s32 = x3.MulAdd(y2, s32)
	}
	if p < k {
		y0, _ := archsimd.LoadFloat32x16Part(b0[p:])
		y1, _ := archsimd.LoadFloat32x16Part(b1[p:])
		y2, _ := archsimd.LoadFloat32x16Part(b2[p:])
		x0, _ := archsimd.LoadFloat32x16Part(a0[p:])
		s00 = x0.MulAdd(y0, s00)
		s01 = x0.MulAdd(y1, s01)
		s02 = x0.MulAdd(y2, s02)
		x1, _ := archsimd.LoadFloat32x16Part(a1[p:])
		s10 = x1.MulAdd(y0, s10)
		s11 = x1.MulAdd(y1, s11)
		s12 = x1.MulAdd(y2, s12)
		x2, _ := archsimd.LoadFloat32x16Part(a2[p:])
		s20 = x2.MulAdd(y0, s20)
		s21 = x2.MulAdd(y1, s21)
		s22 = x2.MulAdd(y2, s22)
		x3, _ := archsimd.LoadFloat32x16Part(a3[p:])
		s30 = x3.MulAdd(y0, s30)
		s31 = x3.MulAdd(y1, s31)
		s32 = x3.MulAdd(y2, s32)
	}
	out = out[:12]
	out[0] = totalWide(s00)
	out[1] = totalWide(s01)
	out[2] = totalWide(s02)
	out[3] = totalWide(s10)
	out[4] = totalWide(s11)
	out[5] = totalWide(s12)
	out[6] = totalWide(s20)
	out[7] = totalWide(s21)
	out[8] = totalWide(s22)
	out[9] = totalWide(s30)
	out[10] = totalWide(s31)
	out[11] = totalWide(s32)
}

// totalWide is total.
func totalWide(v archsimd.Float32x16) float32 {
	var elements [16]float32
	v.StoreArray(&elements)
	sum := elements[0]
	for _, e := range elements[1:] {
		sum += e
	}
	return sum
}
