//go:build goexperiment.simd && go1.27

package f32

import "simd"

// transformPatch computes Bᵀ·patch·B of n channels.
//
//	for c := range n {
//		for i, j := range 4, 4 { values[(4*i+j)*stride+c] = (Bᵀ · x[i*row+j*n+c] · B)[i][j] }
//	}
func transformPatch(values []float32, stride int, x []float32, row, n int) {
	w := simd.BroadcastFloat32s(0).Len()
	for c := 0; c < n; c += w {
		r0, r1, r2, r3 := x[c:], x[row+c:], x[2*row+c:], x[3*row+c:]
		v := values[c:]
		patchRow(v, stride,
			simd.LoadFloat32s(r0).Sub(simd.LoadFloat32s(r2)),
			simd.LoadFloat32s(r0[n:]).Sub(simd.LoadFloat32s(r2[n:])),
			simd.LoadFloat32s(r0[2*n:]).Sub(simd.LoadFloat32s(r2[2*n:])),
			simd.LoadFloat32s(r0[3*n:]).Sub(simd.LoadFloat32s(r2[3*n:])))
		patchRow(v[4*stride:], stride,
			simd.LoadFloat32s(r1).Add(simd.LoadFloat32s(r2)),
			simd.LoadFloat32s(r1[n:]).Add(simd.LoadFloat32s(r2[n:])),
			simd.LoadFloat32s(r1[2*n:]).Add(simd.LoadFloat32s(r2[2*n:])),
			simd.LoadFloat32s(r1[3*n:]).Add(simd.LoadFloat32s(r2[3*n:])))
		patchRow(v[8*stride:], stride,
			simd.LoadFloat32s(r2).Sub(simd.LoadFloat32s(r1)),
			simd.LoadFloat32s(r2[n:]).Sub(simd.LoadFloat32s(r1[n:])),
			simd.LoadFloat32s(r2[2*n:]).Sub(simd.LoadFloat32s(r1[2*n:])),
			simd.LoadFloat32s(r2[3*n:]).Sub(simd.LoadFloat32s(r1[3*n:])))
		patchRow(v[12*stride:], stride,
			simd.LoadFloat32s(r1).Sub(simd.LoadFloat32s(r3)),
			simd.LoadFloat32s(r1[n:]).Sub(simd.LoadFloat32s(r3[n:])),
			simd.LoadFloat32s(r1[2*n:]).Sub(simd.LoadFloat32s(r3[2*n:])),
			simd.LoadFloat32s(r1[3*n:]).Sub(simd.LoadFloat32s(r3[3*n:])))
	}
}

// patchRow stores a row of Bᵀ·patch, times B.
func patchRow(values []float32, stride int, t0, t1, t2, t3 simd.Float32s) {
	t0.Sub(t2).Store(values)
	t1.Add(t2).Store(values[stride:])
	t2.Sub(t1).Store(values[2*stride:])
	t1.Sub(t3).Store(values[3*stride:])
}

// fourOutputs computes Aᵀ·sums·A for n filters, with their biases if there are any.
//
//	for f := range n {
//		for i, j := range 2, 2 { y[i*down+j*right+f] = (Aᵀ · sums[k*stride+f] · A)[i][j] + bias[f] }
//	}
func fourOutputs(y []float32, right, down int, sums []float32, stride int, bias []float32, n int) {
	w := simd.BroadcastFloat32s(0).Len()
	for f := 0; f < n; f += w {
		s := sums[f:]
		u0, v0 := outputColumn(s, stride)
		u1, v1 := outputColumn(s[stride:], stride)
		u2, v2 := outputColumn(s[2*stride:], stride)
		u3, v3 := outputColumn(s[3*stride:], stride)
		y00, y01 := u0.Add(u1).Add(u2), u1.Sub(u2).Sub(u3)
		y10, y11 := v0.Add(v1).Add(v2), v1.Sub(v2).Sub(v3)
		if bias != nil {
			b := simd.LoadFloat32s(bias[f:])
			y00, y01, y10, y11 = y00.Add(b), y01.Add(b), y10.Add(b), y11.Add(b)
		}
		o := y[f:]
		y00.Store(o)
		y01.Store(o[right:])
		y10.Store(o[down:])
		y11.Store(o[down+right:])
	}
}

// outputColumn computes a column of Aᵀ·sums.
func outputColumn(s []float32, stride int) (upper, lower simd.Float32s) {
	m1, m2 := simd.LoadFloat32s(s[4*stride:]), simd.LoadFloat32s(s[8*stride:])
	return simd.LoadFloat32s(s).Add(m1).Add(m2), m1.Sub(m2).Sub(simd.LoadFloat32s(s[12*stride:]))
}

// transformWeights computes G·weights·Gᵀ of one channel and n filters; tap is from
// one of the nine weights to the next.
//
//	for f := range n {
//		for i, j := range 4, 4 { values[(4*i+j)*stride+f] = (G · weights[(3*i+j)*tap+f] · Gᵀ)[i][j] }
//	}
func transformWeights(values []float32, stride int, weights []float32, tap, n int) {
	w := simd.BroadcastFloat32s(0).Len()
	for f := 0; f < n; f += w {
		g := weights[f:]
		a0, b0, c0, d0 := weightColumn(g, 3*tap)
		a1, b1, c1, d1 := weightColumn(g[tap:], 3*tap)
		a2, b2, c2, d2 := weightColumn(g[2*tap:], 3*tap)
		v := values[f:]
		weightRow(v, stride, a0, a1, a2)
		weightRow(v[4*stride:], stride, b0, b1, b2)
		weightRow(v[8*stride:], stride, c0, c1, c2)
		weightRow(v[12*stride:], stride, d0, d1, d2)
	}
}

// weightColumn computes G times a column of weights.
func weightColumn(g []float32, row int) (u0, u1, u2, u3 simd.Float32s) {
	g0, g1, g2 := simd.LoadFloat32s(g), simd.LoadFloat32s(g[row:]), simd.LoadFloat32s(g[2*row:])
	return g0, half(g0.Add(g2).Add(g1)), half(g0.Add(g2).Sub(g1)), g2
}

// weightRow stores a row of G·weights, times Gᵀ.
func weightRow(values []float32, stride int, t0, t1, t2 simd.Float32s) {
	t0.Store(values)
	half(t0.Add(t2).Add(t1)).Store(values[stride:])
	half(t0.Add(t2).Sub(t1)).Store(values[2*stride:])
	t2.Store(values[3*stride:])
}

func half(v simd.Float32s) simd.Float32s { return v.Mul(simd.BroadcastFloat32s(0.5)) }

// transformDelta computes A·four·Aᵀ of n filters.
//
//	for f := range n {
//		for i, j := range 4, 4 { values[(4*i+j)*stride+f] = (A · y[i*down+j*right+f] · Aᵀ)[i][j] }
//	}
func transformDelta(values []float32, stride int, y []float32, right, down, n int) {
	w := simd.BroadcastFloat32s(0).Len()
	for f := 0; f < n; f += w {
		upper, lower, v := y[f:], y[down+f:], values[f:]
		y00, y01 := simd.LoadFloat32s(upper), simd.LoadFloat32s(upper[right:])
		y10, y11 := simd.LoadFloat32s(lower), simd.LoadFloat32s(lower[right:])
		deltaRow(v, stride, y00, y01)
		deltaRow(v[4*stride:], stride, y00.Add(y10), y01.Add(y11))
		deltaRow(v[8*stride:], stride, y00.Sub(y10), y01.Sub(y11))
		deltaRow(v[12*stride:], stride, y10.Neg(), y11.Neg())
	}
}

// deltaRow stores a row of A·four, times Aᵀ.
func deltaRow(values []float32, stride int, t0, t1 simd.Float32s) {
	t0.Store(values)
	t0.Add(t1).Store(values[stride:])
	t0.Sub(t1).Store(values[2*stride:])
	t1.Neg().Store(values[3*stride:])
}

// addWeights adds Gᵀ·sums·G of n filters; tap is from one of the nine weights to
// the next.
//
//	for f := range n {
//		for i, j := range 3, 3 { dw[(3*i+j)*tap+f] += (Gᵀ · sums[k*stride+f] · G)[i][j] }
//	}
func addWeights(dw []float32, tap int, sums []float32, stride, n int) {
	w := simd.BroadcastFloat32s(0).Len()
	for f := 0; f < n; f += w {
		s, to := sums[f:], dw[f:]
		a0, b0, c0 := sumColumn(s, 4*stride)
		a1, b1, c1 := sumColumn(s[stride:], 4*stride)
		a2, b2, c2 := sumColumn(s[2*stride:], 4*stride)
		a3, b3, c3 := sumColumn(s[3*stride:], 4*stride)
		addWeightRow(to, tap, a0, a1, a2, a3)
		addWeightRow(to[3*tap:], tap, b0, b1, b2, b3)
		addWeightRow(to[6*tap:], tap, c0, c1, c2, c3)
	}
}

// sumColumn computes Gᵀ times a column of sums.
func sumColumn(s []float32, row int) (w0, w1, w2 simd.Float32s) {
	s1, s2 := half(simd.LoadFloat32s(s[row:])), half(simd.LoadFloat32s(s[2*row:]))
	return simd.LoadFloat32s(s).Add(s1).Add(s2), s1.Sub(s2), s1.Add(s2).Add(simd.LoadFloat32s(s[3*row:]))
}

// addWeightRow adds a row of Gᵀ·sums, times G.
func addWeightRow(dw []float32, tap int, t0, t1, t2, t3 simd.Float32s) {
	t1, t2 = half(t1), half(t2)
	simd.LoadFloat32s(dw).Add(t0.Add(t1).Add(t2)).Store(dw)
	simd.LoadFloat32s(dw[tap:]).Add(t1.Sub(t2)).Store(dw[tap:])
	simd.LoadFloat32s(dw[2*tap:]).Add(t1.Add(t2).Add(t3)).Store(dw[2*tap:])
}
