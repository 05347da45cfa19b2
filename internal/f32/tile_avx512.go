//go:build goexperiment.simd && go1.27 && amd64

package f32

import "simd/archsimd"

// wideLanes is how many numbers a vector holds for which there are kernels in
// the types of one architecture.
const wideLanes = 16

// tile2x6Wide is tile2x6 in the types of AVX-512, for which the compiler makes
// half as many instructions. It adds in the same order, so that machines with
// 512-bit vectors compute the same with either.
func tile2x6Wide(k int, a0, a1 []float32, stepA int, b []float32, ldb int, c0, c1 []float32, add bool) {
	var s00, s01, s02, s03, s04, s05 archsimd.Float32x16
	var s10, s11, s12, s13, s14, s15 archsimd.Float32x16
	at, bt := 0, 0
	p := 0
	for ; p+4 <= k; p += 4 {
		x0 := archsimd.BroadcastFloat32x16(a0[at])
		x1 := archsimd.BroadcastFloat32x16(a1[at])
		at += stepA
		row := (*[96]float32)(b[bt : bt+96 : bt+96])
		bt += ldb
		v0 := archsimd.LoadFloat32x16Array((*[16]float32)(row[0:16]))
		s00 = v0.MulAdd(x0, s00)
		s10 = v0.MulAdd(x1, s10)
		v1 := archsimd.LoadFloat32x16Array((*[16]float32)(row[16:32]))
		s01 = v1.MulAdd(x0, s01)
		s11 = v1.MulAdd(x1, s11)
		v2 := archsimd.LoadFloat32x16Array((*[16]float32)(row[32:48]))
		s02 = v2.MulAdd(x0, s02)
		s12 = v2.MulAdd(x1, s12)
		v3 := archsimd.LoadFloat32x16Array((*[16]float32)(row[48:64]))
		s03 = v3.MulAdd(x0, s03)
		s13 = v3.MulAdd(x1, s13)
		v4 := archsimd.LoadFloat32x16Array((*[16]float32)(row[64:80]))
		s04 = v4.MulAdd(x0, s04)
		s14 = v4.MulAdd(x1, s14)
		v5 := archsimd.LoadFloat32x16Array((*[16]float32)(row[80:96]))
		s05 = v5.MulAdd(x0, s05)
		s15 = v5.MulAdd(x1, s15)
		x0 = archsimd.BroadcastFloat32x16(a0[at])
		x1 = archsimd.BroadcastFloat32x16(a1[at])
		at += stepA
		row = (*[96]float32)(b[bt : bt+96 : bt+96])
		bt += ldb
		v0 = archsimd.LoadFloat32x16Array((*[16]float32)(row[0:16]))
		s00 = v0.MulAdd(x0, s00)
		s10 = v0.MulAdd(x1, s10)
		v1 = archsimd.LoadFloat32x16Array((*[16]float32)(row[16:32]))
		s01 = v1.MulAdd(x0, s01)
		s11 = v1.MulAdd(x1, s11)
		v2 = archsimd.LoadFloat32x16Array((*[16]float32)(row[32:48]))
		s02 = v2.MulAdd(x0, s02)
		s12 = v2.MulAdd(x1, s12)
		v3 = archsimd.LoadFloat32x16Array((*[16]float32)(row[48:64]))
		s03 = v3.MulAdd(x0, s03)
		s13 = v3.MulAdd(x1, s13)
		v4 = archsimd.LoadFloat32x16Array((*[16]float32)(row[64:80]))
		s04 = v4.MulAdd(x0, s04)
		s14 = v4.MulAdd(x1, s14)
		v5 = archsimd.LoadFloat32x16Array((*[16]float32)(row[80:96]))
		s05 = v5.MulAdd(x0, s05)
		s15 = v5.MulAdd(x1, s15)
		x0 = archsimd.BroadcastFloat32x16(a0[at])
		x1 = archsimd.BroadcastFloat32x16(a1[at])
		at += stepA
		row = (*[96]float32)(b[bt : bt+96 : bt+96])
		bt += ldb
		v0 = archsimd.LoadFloat32x16Array((*[16]float32)(row[0:16]))
		s00 = v0.MulAdd(x0, s00)
		s10 = v0.MulAdd(x1, s10)
		v1 = archsimd.LoadFloat32x16Array((*[16]float32)(row[16:32]))
		s01 = v1.MulAdd(x0, s01)
		s11 = v1.MulAdd(x1, s11)
		v2 = archsimd.LoadFloat32x16Array((*[16]float32)(row[32:48]))
		s02 = v2.MulAdd(x0, s02)
		s12 = v2.MulAdd(x1, s12)
		v3 = archsimd.LoadFloat32x16Array((*[16]float32)(row[48:64]))
		s03 = v3.MulAdd(x0, s03)
		s13 = v3.MulAdd(x1, s13)
		v4 = archsimd.LoadFloat32x16Array((*[16]float32)(row[64:80]))
		s04 = v4.MulAdd(x0, s04)
		s14 = v4.MulAdd(x1, s14)
		v5 = archsimd.LoadFloat32x16Array((*[16]float32)(row[80:96]))
		s05 = v5.MulAdd(x0, s05)
		s15 = v5.MulAdd(x1, s15)
		x0 = archsimd.BroadcastFloat32x16(a0[at])
		x1 = archsimd.BroadcastFloat32x16(a1[at])
		at += stepA
		row = (*[96]float32)(b[bt : bt+96 : bt+96])
		bt += ldb
		v0 = archsimd.LoadFloat32x16Array((*[16]float32)(row[0:16]))
		s00 = v0.MulAdd(x0, s00)
		s10 = v0.MulAdd(x1, s10)
		v1 = archsimd.LoadFloat32x16Array((*[16]float32)(row[16:32]))
		s01 = v1.MulAdd(x0, s01)
		s11 = v1.MulAdd(x1, s11)
		v2 = archsimd.LoadFloat32x16Array((*[16]float32)(row[32:48]))
		s02 = v2.MulAdd(x0, s02)
		s12 = v2.MulAdd(x1, s12)
		v3 = archsimd.LoadFloat32x16Array((*[16]float32)(row[48:64]))
		s03 = v3.MulAdd(x0, s03)
		s13 = v3.MulAdd(x1, s13)
		v4 = archsimd.LoadFloat32x16Array((*[16]float32)(row[64:80]))
		s04 = v4.MulAdd(x0, s04)
		s14 = v4.MulAdd(x1, s14)
		v5 = archsimd.LoadFloat32x16Array((*[16]float32)(row[80:96]))
		s05 = v5.MulAdd(x0, s05)
		s15 = v5.MulAdd(x1, s15)
	}
	for ; p < k; p++ {
		x0 := archsimd.BroadcastFloat32x16(a0[at])
		x1 := archsimd.BroadcastFloat32x16(a1[at])
		at += stepA
		row := (*[96]float32)(b[bt : bt+96 : bt+96])
		bt += ldb
		v0 := archsimd.LoadFloat32x16Array((*[16]float32)(row[0:16]))
		s00 = v0.MulAdd(x0, s00)
		s10 = v0.MulAdd(x1, s10)
		v1 := archsimd.LoadFloat32x16Array((*[16]float32)(row[16:32]))
		s01 = v1.MulAdd(x0, s01)
		s11 = v1.MulAdd(x1, s11)
		v2 := archsimd.LoadFloat32x16Array((*[16]float32)(row[32:48]))
		s02 = v2.MulAdd(x0, s02)
		s12 = v2.MulAdd(x1, s12)
		v3 := archsimd.LoadFloat32x16Array((*[16]float32)(row[48:64]))
		s03 = v3.MulAdd(x0, s03)
		s13 = v3.MulAdd(x1, s13)
		v4 := archsimd.LoadFloat32x16Array((*[16]float32)(row[64:80]))
		s04 = v4.MulAdd(x0, s04)
		s14 = v4.MulAdd(x1, s14)
		v5 := archsimd.LoadFloat32x16Array((*[16]float32)(row[80:96]))
		s05 = v5.MulAdd(x0, s05)
		s15 = v5.MulAdd(x1, s15)
	}
	store512(c0, s00, s01, s02, s03, s04, s05, add)
	store512(c1, s10, s11, s12, s13, s14, s15, add)
}

func store512(c []float32, s0, s1, s2, s3, s4, s5 archsimd.Float32x16, add bool) {
	row := (*[96]float32)(c)
	if add {
		s0 = s0.Add(archsimd.LoadFloat32x16Array((*[16]float32)(row[0:16])))
		s1 = s1.Add(archsimd.LoadFloat32x16Array((*[16]float32)(row[16:32])))
		s2 = s2.Add(archsimd.LoadFloat32x16Array((*[16]float32)(row[32:48])))
		s3 = s3.Add(archsimd.LoadFloat32x16Array((*[16]float32)(row[48:64])))
		s4 = s4.Add(archsimd.LoadFloat32x16Array((*[16]float32)(row[64:80])))
		s5 = s5.Add(archsimd.LoadFloat32x16Array((*[16]float32)(row[80:96])))
	}
	s0.StoreArray((*[16]float32)(row[0:16]))
	s1.StoreArray((*[16]float32)(row[16:32]))
	s2.StoreArray((*[16]float32)(row[32:48]))
	s3.StoreArray((*[16]float32)(row[48:64]))
	s4.StoreArray((*[16]float32)(row[64:80]))
	s5.StoreArray((*[16]float32)(row[80:96]))
}
