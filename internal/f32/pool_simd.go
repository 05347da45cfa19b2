//go:build goexperiment.simd && go1.27

package f32

import "simd"

func maxPairs(y, upper, lower []float32, channels int) {
	if vectors == 0 || channels < vectors {
		maxPairsPlain(y, upper, lower, channels)
		return
	}
	for o := 0; o+channels <= len(y); o += channels {
		a, c := upper[2*o:][:2*channels], lower[2*o:][:2*channels]
		maxOfFour(y[o:][:channels], a, a[channels:], c, c[channels:])
	}
}

// maxOfFour computes the maximum of four rows; the last vector may overlap the
// one before it.
//
//	for i := range y { y[i] = max(a[i], b[i], c[i], d[i]) }
func maxOfFour(y, a, b, c, d []float32) {
	w := simd.BroadcastFloat32s(0).Len()
	a, b, c, d = a[:len(y)], b[:len(y)], c[:len(y)], d[:len(y)]
	for i := 0; i < len(y); i += w {
		i = min(i, len(y)-w)
		upper := larger(simd.LoadFloat32s(a[i:]), simd.LoadFloat32s(b[i:]))
		lower := larger(simd.LoadFloat32s(c[i:]), simd.LoadFloat32s(d[i:]))
		larger(upper, lower).Store(y[i:])
	}
}

// larger is the maximum, or NaN when one is: not Max, which drops a NaN.
func larger(u, v simd.Float32s) simd.Float32s {
	return u.IfElse(u.Greater(v).Or(u.NotEqual(u)), v)
}

func maxPairsGradient(dUpper, dLower, dy, y, upper, lower []float32, channels int) {
	if vectors == 0 || channels < vectors {
		maxPairsGradientPlain(dUpper, dLower, dy, y, upper, lower, channels)
		return
	}
	for o := 0; o+channels <= len(y); o += channels {
		a, c := upper[2*o:][:2*channels], lower[2*o:][:2*channels]
		da, dc := dUpper[2*o:][:2*channels], dLower[2*o:][:2*channels]
		firstOfFour(da, da[channels:], dc, dc[channels:], dy[o:], y[o:][:channels], a, a[channels:], c, c[channels:])
	}
}

// firstOfFour gives each dy to the first of four rows that holds y, and 0 to
// the others; the last vector may overlap the one before it.
func firstOfFour(da, db, dc, dd, dy, y, a, b, c, d []float32) {
	zero := simd.BroadcastFloat32s(0)
	w, n := zero.Len(), len(y)
	a, b, c, d, dy = a[:n], b[:n], c[:n], d[:n], dy[:n]
	da, db, dc, dd = da[:n], db[:n], dc[:n], dd[:n]
	for i := 0; i < n; i += w {
		i = min(i, n-w)
		largest, left := simd.LoadFloat32s(y[i:]), simd.LoadFloat32s(dy[i:])
		// IfElse throughout: go1.27.3 gets chains of Masked wrong with 512 bits.
		first := simd.LoadFloat32s(a[i:]).Equal(largest)
		left.IfElse(first, zero).Store(da[i:])
		left = zero.IfElse(first, left)
		second := simd.LoadFloat32s(b[i:]).Equal(largest)
		left.IfElse(second, zero).Store(db[i:])
		left = zero.IfElse(second, left)
		third := simd.LoadFloat32s(c[i:]).Equal(largest)
		left.IfElse(third, zero).Store(dc[i:])
		left = zero.IfElse(third, left)
		left.IfElse(simd.LoadFloat32s(d[i:]).Equal(largest), zero).Store(dd[i:])
	}
}
