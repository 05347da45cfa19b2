package f32

// Turn writes the transpose of a matrix of rows×columns.
//
//	for r, c := range rows, columns { dst[c*ldd+r] = src[r*lds+c] }
func Turn(dst []float32, ldd int, src []float32, lds, rows, columns int) {
	r := 0
	if size := squares(); size > 0 {
		for ; r+size <= rows; r += size {
			c := 0
			for ; c+size <= columns; c += size {
				turnSquare(dst[c*ldd+r:], ldd, src[r*lds+c:], lds)
			}
			if c < columns {
				turnPlain(dst[c*ldd+r:], ldd, src[r*lds+c:], lds, size, columns-c)
			}
		}
	}
	if r < rows {
		turnPlain(dst[r:], ldd, src[r*lds:], lds, rows-r, columns)
	}
}

// turnPlain is Turn, four rows at a time.
func turnPlain(dst []float32, ldd int, src []float32, lds, rows, columns int) {
	r := 0
	for ; r+4 <= rows; r += 4 {
		s0, s1, s2, s3 := src[r*lds:][:columns], src[(r+1)*lds:][:columns], src[(r+2)*lds:][:columns], src[(r+3)*lds:][:columns]
		at := r
		for c, v := range s0 {
			d := (*[4]float32)(dst[at : at+4 : at+4])
			d[0], d[1], d[2], d[3] = v, s1[c], s2[c], s3[c]
			at += ldd
		}
	}
	for ; r < rows; r++ {
		at := r
		for _, v := range src[r*lds:][:columns] {
			dst[at] = v
			at += ldd
		}
	}
}
