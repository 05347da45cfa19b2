package f32

import "math"

// The plain loops: the definition of the element-wise kernels, the rest of
// their slices, and all of them where there are no vectors.

func reluPlain(y, x []float32) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = max(v, 0)
	}
}

func reluGradientPlain(dx, dy, y []float32) {
	dx, dy = dx[:len(y)], dy[:len(y)]
	for i, v := range y {
		d := dy[i]
		if !(v > 0) {
			d = 0
		}
		dx[i] = d
	}
}

func adamPlain(p, g, m, v []float32, s AdamStep) {
	p, m, v = p[:len(g)], m[:len(g)], v[:len(g)]
	for i, d := range g {
		// The conversions keep the compiler from fusing, on machines where it
		// would, what the vectors round twice.
		m[i] = float32(s.Beta1*m[i]) + float32(s.Gain1*d)
		v[i] = float32(s.Beta2*v[i]) + float32(s.Gain2*d*d)
		p[i] -= s.Rate * m[i] / (float32(math.Sqrt(float64(v[i]))) + s.Epsilon)
	}
}

func maxPairsPlain(y, upper, lower []float32, channels int) {
	for o := 0; o+channels <= len(y); o += channels {
		a, c := upper[2*o:][:2*channels], lower[2*o:][:2*channels]
		for i := range channels {
			y[o+i] = max(a[i], a[channels+i], c[i], c[channels+i])
		}
	}
}

func maxPairsGradientPlain(dUpper, dLower, dy, y, upper, lower []float32, channels int) {
	for o := 0; o+channels <= len(y); o += channels {
		for i, largest := range y[o:][:channels] {
			left, right := 2*o+i, 2*o+channels+i
			dUpper[left], dUpper[right], dLower[left], dLower[right] = 0, 0, 0, 0
			switch largest {
			case upper[left]:
				dUpper[left] = dy[o+i]
			case upper[right]:
				dUpper[right] = dy[o+i]
			case lower[left]:
				dLower[left] = dy[o+i]
			case lower[right]:
				dLower[right] = dy[o+i]
			}
		}
	}
}

// poolPixelPlain is poolPixel.
func poolPixelPlain(g *tiling, y []float32, winners []int32) {
	bias, sums, width := g.init, g.c, tileWidth()
	g.init = nil
	tilePlain(g)
	poolFour(y, winners, sums, sums[width:], sums[2*width:], sums[3*width:], bias[:width])
}

// unpoolTilePlain is unpoolTile.
func unpoolTilePlain(d []float32, row int, dy []float32, winners []int32) {
	width := tileWidth()
	for q := range 4 {
		place := d[q/2*row+q%2*width:][:width]
		for f := range place {
			place[f] = 0
			if winners[f] == int32(q) {
				place[f] = dy[f]
			}
		}
	}
}

// nonZeroBitsPlain is nonZeroBits.
func nonZeroBitsPlain(x []float32) uint64 {
	bits := uint64(0)
	for i, v := range x {
		if v != 0 {
			bits |= 1 << i
		}
	}
	return bits
}
