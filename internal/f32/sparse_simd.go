//go:build goexperiment.simd && go1.27

package f32

import (
	"simd"
)

func lanes() int { return max(vectors, 1) }

func axpyRows(alpha float32, rows, n int, x []float32, ldx int, y []float32, ldy int) {
	if vectors == 0 {
		axpyRowsGonum(alpha, rows, n, x, ldx, y, ldy)
		return
	}
	switch {
	case rows <= 0 || n <= 0:
	case vectors == wideLanes:
		axpyRowsWide(alpha, rows, n, x, ldx, y, ldy)
	default:
		axpyRowsVectors(alpha, rows, n, x, ldx, y, ldy)
		clearVectors()
	}
}

// axpyRowsVectors is AxpyRows. Four vectors at once hide the latency of the
// additions and most of the loop.
func axpyRowsVectors(alpha float32, rows, n int, x []float32, ldx int, y []float32, ldy int) {
	a := simd.BroadcastFloat32s(alpha)
	w := a.Len()
	for r := 0; r < rows; r++ {
		u, v := x[r*ldx:][:n], y[r*ldy:][:n]
		i := 0
		for ; i <= len(u)-4*w; i += 4 * w {
			p, q := u[i:i+4*w:i+4*w], v[i:i+4*w:i+4*w]
			simd.LoadFloat32s(p).MulAdd(a, simd.LoadFloat32s(q)).Store(q)
			simd.LoadFloat32s(p[w:]).MulAdd(a, simd.LoadFloat32s(q[w:])).Store(q[w:])
			simd.LoadFloat32s(p[2*w:]).MulAdd(a, simd.LoadFloat32s(q[2*w:])).Store(q[2*w:])
			simd.LoadFloat32s(p[3*w:]).MulAdd(a, simd.LoadFloat32s(q[3*w:])).Store(q[3*w:])
		}
		for ; i <= len(u)-w; i += w {
			p, q := u[i:i+w:i+w], v[i:i+w:i+w]
			simd.LoadFloat32s(p).MulAdd(a, simd.LoadFloat32s(q)).Store(q)
		}
		if i < len(u) {
			p, _ := simd.LoadFloat32sPart(u[i:])
			q, _ := simd.LoadFloat32sPart(v[i:])
			p.MulAdd(a, q).StorePart(v[i:])
		}
	}
}

func addRows(y, x, w []float32, memory []int32) {
	if vectors == 0 {
		addRowsGonum(y, x, w)
		return
	}
	index := (*[IndexSize]int32)(memory)
	for start := 0; start < len(x); start += sparseChunk {
		part, rows := x[start:min(start+sparseChunk, len(x))], w[start*len(y):]
		if vectors == wideLanes {
			addFoundWide(y, part, index[:nonZerosWide(index, part)], rows)
		} else {
			addFound(y, part, index[:nonZeros(index, part)], rows)
		}
	}
}

// addFound adds the rows that the index lists.
func addFound(y, x []float32, index []int32, w []float32) {
	j := 0
	for ; j+8*vectors <= len(y); j += 8 * vectors {
		addRows8(y[j:], x, index, w[j:], len(y))
	}
	if j < len(y) { // a packed width is whole fours of vectors
		addRows4(y[j:], x, index, w[j:], len(y))
	}
	clearVectors()
}

// nonZeros lists where x is not zero, without a branch to guess.
func nonZeros(index *[IndexSize]int32, x []float32) int {
	n, i := 0, 0
	add := func(i int, v float32) {
		index[n] = int32(i)
		next := n + 1
		if v != 0 {
			n = next
		}
	}
	for ; i+4 <= len(x); i += 4 {
		part := x[i : i+4 : i+4]
		add(i, part[0])
		add(i+1, part[1])
		add(i+2, part[2])
		add(i+3, part[3])
	}
	for ; i < len(x); i++ {
		add(i, x[i])
	}
	return n
}

// nonZeroBits returns a bit for each number, of up to 64, that is not 0.
func nonZeroBits(x []float32) uint64 {
	if vectors == wideLanes {
		return nonZeroBitsWide(x)
	}
	return nonZeroBitsPlain(x)
}

// addRows8 adds rows of eight vectors, kept in registers.
//
//	for _, i := range index { for j := range 8*lanes { y[j] += x[i] * w[i*ldw+j] } }
func addRows8(y, x []float32, index []int32, w []float32, ldw int) {
	var s simd.Float32s
	l := s.Len()
	y = y[:8*l]
	s0, s1 := simd.LoadFloat32s(y), simd.LoadFloat32s(y[l:])
	s2, s3 := simd.LoadFloat32s(y[2*l:]), simd.LoadFloat32s(y[3*l:])
	s4, s5 := simd.LoadFloat32s(y[4*l:]), simd.LoadFloat32s(y[5*l:])
	s6, s7 := simd.LoadFloat32s(y[6*l:]), simd.LoadFloat32s(y[7*l:])
	for ; len(index) >= 2; index = index[2:] {
		i, j := index[0], index[1]
		u := simd.BroadcastFloat32s(x[i])
		at := int(i) * ldw
		p := w[at : at+8*l : at+8*l]
		s0 = simd.LoadFloat32s(p).MulAdd(u, s0)
		s1 = simd.LoadFloat32s(p[l:]).MulAdd(u, s1)
		s2 = simd.LoadFloat32s(p[2*l:]).MulAdd(u, s2)
		s3 = simd.LoadFloat32s(p[3*l:]).MulAdd(u, s3)
		s4 = simd.LoadFloat32s(p[4*l:]).MulAdd(u, s4)
		s5 = simd.LoadFloat32s(p[5*l:]).MulAdd(u, s5)
		s6 = simd.LoadFloat32s(p[6*l:]).MulAdd(u, s6)
		s7 = simd.LoadFloat32s(p[7*l:]).MulAdd(u, s7)
		v := simd.BroadcastFloat32s(x[j])
		bt := int(j) * ldw
		q := w[bt : bt+8*l : bt+8*l]
		s0 = simd.LoadFloat32s(q).MulAdd(v, s0)
		s1 = simd.LoadFloat32s(q[l:]).MulAdd(v, s1)
		s2 = simd.LoadFloat32s(q[2*l:]).MulAdd(v, s2)
		s3 = simd.LoadFloat32s(q[3*l:]).MulAdd(v, s3)
		s4 = simd.LoadFloat32s(q[4*l:]).MulAdd(v, s4)
		s5 = simd.LoadFloat32s(q[5*l:]).MulAdd(v, s5)
		s6 = simd.LoadFloat32s(q[6*l:]).MulAdd(v, s6)
		s7 = simd.LoadFloat32s(q[7*l:]).MulAdd(v, s7)
	}
	for _, i := range index {
		v := simd.BroadcastFloat32s(x[i])
		at := int(i) * ldw
		row := w[at : at+8*l : at+8*l]
		s0 = simd.LoadFloat32s(row).MulAdd(v, s0)
		s1 = simd.LoadFloat32s(row[l:]).MulAdd(v, s1)
		s2 = simd.LoadFloat32s(row[2*l:]).MulAdd(v, s2)
		s3 = simd.LoadFloat32s(row[3*l:]).MulAdd(v, s3)
		s4 = simd.LoadFloat32s(row[4*l:]).MulAdd(v, s4)
		s5 = simd.LoadFloat32s(row[5*l:]).MulAdd(v, s5)
		s6 = simd.LoadFloat32s(row[6*l:]).MulAdd(v, s6)
		s7 = simd.LoadFloat32s(row[7*l:]).MulAdd(v, s7)
	}
	s0.Store(y)
	s1.Store(y[l:])
	s2.Store(y[2*l:])
	s3.Store(y[3*l:])
	s4.Store(y[4*l:])
	s5.Store(y[5*l:])
	s6.Store(y[6*l:])
	s7.Store(y[7*l:])
}

// addRows4 is addRows8 for four vectors.
func addRows4(y, x []float32, index []int32, w []float32, ldw int) {
	var s simd.Float32s
	l := s.Len()
	y = y[:4*l]
	s0, s1 := simd.LoadFloat32s(y), simd.LoadFloat32s(y[l:])
	s2, s3 := simd.LoadFloat32s(y[2*l:]), simd.LoadFloat32s(y[3*l:])
	for _, i := range index {
		v := simd.BroadcastFloat32s(x[i])
		at := int(i) * ldw
		row := w[at : at+4*l : at+4*l]
		s0 = simd.LoadFloat32s(row).MulAdd(v, s0)
		s1 = simd.LoadFloat32s(row[l:]).MulAdd(v, s1)
		s2 = simd.LoadFloat32s(row[2*l:]).MulAdd(v, s2)
		s3 = simd.LoadFloat32s(row[3*l:]).MulAdd(v, s3)
	}
	s0.Store(y)
	s1.Store(y[l:])
	s2.Store(y[2*l:])
	s3.Store(y[3*l:])
}
