//go:build goexperiment.simd && go1.27

package f32

import "simd"

// tile2x6 computes two rows of six vectors.
//
//	for j := range 6*lanes {
//		c0[j] (+)= Σ a0[p*stepA] * b[p*ldb+j] over p < k
//		c1[j] (+)= Σ a1[p*stepA] * b[p*ldb+j] over p < k
//	}
func tile2x6(k int, a0, a1 []float32, stepA int, b []float32, ldb int, c0, c1 []float32, add bool) {
	var s00, s01, s02, s03, s04, s05 simd.Float32s
	var s10, s11, s12, s13, s14, s15 simd.Float32s
	w := s00.Len()
	at, bt := 0, 0
	p := 0
	for ; p+2 <= k; p += 2 {
		x0 := simd.BroadcastFloat32s(a0[at])
		x1 := simd.BroadcastFloat32s(a1[at])
		at += stepA
		row := b[bt : bt+6*w : bt+6*w]
		bt += ldb
		v0 := simd.LoadFloat32s(row)
		s00 = v0.MulAdd(x0, s00)
		s10 = v0.MulAdd(x1, s10)
		v1 := simd.LoadFloat32s(row[w:])
		s01 = v1.MulAdd(x0, s01)
		s11 = v1.MulAdd(x1, s11)
		v2 := simd.LoadFloat32s(row[2*w:])
		s02 = v2.MulAdd(x0, s02)
		s12 = v2.MulAdd(x1, s12)
		v3 := simd.LoadFloat32s(row[3*w:])
		s03 = v3.MulAdd(x0, s03)
		s13 = v3.MulAdd(x1, s13)
		v4 := simd.LoadFloat32s(row[4*w:])
		s04 = v4.MulAdd(x0, s04)
		s14 = v4.MulAdd(x1, s14)
		v5 := simd.LoadFloat32s(row[5*w:])
		s05 = v5.MulAdd(x0, s05)
		s15 = v5.MulAdd(x1, s15)
		y0 := simd.BroadcastFloat32s(a0[at])
		y1 := simd.BroadcastFloat32s(a1[at])
		at += stepA
		next := b[bt : bt+6*w : bt+6*w]
		bt += ldb
		u0 := simd.LoadFloat32s(next)
		s00 = u0.MulAdd(y0, s00)
		s10 = u0.MulAdd(y1, s10)
		u1 := simd.LoadFloat32s(next[w:])
		s01 = u1.MulAdd(y0, s01)
		s11 = u1.MulAdd(y1, s11)
		u2 := simd.LoadFloat32s(next[2*w:])
		s02 = u2.MulAdd(y0, s02)
		s12 = u2.MulAdd(y1, s12)
		u3 := simd.LoadFloat32s(next[3*w:])
		s03 = u3.MulAdd(y0, s03)
		s13 = u3.MulAdd(y1, s13)
		u4 := simd.LoadFloat32s(next[4*w:])
		s04 = u4.MulAdd(y0, s04)
		s14 = u4.MulAdd(y1, s14)
		u5 := simd.LoadFloat32s(next[5*w:])
		s05 = u5.MulAdd(y0, s05)
		s15 = u5.MulAdd(y1, s15)
	}
	if p < k {
		x0 := simd.BroadcastFloat32s(a0[at])
		x1 := simd.BroadcastFloat32s(a1[at])
		row := b[bt : bt+6*w : bt+6*w]
		v0 := simd.LoadFloat32s(row)
		s00 = v0.MulAdd(x0, s00)
		s10 = v0.MulAdd(x1, s10)
		v1 := simd.LoadFloat32s(row[w:])
		s01 = v1.MulAdd(x0, s01)
		s11 = v1.MulAdd(x1, s11)
		v2 := simd.LoadFloat32s(row[2*w:])
		s02 = v2.MulAdd(x0, s02)
		s12 = v2.MulAdd(x1, s12)
		v3 := simd.LoadFloat32s(row[3*w:])
		s03 = v3.MulAdd(x0, s03)
		s13 = v3.MulAdd(x1, s13)
		v4 := simd.LoadFloat32s(row[4*w:])
		s04 = v4.MulAdd(x0, s04)
		s14 = v4.MulAdd(x1, s14)
		v5 := simd.LoadFloat32s(row[5*w:])
		s05 = v5.MulAdd(x0, s05)
		s15 = v5.MulAdd(x1, s15)
	}

	store6(c0, s00, s01, s02, s03, s04, s05, add)
	store6(c1, s10, s11, s12, s13, s14, s15, add)
}

// tile1x6 is tile2x6 for one row.
func tile1x6(k int, a0 []float32, stepA int, b []float32, ldb int, c0 []float32, add bool) {
	var s00, s01, s02, s03, s04, s05 simd.Float32s
	w := s00.Len()
	at, bt := 0, 0
	for p := 0; p < k; p++ {
		x0 := simd.BroadcastFloat32s(a0[at])
		at += stepA
		row := b[bt : bt+6*w : bt+6*w]
		bt += ldb
		v0 := simd.LoadFloat32s(row)
		s00 = v0.MulAdd(x0, s00)
		v1 := simd.LoadFloat32s(row[w:])
		s01 = v1.MulAdd(x0, s01)
		v2 := simd.LoadFloat32s(row[2*w:])
		s02 = v2.MulAdd(x0, s02)
		v3 := simd.LoadFloat32s(row[3*w:])
		s03 = v3.MulAdd(x0, s03)
		v4 := simd.LoadFloat32s(row[4*w:])
		s04 = v4.MulAdd(x0, s04)
		v5 := simd.LoadFloat32s(row[5*w:])
		s05 = v5.MulAdd(x0, s05)
	}
	store6(c0, s00, s01, s02, s03, s04, s05, add)
}

func store6(c []float32, s0, s1, s2, s3, s4, s5 simd.Float32s, add bool) {
	w := s0.Len()
	c = c[:6*w]
	if add {
		s0 = s0.Add(simd.LoadFloat32s(c))
		s1 = s1.Add(simd.LoadFloat32s(c[w:]))
		s2 = s2.Add(simd.LoadFloat32s(c[2*w:]))
		s3 = s3.Add(simd.LoadFloat32s(c[3*w:]))
		s4 = s4.Add(simd.LoadFloat32s(c[4*w:]))
		s5 = s5.Add(simd.LoadFloat32s(c[5*w:]))
	}
	s0.Store(c)
	s1.Store(c[w:])
	s2.Store(c[2*w:])
	s3.Store(c[3*w:])
	s4.Store(c[4*w:])
	s5.Store(c[5*w:])
}

// tile2x4 computes two rows of four vectors.
//
//	for j := range 4*lanes {
//		c0[j] (+)= Σ a0[p*stepA] * b[p*ldb+j] over p < k
//		c1[j] (+)= Σ a1[p*stepA] * b[p*ldb+j] over p < k
//	}
func tile2x4(k int, a0, a1 []float32, stepA int, b []float32, ldb int, c0, c1 []float32, add bool) {
	var s00, s01, s02, s03 simd.Float32s
	var s10, s11, s12, s13 simd.Float32s
	w := s00.Len()
	at, bt := 0, 0
	p := 0
	for ; p+2 <= k; p += 2 {
		x0 := simd.BroadcastFloat32s(a0[at])
		x1 := simd.BroadcastFloat32s(a1[at])
		at += stepA
		row := b[bt : bt+4*w : bt+4*w]
		bt += ldb
		v0 := simd.LoadFloat32s(row)
		s00 = v0.MulAdd(x0, s00)
		s10 = v0.MulAdd(x1, s10)
		v1 := simd.LoadFloat32s(row[w:])
		s01 = v1.MulAdd(x0, s01)
		s11 = v1.MulAdd(x1, s11)
		v2 := simd.LoadFloat32s(row[2*w:])
		s02 = v2.MulAdd(x0, s02)
		s12 = v2.MulAdd(x1, s12)
		v3 := simd.LoadFloat32s(row[3*w:])
		s03 = v3.MulAdd(x0, s03)
		s13 = v3.MulAdd(x1, s13)
		y0 := simd.BroadcastFloat32s(a0[at])
		y1 := simd.BroadcastFloat32s(a1[at])
		at += stepA
		next := b[bt : bt+4*w : bt+4*w]
		bt += ldb
		u0 := simd.LoadFloat32s(next)
		s00 = u0.MulAdd(y0, s00)
		s10 = u0.MulAdd(y1, s10)
		u1 := simd.LoadFloat32s(next[w:])
		s01 = u1.MulAdd(y0, s01)
		s11 = u1.MulAdd(y1, s11)
		u2 := simd.LoadFloat32s(next[2*w:])
		s02 = u2.MulAdd(y0, s02)
		s12 = u2.MulAdd(y1, s12)
		u3 := simd.LoadFloat32s(next[3*w:])
		s03 = u3.MulAdd(y0, s03)
		s13 = u3.MulAdd(y1, s13)
	}
	if p < k {
		x0 := simd.BroadcastFloat32s(a0[at])
		x1 := simd.BroadcastFloat32s(a1[at])
		row := b[bt : bt+4*w : bt+4*w]
		v0 := simd.LoadFloat32s(row)
		s00 = v0.MulAdd(x0, s00)
		s10 = v0.MulAdd(x1, s10)
		v1 := simd.LoadFloat32s(row[w:])
		s01 = v1.MulAdd(x0, s01)
		s11 = v1.MulAdd(x1, s11)
		v2 := simd.LoadFloat32s(row[2*w:])
		s02 = v2.MulAdd(x0, s02)
		s12 = v2.MulAdd(x1, s12)
		v3 := simd.LoadFloat32s(row[3*w:])
		s03 = v3.MulAdd(x0, s03)
		s13 = v3.MulAdd(x1, s13)
	}

	store4(c0, s00, s01, s02, s03, add)
	store4(c1, s10, s11, s12, s13, add)
}

// tile1x4 is tile2x4 for one row.
func tile1x4(k int, a0 []float32, stepA int, b []float32, ldb int, c0 []float32, add bool) {
	var s00, s01, s02, s03 simd.Float32s
	w := s00.Len()
	at, bt := 0, 0
	for p := 0; p < k; p++ {
		x0 := simd.BroadcastFloat32s(a0[at])
		at += stepA
		row := b[bt : bt+4*w : bt+4*w]
		bt += ldb
		v0 := simd.LoadFloat32s(row)
		s00 = v0.MulAdd(x0, s00)
		v1 := simd.LoadFloat32s(row[w:])
		s01 = v1.MulAdd(x0, s01)
		v2 := simd.LoadFloat32s(row[2*w:])
		s02 = v2.MulAdd(x0, s02)
		v3 := simd.LoadFloat32s(row[3*w:])
		s03 = v3.MulAdd(x0, s03)
	}
	store4(c0, s00, s01, s02, s03, add)
}

func store4(c []float32, s0, s1, s2, s3 simd.Float32s, add bool) {
	w := s0.Len()
	c = c[:4*w]
	if add {
		s0 = s0.Add(simd.LoadFloat32s(c))
		s1 = s1.Add(simd.LoadFloat32s(c[w:]))
		s2 = s2.Add(simd.LoadFloat32s(c[2*w:]))
		s3 = s3.Add(simd.LoadFloat32s(c[3*w:]))
	}
	s0.Store(c)
	s1.Store(c[w:])
	s2.Store(c[2*w:])
	s3.Store(c[3*w:])
}
