//go:build goexperiment.simd && go1.27 && amd64

package f32

import "simd/archsimd"

// outerWide is outer in the types of AVX-512: see tileWide.
func outerWide(c []float32, ldc int, a []float32, lda int, b []float32, ldb, rows int) {
	c0, c1 := (*[32]float32)(c), (*[32]float32)(c[ldc:])
	c2, c3 := (*[32]float32)(c[2*ldc:]), (*[32]float32)(c[3*ldc:])
	s00 := archsimd.LoadFloat32x16Array((*[16]float32)(c0[0:16]))
	s01 := archsimd.LoadFloat32x16Array((*[16]float32)(c0[16:32]))
	s10 := archsimd.LoadFloat32x16Array((*[16]float32)(c1[0:16]))
	s11 := archsimd.LoadFloat32x16Array((*[16]float32)(c1[16:32]))
	s20 := archsimd.LoadFloat32x16Array((*[16]float32)(c2[0:16]))
	s21 := archsimd.LoadFloat32x16Array((*[16]float32)(c2[16:32]))
	s30 := archsimd.LoadFloat32x16Array((*[16]float32)(c3[0:16]))
	s31 := archsimd.LoadFloat32x16Array((*[16]float32)(c3[16:32]))
	at, from := 0, 0
	for ; rows > 0; rows-- {
		p := (*[4]float32)(a[at : at+4 : at+4])
		q := (*[32]float32)(b[from : from+32 : from+32])
		v0 := archsimd.LoadFloat32x16Array((*[16]float32)(q[0:16]))
		v1 := archsimd.LoadFloat32x16Array((*[16]float32)(q[16:32]))
		x0 := archsimd.BroadcastFloat32x16(p[0])
		s00 = v0.MulAdd(x0, s00)
		s01 = x0.MulAdd(v1, s01)
		x1 := archsimd.BroadcastFloat32x16(p[1])
		s10 = v0.MulAdd(x1, s10)
		s11 = x1.MulAdd(v1, s11)
		x2 := archsimd.BroadcastFloat32x16(p[2])
		s20 = v0.MulAdd(x2, s20)
		s21 = x2.MulAdd(v1, s21)
		x3 := archsimd.BroadcastFloat32x16(p[3])
		s30 = v0.MulAdd(x3, s30)
		s31 = x3.MulAdd(v1, s31)
		at, from = at+lda, from+ldb
	}
	s00.StoreArray((*[16]float32)(c0[0:16]))
	s01.StoreArray((*[16]float32)(c0[16:32]))
	s10.StoreArray((*[16]float32)(c1[0:16]))
	s11.StoreArray((*[16]float32)(c1[16:32]))
	s20.StoreArray((*[16]float32)(c2[0:16]))
	s21.StoreArray((*[16]float32)(c2[16:32]))
	s30.StoreArray((*[16]float32)(c3[0:16]))
	s31.StoreArray((*[16]float32)(c3[16:32]))
}
