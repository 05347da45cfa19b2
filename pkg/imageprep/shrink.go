package imageprep

import "image"

// workSide is the longest side that the later steps work on. A digit of 15% of
// it still has three times the pixels of the tensor's box.
const workSide = 800

// shrink averages squares of pixels of a large picture, which takes away noise
// and no stroke.
func (p *picture) shrink() (bool, error) {
	factor := (max(p.gray.width, p.gray.height) + workSide - 1) / workSide
	if factor <= 1 {
		return false, nil
	}
	p.gray = p.gray.averaged(factor)
	return true, nil
}

// averaged is the plane of the means of squares of so many pixels. What is
// left over at the right and at the bottom has smaller ones.
func (g plane) averaged(side int) plane {
	small := newPlane(image.Rect(0, 0, (g.width+side-1)/side, (g.height+side-1)/side))
	sums := make([]uint32, small.width)
	for y := range small.height {
		clear(sums)
		rows := min(side, g.height-y*side)
		for i := range rows {
			addSquares(sums, g.row(y*side+i), side)
		}
		for x, sum := range sums {
			n := uint32(rows * min(side, g.width-x*side))
			small.pix[y*small.stride+x] = uint8((sum + n/2) / n)
		}
	}
	return small
}

// addSquares adds every so many pixels of a row to one sum.
func addSquares(sums []uint32, row []byte, side int) {
	for i := range sums {
		sum := uint32(0)
		for _, v := range row[i*side : min(len(row), (i+1)*side)] {
			sum += uint32(v)
		}
		sums[i] += sum
	}
}
