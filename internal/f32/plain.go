package f32

import (
	"math"
	"math/bits"
)

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

func (g ConvPool) pixelsPlain(y, x, packed []float32, active []uint32) {
	size := (g.Height*g.Run + 1) * g.group()
	for c, rows := range active {
		for group := range g.groups() {
			g.pixelPlain(y[c*g.Filters+group*g.group():], x[2*c*g.Channels:], packed[group*size:][:size], rows)
		}
	}
}

// pixelPlain computes a group of filters of one pixel.
func (g ConvPool) pixelPlain(y, x, packed []float32, rows uint32) {
	size := g.group()
	for f := range size {
		var sums [4]float32
		for q := range sums {
			window := x[q/2*g.RowSize+q%2*g.Channels:]
			for left := rows; left != 0; left &= left - 1 {
				i := bits.TrailingZeros32(left)
				for t, v := range window[i*g.RowSize:][:g.Run] {
					sums[q] += v * packed[(i*g.Run+t)*size+f]
				}
			}
		}
		y[f] = max(max(sums[0], sums[1], sums[2], sums[3])+packed[len(packed)-size+f], 0)
	}
}
