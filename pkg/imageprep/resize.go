package imageprep

import (
	"image"
	"slices"
)

// resize makes the tensor from the window.
func (p *picture) resize() (bool, error) {
	p.resample(p.tensor[:], Side, p.window)
	p.resized = true
	return p.window.scale != 1, nil
}

// brighten makes thin lines full ink, which averaging over areas has made
// faint: the pens of MNIST are thick.
func (p *picture) brighten() (bool, error) {
	const (
		enough = 0.8
		few    = 10 // pixels that may be brighter, such as where lines cross
	)
	if p.window.scale <= 1 {
		return false, nil
	}
	sorted := *p.tensor
	slices.Sort(sorted[:])
	full := sorted[Pixels-1-few]
	if full == 0 {
		full = sorted[Pixels-1]
	}
	if full >= enough {
		return false, nil
	}
	for i, v := range p.tensor {
		p.tensor[i] = min(1, v/full)
	}
	return true, nil
}

// resample gives every pixel of a square of so many the mean ink of its part
// of the window, as MNIST was made: where the picture is larger this averages
// over areas, where it is smaller its pixels become squares. Nothing is lost
// at a scale of 1 and whole offsets.
func (p *picture) resample(square []float32, side int, w window) {
	if w.scale == 1 && side == Side && w.ink == image.Rect(0, 0, Side, Side) && w.x == 0 && w.y == 0 {
		for y := range Side {
			cells := square[y*Side:][:Side]
			for x, v := range p.ink.row(y)[:Side] {
				cells[x] = float32(v) / 255
			}
		}
		return
	}
	clear(square)
	var buffer [fine * Side]float32
	sums := buffer[:side]
	size := w.scale * Side / float64(side)
	area := float32(255 * size * size)
	for y := w.ink.Min.Y; y < w.ink.Max.Y; y++ {
		p.rowSums(sums, y, size, w)
		first, last := overlapped(float64(y), w.y, size, side)
		for i := first; i <= last; i++ {
			top := w.y + float64(i)*size
			weight := float32(min(float64(y+1), top+size)-max(float64(y), top)) / area
			if weight <= 0 {
				continue
			}
			for j, sum := range sums {
				square[i*side+j] += weight * sum
			}
		}
	}
	for i, v := range square {
		square[i] = min(1, v) // rounding errors
	}
}

// overlapped gives the first and the last of so many cells from origin, of the
// given size, that the pixel from v to v+1 has a part of. There may be none.
func overlapped(v, origin, size float64, cells int) (first, last int) {
	first = int(max(0, (v-origin)/size))
	last = int(max(-1, min(float64(cells-1), (v+1-origin)/size)))
	return first, last
}

// rowSums adds up the ink of a row of the picture in columns of the window,
// each so many pixels wide.
func (p *picture) rowSums(sums []float32, y int, size float64, w window) {
	row := p.ink.row(y)
	for j := range sums {
		left := max(w.x+float64(j)*size, float64(w.ink.Min.X))
		right := min(w.x+float64(j+1)*size, float64(w.ink.Max.X))
		sums[j] = 0
		if left >= right {
			continue
		}
		first, last := int(left), int(right) // the pixels with its two ends
		if first == last {
			sums[j] = float32(right-left) * float32(row[first])
			continue
		}
		sum := float32(float64(first+1)-left) * float32(row[first])
		for _, v := range row[first+1 : last] {
			sum += float32(v)
		}
		if rest := float32(right - float64(last)); rest > 0 {
			sum += rest * float32(row[last])
		}
		sums[j] = sum
	}
}
