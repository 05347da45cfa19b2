package f32

// Without vectors, a call of gonum for a tile's few numbers costs more than the
// numbers. So a window over one channel goes the other way: every pixel that is
// not 0 adds its share to the sums of all windows that see it, which lie side by
// side in a row. The packed weights have each row of the window backwards, as
// the windows come.

// scatters reports whether Forward goes from pixels to windows.
func (g ConvPool) scatters() bool { return lanes() == 1 && g.Step == 1 && g.Down == g.RowSize }

func (g ConvPool) packScattered(packed, weights, bias []float32) {
	for i := range g.Height {
		for j := range g.Run {
			copy(packed[(i*g.Run+g.Run-1-j)*g.Filters:][:g.Filters], weights[(i*g.Run+j)*g.Filters:])
		}
	}
	copy(packed[g.Height*g.Run*g.Filters:][:g.Filters], bias)
}

// scatter is Forward; sums has room for all windows.
func (g ConvPool) scatter(y []float32, winners []int32, x, packed, sums []float32) {
	rows, cols := 2*g.Rows, 2*g.Cols
	sums = sums[:rows*cols*g.Filters]
	clear(sums)
	for row := range rows + g.Height - 1 {
		for col, v := range x[row*g.RowSize:][:cols+g.Run-1] {
			if v == 0 {
				continue
			}
			left, right := max(col-g.Run+1, 0), min(col+1, cols) // windows that see it
			for i := max(row-rows+1, 0); i < min(g.Height, row+1); i++ {
				w := packed[(i*g.Run+left-col+g.Run-1)*g.Filters:][:(right-left)*g.Filters]
				axpyGonum(v, w, sums[((row-i)*cols+left)*g.Filters:])
			}
		}
	}
	bias := packed[g.Height*g.Run*g.Filters:]
	for r := range g.Rows {
		for c := range g.Cols {
			four := sums[(2*r*cols+2*c)*g.Filters:]
			pixel := (r*g.Cols + c) * g.Filters
			var won []int32
			if winners != nil {
				won = winners[pixel:]
			}
			poolFour(y[pixel:], won, four, four[g.Filters:], four[cols*g.Filters:], four[(cols+1)*g.Filters:], bias[:g.Filters])
		}
	}
}

// poolFour takes the maximum of four rows of sums, adds the bias and leaves
// nothing below 0: see ConvPool.Forward.
func poolFour(y []float32, winners []int32, s0, s1, s2, s3, bias []float32) {
	y, s0, s1, s2, s3 = y[:len(bias)], s0[:len(bias)], s1[:len(bias)], s2[:len(bias)], s3[:len(bias)]
	for f, b := range bias {
		largest, winner := s0[f], int32(0)
		if v := s1[f]; v > largest || v != v {
			largest, winner = v, 1
		}
		if v := s2[f]; v > largest || v != v {
			largest, winner = v, 2
		}
		if v := s3[f]; v > largest || v != v {
			largest, winner = v, 3
		}
		largest += b
		if largest <= 0 {
			largest, winner = 0, -1
		}
		y[f] = largest
		if winners != nil {
			winners[f] = winner
		}
	}
}
