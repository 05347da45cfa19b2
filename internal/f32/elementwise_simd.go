//go:build goexperiment.simd && go1.27

package f32

import "simd"

func relu(y, x []float32) {
	done := 0
	if vectors != 0 {
		done = reluVectors(y, x)
		clearVectors()
	}
	reluPlain(y[done:], x[done:])
}

// reluVectors computes whole vectors and returns how many elements that were.
func reluVectors(y, x []float32) int {
	var zero simd.Float32s
	w, i := zero.Len(), 0
	y = y[:len(x)]
	for ; i+w <= len(x); i += w {
		v := simd.LoadFloat32s(x[i:])
		// Not Max: a NaN must stay.
		zero.IfElse(v.Less(zero), v).Store(y[i:])
	}
	return i
}

func reluGradient(dx, dy, y []float32) {
	done := 0
	if vectors != 0 {
		done = reluGradientVectors(dx, dy, y)
		clearVectors()
	}
	reluGradientPlain(dx[done:], dy[done:], y[done:])
}

func reluGradientVectors(dx, dy, y []float32) int {
	var zero simd.Float32s
	w, i := zero.Len(), 0
	dx, dy = dx[:len(y)], dy[:len(y)]
	for ; i+w <= len(y); i += w {
		passed := simd.LoadFloat32s(y[i:]).Greater(zero)
		simd.LoadFloat32s(dy[i:]).Masked(passed).Store(dx[i:])
	}
	return i
}

func adam(p, g, m, v []float32, s AdamStep) {
	done := 0
	if vectors != 0 {
		done = adamVectors(p, g, m, v, s)
		clearVectors()
	}
	adamPlain(p[done:], g[done:], m[done:], v[done:], s)
}

func adamVectors(p, g, m, v []float32, s AdamStep) int {
	beta1, beta2 := simd.BroadcastFloat32s(s.Beta1), simd.BroadcastFloat32s(s.Beta2)
	gain1, gain2 := simd.BroadcastFloat32s(s.Gain1), simd.BroadcastFloat32s(s.Gain2)
	rate, epsilon := simd.BroadcastFloat32s(s.Rate), simd.BroadcastFloat32s(s.Epsilon)
	w, i := rate.Len(), 0
	p, m, v = p[:len(g)], m[:len(g)], v[:len(g)]
	for ; i+w <= len(g); i += w {
		d := simd.LoadFloat32s(g[i:])
		first := simd.LoadFloat32s(m[i:]).Mul(beta1).Add(gain1.Mul(d))
		second := simd.LoadFloat32s(v[i:]).Mul(beta2).Add(gain2.Mul(d).Mul(d))
		first.Store(m[i:])
		second.Store(v[i:])
		step := rate.Mul(first).Div(second.Sqrt().Add(epsilon))
		simd.LoadFloat32s(p[i:]).Sub(step).Store(p[i:])
	}
	return i
}
