//go:build goexperiment.simd && go1.27

package f32

import "simd"

// gemmDots is Gemm for a·bᵀ, where both factors have the inner index along
// their rows: no packing, and one vector of partial sums for each element.
// Rows and columns beyond a multiple of the tile repeat the last.
func gemmDots(m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	var out [12]float32
	i := 0
	for ; i+4 <= m; i += 4 {
		a0, a1, a2, a3 := a[i*lda:], a[(i+1)*lda:], a[(i+2)*lda:], a[(i+3)*lda:]
		for j := 0; j < n; j += 3 {
			b0, b1, b2 := b[j*ldb:], b[min(j+1, n-1)*ldb:], b[min(j+2, n-1)*ldb:]
			if vectors == wideLanes {
				dots4x3Wide(k, a0, a1, a2, a3, b0, b1, b2, out[:])
			} else {
				dots4x3(k, a0, a1, a2, a3, b0, b1, b2, out[:])
			}
			columns := min(3, n-j)
			for r := range 4 {
				put(c[(i+r)*ldc+j:][:columns], out[3*r:], add)
			}
		}
	}
	for ; i < m; i++ {
		for j := 0; j < n; j += 6 {
			row := func(q int) []float32 { return b[min(j+q, n-1)*ldb:] }
			dots1x6(k, a[i*lda:], row(0), row(1), row(2), row(3), row(4), row(5), out[:])
			put(c[i*ldc+j:][:min(6, n-j)], out[:], add)
		}
	}
}

// dots4x3 computes the products of 4 rows of a and 3 of b, all of k elements.
//
//	for i, j := range … { out[i*3+j] = Σ a_i[p] * b_j[p] over p < k }
func dots4x3(k int, a0, a1, a2, a3, b0, b1, b2 []float32, out []float32) {
	var s00, s01, s02 simd.Float32s
	var s10, s11, s12 simd.Float32s
	var s20, s21, s22 simd.Float32s
	var s30, s31, s32 simd.Float32s
	w := s00.Len()
	a0, a1, a2, a3, b0, b1, b2 = a0[:k], a1[:k], a2[:k], a3[:k], b0[:k], b1[:k], b2[:k]
	p := 0
	for ; p+w <= k; p += w {
		y0 := simd.LoadFloat32s(b0[p : p+w : p+w])
		y1 := simd.LoadFloat32s(b1[p : p+w : p+w])
		y2 := simd.LoadFloat32s(b2[p : p+w : p+w])
		x0 := simd.LoadFloat32s(a0[p : p+w : p+w])
		s00 = x0.MulAdd(y0, s00)
		s01 = x0.MulAdd(y1, s01)
		s02 = x0.MulAdd(y2, s02)
		x1 := simd.LoadFloat32s(a1[p : p+w : p+w])
		s10 = x1.MulAdd(y0, s10)
		s11 = x1.MulAdd(y1, s11)
		s12 = x1.MulAdd(y2, s12)
		x2 := simd.LoadFloat32s(a2[p : p+w : p+w])
		s20 = x2.MulAdd(y0, s20)
		s21 = x2.MulAdd(y1, s21)
		s22 = x2.MulAdd(y2, s22)
		x3 := simd.LoadFloat32s(a3[p : p+w : p+w])
		s30 = x3.MulAdd(y0, s30)
		s31 = x3.MulAdd(y1, s31)
		s32 = x3.MulAdd(y2, s32)
	}
	if p < k {
		y0, _ := simd.LoadFloat32sPart(b0[p:])
		y1, _ := simd.LoadFloat32sPart(b1[p:])
		y2, _ := simd.LoadFloat32sPart(b2[p:])
		x0, _ := simd.LoadFloat32sPart(a0[p:])
		s00 = x0.MulAdd(y0, s00)
		s01 = x0.MulAdd(y1, s01)
		s02 = x0.MulAdd(y2, s02)
		x1, _ := simd.LoadFloat32sPart(a1[p:])
		s10 = x1.MulAdd(y0, s10)
		s11 = x1.MulAdd(y1, s11)
		s12 = x1.MulAdd(y2, s12)
		x2, _ := simd.LoadFloat32sPart(a2[p:])
		s20 = x2.MulAdd(y0, s20)
		s21 = x2.MulAdd(y1, s21)
		s22 = x2.MulAdd(y2, s22)
		x3, _ := simd.LoadFloat32sPart(a3[p:])
		s30 = x3.MulAdd(y0, s30)
		s31 = x3.MulAdd(y1, s31)
		s32 = x3.MulAdd(y2, s32)
	}
	out = out[:12]
	out[0] = total(s00)
	out[1] = total(s01)
	out[2] = total(s02)
	out[3] = total(s10)
	out[4] = total(s11)
	out[5] = total(s12)
	out[6] = total(s20)
	out[7] = total(s21)
	out[8] = total(s22)
	out[9] = total(s30)
	out[10] = total(s31)
	out[11] = total(s32)
}

// dots1x6 is the same for one row of a, adding in the same order.
func dots1x6(k int, a0, b0, b1, b2, b3, b4, b5 []float32, out []float32) {
	var s00, s01, s02, s03, s04, s05 simd.Float32s
	w := s00.Len()
	a0, b0, b1, b2, b3, b4, b5 = a0[:k], b0[:k], b1[:k], b2[:k], b3[:k], b4[:k], b5[:k]
	p := 0
	for ; p+w <= k; p += w {
		y0 := simd.LoadFloat32s(b0[p : p+w : p+w])
		y1 := simd.LoadFloat32s(b1[p : p+w : p+w])
		y2 := simd.LoadFloat32s(b2[p : p+w : p+w])
		y3 := simd.LoadFloat32s(b3[p : p+w : p+w])
		y4 := simd.LoadFloat32s(b4[p : p+w : p+w])
		y5 := simd.LoadFloat32s(b5[p : p+w : p+w])
		x0 := simd.LoadFloat32s(a0[p : p+w : p+w])
		s00 = x0.MulAdd(y0, s00)
		s01 = x0.MulAdd(y1, s01)
		s02 = x0.MulAdd(y2, s02)
		s03 = x0.MulAdd(y3, s03)
		s04 = x0.MulAdd(y4, s04)
		s05 = x0.MulAdd(y5, s05)
	}
	if p < k {
		y0, _ := simd.LoadFloat32sPart(b0[p:])
		y1, _ := simd.LoadFloat32sPart(b1[p:])
		y2, _ := simd.LoadFloat32sPart(b2[p:])
		y3, _ := simd.LoadFloat32sPart(b3[p:])
		y4, _ := simd.LoadFloat32sPart(b4[p:])
		y5, _ := simd.LoadFloat32sPart(b5[p:])
		x0, _ := simd.LoadFloat32sPart(a0[p:])
		s00 = x0.MulAdd(y0, s00)
		s01 = x0.MulAdd(y1, s01)
		s02 = x0.MulAdd(y2, s02)
		s03 = x0.MulAdd(y3, s03)
		s04 = x0.MulAdd(y4, s04)
		s05 = x0.MulAdd(y5, s05)
	}
	out = out[:6]
	out[0] = total(s00)
	out[1] = total(s01)
	out[2] = total(s02)
	out[3] = total(s03)
	out[4] = total(s04)
	out[5] = total(s05)
}

// total sums a vector, in the order of its elements.
func total(v simd.Float32s) float32 {
	var elements [maxLanes]float32
	v.Store(elements[:])
	sum := elements[0]
	for i := 1; i < v.Len(); i++ {
		sum += elements[i]
	}
	return sum
}
