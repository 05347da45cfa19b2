//go:build goexperiment.simd && go1.27

package f32

import "simd"

// The functions here compute the whole rows that are whole vectors, and return
// how many elements that were.

// wholeRows returns how many of n elements these rows hold.
func wholeRows(n, width int) int {
	if vectors == 0 || width == 0 || width%vectors != 0 {
		return 0
	}
	return n / width * width
}

func momentsWhole(sums, squares, x, shift []float32) int {
	n := wholeRows(len(x), len(shift))
	if n > 0 {
		momentsVectors(sums, squares, x[:n], shift)
		clearVectors()
	}
	return n
}

func momentsVectors(sums, squares, x, shift []float32) {
	w, width := simd.BroadcastFloat32s(0).Len(), len(shift)
	sums, squares = sums[:width], squares[:width]
	for at := 0; at < len(x); at += width {
		row := x[at : at+width : at+width]
		for i := 0; i <= width-w; i += w {
			p, q := sums[i:i+w:i+w], squares[i:i+w:i+w]
			d := simd.LoadFloat32s(row[i : i+w : i+w]).Sub(simd.LoadFloat32s(shift[i : i+w : i+w]))
			simd.LoadFloat32s(p).Add(d).Store(p)
			simd.LoadFloat32s(q).Add(d.Mul(d)).Store(q)
		}
	}
}

func productsWhole(sums, products, y, x, shift []float32) int {
	n := wholeRows(len(x), len(shift))
	if n > 0 {
		productsVectors(sums, products, y[:n], x[:n], shift)
		clearVectors()
	}
	return n
}

func productsVectors(sums, products, y, x, shift []float32) {
	w, width := simd.BroadcastFloat32s(0).Len(), len(shift)
	sums, products = sums[:width], products[:width]
	for at := 0; at < len(x); at += width {
		row, factors := x[at:at+width:at+width], y[at:at+width:at+width]
		for i := 0; i <= width-w; i += w {
			p, q := sums[i:i+w:i+w], products[i:i+w:i+w]
			d := simd.LoadFloat32s(row[i : i+w : i+w]).Sub(simd.LoadFloat32s(shift[i : i+w : i+w]))
			v := simd.LoadFloat32s(factors[i : i+w : i+w])
			simd.LoadFloat32s(p).Add(v).Store(p)
			simd.LoadFloat32s(q).Add(v.Mul(d)).Store(q)
		}
	}
}

func scaleWhole(y, x, scale, offset []float32) int {
	n := wholeRows(len(x), len(scale))
	if n > 0 {
		scaleVectors(y[:n], x[:n], scale, offset)
		clearVectors()
	}
	return n
}

func scaleVectors(y, x, scale, offset []float32) {
	w, width := simd.BroadcastFloat32s(0).Len(), len(scale)
	offset = offset[:width]
	for at := 0; at < len(x); at += width {
		row, out := x[at:at+width:at+width], y[at:at+width:at+width]
		for i := 0; i <= width-w; i += w {
			simd.LoadFloat32s(row[i : i+w : i+w]).Mul(simd.LoadFloat32s(scale[i : i+w : i+w])).
				Add(simd.LoadFloat32s(offset[i : i+w : i+w])).Store(out[i : i+w : i+w])
		}
	}
}

func blendWhole(z, x, y, a, b, c []float32) int {
	n := wholeRows(len(x), len(a))
	if n > 0 {
		blendVectors(z[:n], x[:n], y[:n], a, b, c)
		clearVectors()
	}
	return n
}

func blendVectors(z, x, y, a, b, c []float32) {
	w, width := simd.BroadcastFloat32s(0).Len(), len(a)
	b, c = b[:width], c[:width]
	for at := 0; at < len(x); at += width {
		first, second, out := x[at:at+width:at+width], y[at:at+width:at+width], z[at:at+width:at+width]
		for i := 0; i <= width-w; i += w {
			u := simd.LoadFloat32s(first[i : i+w : i+w]).Mul(simd.LoadFloat32s(a[i : i+w : i+w]))
			v := simd.LoadFloat32s(second[i : i+w : i+w]).Mul(simd.LoadFloat32s(b[i : i+w : i+w]))
			u.Add(v).Add(simd.LoadFloat32s(c[i : i+w : i+w])).Store(out[i : i+w : i+w])
		}
	}
}
