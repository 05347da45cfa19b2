//go:build goexperiment.simd && go1.27

package f32

import "simd"

// outer adds the products of four columns of a with a tile's width of those of
// b, over so many rows.
//
//	for r, j := range 4, tileWidth {
//		for t := range rows { c[r*ldc+j] += a[t*lda+r] * b[t*ldb+j] }
//	}
func outer(c []float32, ldc int, a []float32, lda int, b []float32, ldb, rows int) {
	if vectors == wideLanes {
		outerWide(c, ldc, a, lda, b, ldb, rows)
		return
	}
	for j := 0; j < tileWidth(); j += 2 * vectors {
		outerVectors(c[j:], ldc, a, lda, b[j:], ldb, rows)
	}
}

// outerVectors is outer for two vectors of b.
func outerVectors(c []float32, ldc int, a []float32, lda int, b []float32, ldb, rows int) {
	var s00, s01, s10, s11, s20, s21, s30, s31 simd.Float32s
	l := s00.Len()
	c0, c1, c2, c3 := c[:2*l], c[ldc:][:2*l], c[2*ldc:][:2*l], c[3*ldc:][:2*l]
	s00, s01 = simd.LoadFloat32s(c0), simd.LoadFloat32s(c0[l:])
	s10, s11 = simd.LoadFloat32s(c1), simd.LoadFloat32s(c1[l:])
	s20, s21 = simd.LoadFloat32s(c2), simd.LoadFloat32s(c2[l:])
	s30, s31 = simd.LoadFloat32s(c3), simd.LoadFloat32s(c3[l:])
	at, from := 0, 0
	for ; rows > 0; rows-- {
		p := (*[4]float32)(a[at : at+4])
		q := b[from : from+2*l : from+2*l]
		v0, v1 := simd.LoadFloat32s(q), simd.LoadFloat32s(q[l:])
		x0 := simd.BroadcastFloat32s(p[0])
		s00 = v0.MulAdd(x0, s00)
		s01 = x0.MulAdd(v1, s01)
		x1 := simd.BroadcastFloat32s(p[1])
		s10 = v0.MulAdd(x1, s10)
		s11 = x1.MulAdd(v1, s11)
		x2 := simd.BroadcastFloat32s(p[2])
		s20 = v0.MulAdd(x2, s20)
		s21 = x2.MulAdd(v1, s21)
		x3 := simd.BroadcastFloat32s(p[3])
		s30 = v0.MulAdd(x3, s30)
		s31 = x3.MulAdd(v1, s31)
		at, from = at+lda, from+ldb
	}
	s00.Store(c0)
	s01.Store(c0[l:])
	s10.Store(c1)
	s11.Store(c1[l:])
	s20.Store(c2)
	s21.Store(c2[l:])
	s30.Store(c3)
	s31.Store(c3[l:])
}
