//go:build goexperiment.simd && go1.27 && amd64

package f32

import (
	"math/bits"
	"simd/archsimd"
)

// addFoundWide is addFound.
func addFoundWide(y, x []float32, index []int32, w []float32) {
	j := 0
	for ; j+8*wideLanes <= len(y); j += 8 * wideLanes {
		addRows8Wide(y[j:], x, index, w[j:], len(y))
	}
	if j < len(y) {
		addRows4(y[j:], x, index, w[j:], len(y))
	}
}

// addRows8Wide is addRows8 in the types of AVX-512: see tileWide.
func addRows8Wide(y, x []float32, index []int32, w []float32, ldw int) {
	sums := (*[128]float32)(y)
	s0 := archsimd.LoadFloat32x16Array((*[16]float32)(sums[0:16]))
	s1 := archsimd.LoadFloat32x16Array((*[16]float32)(sums[16:32]))
	s2 := archsimd.LoadFloat32x16Array((*[16]float32)(sums[32:48]))
	s3 := archsimd.LoadFloat32x16Array((*[16]float32)(sums[48:64]))
	s4 := archsimd.LoadFloat32x16Array((*[16]float32)(sums[64:80]))
	s5 := archsimd.LoadFloat32x16Array((*[16]float32)(sums[80:96]))
	s6 := archsimd.LoadFloat32x16Array((*[16]float32)(sums[96:112]))
	s7 := archsimd.LoadFloat32x16Array((*[16]float32)(sums[112:128]))
	for ; len(index) >= 2; index = index[2:] {
		i, j := index[0], index[1]
		u := archsimd.BroadcastFloat32x16(x[i])
		at := int(i) * ldw
		p := (*[128]float32)(w[at : at+128 : at+128])
		s0 = archsimd.LoadFloat32x16Array((*[16]float32)(p[0:16])).MulAdd(u, s0)
		s1 = archsimd.LoadFloat32x16Array((*[16]float32)(p[16:32])).MulAdd(u, s1)
		s2 = archsimd.LoadFloat32x16Array((*[16]float32)(p[32:48])).MulAdd(u, s2)
		s3 = archsimd.LoadFloat32x16Array((*[16]float32)(p[48:64])).MulAdd(u, s3)
		s4 = archsimd.LoadFloat32x16Array((*[16]float32)(p[64:80])).MulAdd(u, s4)
		s5 = archsimd.LoadFloat32x16Array((*[16]float32)(p[80:96])).MulAdd(u, s5)
		s6 = archsimd.LoadFloat32x16Array((*[16]float32)(p[96:112])).MulAdd(u, s6)
		s7 = archsimd.LoadFloat32x16Array((*[16]float32)(p[112:128])).MulAdd(u, s7)
		v := archsimd.BroadcastFloat32x16(x[j])
		bt := int(j) * ldw
		q := (*[128]float32)(w[bt : bt+128 : bt+128])
		s0 = archsimd.LoadFloat32x16Array((*[16]float32)(q[0:16])).MulAdd(v, s0)
		s1 = archsimd.LoadFloat32x16Array((*[16]float32)(q[16:32])).MulAdd(v, s1)
		s2 = archsimd.LoadFloat32x16Array((*[16]float32)(q[32:48])).MulAdd(v, s2)
		s3 = archsimd.LoadFloat32x16Array((*[16]float32)(q[48:64])).MulAdd(v, s3)
		s4 = archsimd.LoadFloat32x16Array((*[16]float32)(q[64:80])).MulAdd(v, s4)
		s5 = archsimd.LoadFloat32x16Array((*[16]float32)(q[80:96])).MulAdd(v, s5)
		s6 = archsimd.LoadFloat32x16Array((*[16]float32)(q[96:112])).MulAdd(v, s6)
		s7 = archsimd.LoadFloat32x16Array((*[16]float32)(q[112:128])).MulAdd(v, s7)
	}
	for _, i := range index {
		v := archsimd.BroadcastFloat32x16(x[i])
		at := int(i) * ldw
		row := (*[128]float32)(w[at : at+128 : at+128])
		s0 = archsimd.LoadFloat32x16Array((*[16]float32)(row[0:16])).MulAdd(v, s0)
		s1 = archsimd.LoadFloat32x16Array((*[16]float32)(row[16:32])).MulAdd(v, s1)
		s2 = archsimd.LoadFloat32x16Array((*[16]float32)(row[32:48])).MulAdd(v, s2)
		s3 = archsimd.LoadFloat32x16Array((*[16]float32)(row[48:64])).MulAdd(v, s3)
		s4 = archsimd.LoadFloat32x16Array((*[16]float32)(row[64:80])).MulAdd(v, s4)
		s5 = archsimd.LoadFloat32x16Array((*[16]float32)(row[80:96])).MulAdd(v, s5)
		s6 = archsimd.LoadFloat32x16Array((*[16]float32)(row[96:112])).MulAdd(v, s6)
		s7 = archsimd.LoadFloat32x16Array((*[16]float32)(row[112:128])).MulAdd(v, s7)
	}
	s0.StoreArray((*[16]float32)(sums[0:16]))
	s1.StoreArray((*[16]float32)(sums[16:32]))
	s2.StoreArray((*[16]float32)(sums[32:48]))
	s3.StoreArray((*[16]float32)(sums[48:64]))
	s4.StoreArray((*[16]float32)(sums[64:80]))
	s5.StoreArray((*[16]float32)(sums[80:96]))
	s6.StoreArray((*[16]float32)(sums[96:112]))
	s7.StoreArray((*[16]float32)(sums[112:128]))
}

// nonZerosWide is nonZeros, sixteen at a time.
func nonZerosWide(index *[IndexSize]int32, x []float32) int {
	var zero archsimd.Float32x16
	at := archsimd.LoadInt32x16Array(&[maxLanes]int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	step := archsimd.BroadcastInt32x16(maxLanes)
	n, i := 0, 0
	for ; i+2*maxLanes <= len(x); i += 2 * maxLanes {
		p := (*[2 * maxLanes]float32)(x[i : i+2*maxLanes : i+2*maxLanes])
		left := archsimd.LoadFloat32x16Array((*[maxLanes]float32)(p[:maxLanes])).NotEqual(zero)
		right := archsimd.LoadFloat32x16Array((*[maxLanes]float32)(p[maxLanes:])).NotEqual(zero)
		// Both counted first, so that they wait for each other once.
		found := bits.OnesCount16(left.ToBits())
		both := found + bits.OnesCount16(right.ToBits())
		at.Compress(left).StoreArray((*[maxLanes]int32)(index[n : n+maxLanes]))
		at = at.Add(step)
		at.Compress(right).StoreArray((*[maxLanes]int32)(index[n+found : n+found+maxLanes]))
		at = at.Add(step)
		n += both
	}
	for ; i+maxLanes <= len(x); i += maxLanes {
		found := archsimd.LoadFloat32x16(x[i : i+maxLanes : i+maxLanes]).NotEqual(zero)
		at.Compress(found).StoreArray((*[maxLanes]int32)(index[n : n+maxLanes]))
		n += bits.OnesCount16(found.ToBits())
		at = at.Add(step)
	}
	for ; i < len(x); i++ {
		index[n] = int32(i)
		if x[i] != 0 {
			n++
		}
	}
	return n
}

// axpyRowsWide is axpyRowsVectors.
func axpyRowsWide(alpha float32, rows, n int, x []float32, ldx int, y []float32, ldy int) {
	a := archsimd.BroadcastFloat32x16(alpha)
	for r := 0; r < rows; r++ {
		u, v := x[r*ldx:][:n], y[r*ldy:][:n]
		i := 0
		for ; i+64 <= n; i += 64 {
			p, q := (*[64]float32)(u[i:i+64:i+64]), (*[64]float32)(v[i:i+64:i+64])
			p0, q0 := (*[16]float32)(p[:16]), (*[16]float32)(q[:16])
			archsimd.LoadFloat32x16Array(p0).MulAdd(a, archsimd.LoadFloat32x16Array(q0)).StoreArray(q0)
			p1, q1 := (*[16]float32)(p[16:32]), (*[16]float32)(q[16:32])
			archsimd.LoadFloat32x16Array(p1).MulAdd(a, archsimd.LoadFloat32x16Array(q1)).StoreArray(q1)
			p2, q2 := (*[16]float32)(p[32:48]), (*[16]float32)(q[32:48])
			archsimd.LoadFloat32x16Array(p2).MulAdd(a, archsimd.LoadFloat32x16Array(q2)).StoreArray(q2)
			p3, q3 := (*[16]float32)(p[48:]), (*[16]float32)(q[48:])
			archsimd.LoadFloat32x16Array(p3).MulAdd(a, archsimd.LoadFloat32x16Array(q3)).StoreArray(q3)
		}
		for ; i+16 <= n; i += 16 {
			p, q := (*[16]float32)(u[i:i+16:i+16]), (*[16]float32)(v[i:i+16:i+16])
			archsimd.LoadFloat32x16Array(p).MulAdd(a, archsimd.LoadFloat32x16Array(q)).StoreArray(q)
		}
		if i < n {
			p, _ := archsimd.LoadFloat32x16Part(u[i:])
			q, _ := archsimd.LoadFloat32x16Part(v[i:])
			p.MulAdd(a, q).StorePart(v[i:])
		}
	}
}

// nonZeroBitsWide is nonZeroBits.
func nonZeroBitsWide(x []float32) uint64 {
	var zero archsimd.Float32x16
	found, i := uint64(0), 0
	for ; i+maxLanes <= len(x); i += maxLanes {
		found |= uint64(archsimd.LoadFloat32x16(x[i:i+maxLanes:i+maxLanes]).NotEqual(zero).ToBits()) << i
	}
	if i < len(x) {
		rest, _ := archsimd.LoadFloat32x16Part(x[i:])
		found |= uint64(rest.NotEqual(zero).ToBits()) << i
	}
	return found
}
