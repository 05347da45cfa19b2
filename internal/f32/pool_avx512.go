//go:build goexperiment.simd && go1.27 && amd64

package f32

import "simd/archsimd"

// poolWide is poolVectors in the types of AVX-512: see tileWide.
func poolWide(y []float32, winners []int32, sums, bias []float32) {
	var zero archsimd.Float32x16
	none := archsimd.BroadcastInt32x16(-1)
	s, b, out := (*[128]float32)(sums), (*[32]float32)(bias), (*[32]float32)(y)
	for f := 0; f < 32; f += 16 {
		v0 := archsimd.LoadFloat32x16Array((*[16]float32)(s[f : f+16]))
		v1 := archsimd.LoadFloat32x16Array((*[16]float32)(s[f+32 : f+48]))
		v2 := archsimd.LoadFloat32x16Array((*[16]float32)(s[f+64 : f+80]))
		v3 := archsimd.LoadFloat32x16Array((*[16]float32)(s[f+96 : f+112]))
		first := v1.Greater(v0).Or(v1.NotEqual(v1))
		upper := v1.IfElse(first, v0)
		second := v3.Greater(v2).Or(v3.NotEqual(v3))
		lower := v3.IfElse(second, v2)
		below := lower.Greater(upper).Or(lower.NotEqual(lower))
		largest := lower.IfElse(below, upper).Add(archsimd.LoadFloat32x16Array((*[16]float32)(b[f : f+16])))
		blocked := largest.LessEqual(zero)
		zero.IfElse(blocked, largest).StoreArray((*[16]float32)(out[f : f+16]))
		if winners == nil {
			continue
		}
		var left archsimd.Int32x16
		right := archsimd.BroadcastInt32x16(1)
		u := right.IfElse(first, left)
		w := right.IfElse(second, left).Add(archsimd.BroadcastInt32x16(2))
		won := w.IfElse(below, u)
		none.IfElse(blocked, won).StoreArray((*[16]int32)(winners[f : f+16]))
	}
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
