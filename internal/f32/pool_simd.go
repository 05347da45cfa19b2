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
	clearVectors()
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
	clearVectors()
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

// poolPixel computes a tile, takes the maximum of its four rows, adds the bias,
// which is in init, and leaves nothing below 0: see ConvPool.Forward.
func poolPixel(g *tiling, y []float32, winners []int32) {
	switch vectors {
	case 0:
		poolPixelPlain(g, y, winners)
	case wideLanes:
		poolPixelWide(g, y, winners)
	default:
		bias := g.init
		g.init = nil
		tileOfVectors(g)
		poolVectors(y, winners, g.c, bias[:tileWidth()])
		clearVectors()
	}
}

// poolVectors is poolFour for len(bias) filters, whose sums are a tile.
func poolVectors(y []float32, winners []int32, sums, bias []float32) {
	zero, none := simd.BroadcastFloat32s(0), simd.BroadcastInt32s(-1)
	w, width := zero.Len(), tileWidth()
	for f := 0; f < len(bias); f += w {
		largest, winner := simd.LoadFloat32s(sums[f:]), simd.BroadcastInt32s(0)
		for q := 1; q < 4; q++ {
			v := simd.LoadFloat32s(sums[width*q+f:])
			better := v.Greater(largest).Or(v.NotEqual(v))
			largest, winner = v.IfElse(better, largest), simd.BroadcastInt32s(int32(q)).IfElse(better, winner)
		}
		largest = largest.Add(simd.LoadFloat32s(bias[f:]))
		blocked := largest.LessEqual(zero)
		zero.IfElse(blocked, largest).Store(y[f:])
		if winners != nil {
			none.IfElse(blocked, winner).Store(winners[f:])
		}
	}
}

// unpoolTile gives each dy to the one of four pixels that won, two in each of
// two rows, and 0 to the others: see ConvPool.Backward.
func unpoolTile(d []float32, row int, dy []float32, winners []int32) {
	if vectors == 0 {
		unpoolTilePlain(d, row, dy, winners)
		return
	}
	if vectors == wideLanes {
		unpoolWide(d, row, dy, winners)
		return
	}
	unpoolVectors(d, row, dy, winners)
	clearVectors()
}

func unpoolVectors(d []float32, row int, dy []float32, winners []int32) {
	zero := simd.BroadcastFloat32s(0)
	w, width := zero.Len(), tileWidth()
	upper, lower := d[:2*width], d[row:][:2*width]
	for f := 0; f < width; f += w {
		v, winner := simd.LoadFloat32s(dy[f:]), simd.LoadInt32s(winners[f:])
		v.IfElse(winner.Equal(simd.BroadcastInt32s(0)), zero).Store(upper[f:])
		v.IfElse(winner.Equal(simd.BroadcastInt32s(1)), zero).Store(upper[width+f:])
		v.IfElse(winner.Equal(simd.BroadcastInt32s(2)), zero).Store(lower[f:])
		v.IfElse(winner.Equal(simd.BroadcastInt32s(3)), zero).Store(lower[width+f:])
	}
}
