package f32

// The sweeps of batch normalisation go over a matrix once. Its rows are as long
// as the slices of factors; a last row may be shorter. NormWidth says how to
// choose that length: the same factors may stand several times in a row of
// several pixels.

// NormWidth returns how long the rows of a sweep over pixels of so many
// channels are to be: a multiple of channels, at most 16 times as many, and
// where that is possible whole vectors, which is fast.
func NormWidth(channels int) int {
	const wide = 1024 // from here on the factors would fill the cache
	if channels > wide {
		return channels
	}
	power := channels & -channels // the largest power of 2 that divides it
	return channels * (lanes() / min(power, lanes()))
}

// Moments adds up how far x is from shift, and the squares of that.
//
//	for i, v := range x {
//		j := i % len(shift)
//		sums[j] += v - shift[j]
//		squares[j] += (v - shift[j]) * (v - shift[j])
//	}
func Moments(sums, squares, x, shift []float32) {
	sums, squares = sums[:len(shift)], squares[:len(shift)]
	done := momentsWhole(sums, squares, x, shift)
	momentsPlain(sums, squares, x[done:], shift)
}

// Products adds up y, and its products with how far x is from shift, over
// len(x) elements.
//
//	for i, v := range x {
//		j := i % len(shift)
//		sums[j] += y[i]
//		products[j] += y[i] * (v - shift[j])
//	}
func Products(sums, products, y, x, shift []float32) {
	sums, products, y = sums[:len(shift)], products[:len(shift)], y[:len(x)]
	done := productsWhole(sums, products, y, x, shift)
	productsPlain(sums, products, y[done:], x[done:], shift)
}

// Scale computes y = x·scale + offset over len(x) elements.
//
//	for i, v := range x { j := i % len(scale); y[i] = v*scale[j] + offset[j] }
func Scale(y, x, scale, offset []float32) {
	y, offset = y[:len(x)], offset[:len(scale)]
	done := scaleWhole(y, x, scale, offset)
	scalePlain(y[done:], x[done:], scale, offset)
}

// Blend computes z = x·a + y·b + c over len(x) elements.
//
//	for i, v := range x { j := i % len(a); z[i] = v*a[j] + y[i]*b[j] + c[j] }
func Blend(z, x, y, a, b, c []float32) {
	z, y, b, c = z[:len(x)], y[:len(x)], b[:len(a)], c[:len(a)]
	done := blendWhole(z, x, y, a, b, c)
	blendPlain(z[done:], x[done:], y[done:], a, b, c)
}

// The plain loops. The conversions keep the compiler from fusing, on machines
// where it would, what the vectors round twice.

func momentsPlain(sums, squares, x, shift []float32) {
	for width := len(shift); len(x) > 0; x = x[min(width, len(x)):] {
		for j, v := range x[:min(width, len(x))] {
			d := v - shift[j]
			sums[j] += d
			squares[j] += float32(d * d)
		}
	}
}

func productsPlain(sums, products, y, x, shift []float32) {
	width := len(shift)
	for at := 0; at < len(x); at += width {
		for j, v := range x[at:min(at+width, len(x))] {
			sums[j] += y[at+j]
			products[j] += float32(y[at+j] * (v - shift[j]))
		}
	}
}

func scalePlain(y, x, scale, offset []float32) {
	width := len(scale)
	for at := 0; at < len(x); at += width {
		for j, v := range x[at:min(at+width, len(x))] {
			y[at+j] = float32(v*scale[j]) + offset[j]
		}
	}
}

func blendPlain(z, x, y, a, b, c []float32) {
	width := len(a)
	for at := 0; at < len(x); at += width {
		for j, v := range x[at:min(at+width, len(x))] {
			z[at+j] = float32(float32(v*a[j])+float32(y[at+j]*b[j])) + c[j]
		}
	}
}
