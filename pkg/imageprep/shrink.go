package imageprep

import (
	"image"
	"math"
)

// workSide is the longest side that the later steps work on. A digit of 15% of
// it still has three times the pixels of the tensor's box.
const workSide = 800

// shrink averages squares of pixels of a large picture, which takes away noise
// and no stroke; of a noisy one larger squares.
func (p *picture) shrink() (bool, error) {
	const (
		noisy     = 5   // levels of deviation
		leastSide = 400 // of a picture that is shrunk for its noise alone
	)
	factor := (max(p.gray.width, p.gray.height) + workSide - 1) / workSide
	if factor > 1 {
		p.gray = p.gray.averaged(factor)
	}
	if max(p.gray.width, p.gray.height) >= leastSide && p.gray.grain() > noisy {
		p.gray = p.gray.averaged(2)
		return true, nil
	}
	return factor > 1, nil
}

// grain is the standard deviation of the noise, by the method of Immerkaer
// (1996): the mean response to a filter that sees neither slopes nor edges.
func (g plane) grain() float64 {
	sum := 0
	for y := 1; y < g.height-1; y++ {
		above, row, below := g.row(y-1), g.row(y), g.row(y+1)
		for x := 1; x < g.width-1; x++ {
			corners := int(above[x-1]) + int(above[x+1]) + int(below[x-1]) + int(below[x+1])
			sides := int(above[x]) + int(row[x-1]) + int(row[x+1]) + int(below[x])
			v := corners - 2*sides + 4*int(row[x])
			sum += max(v, -v)
		}
	}
	return math.Sqrt(math.Pi/2) * float64(sum) / float64(6*(g.width-2)*(g.height-2))
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
