package f32

// Windows of 3×3 with stride 1 go the way of Winograd, as Lavin and Gray (2016)
// call F(2×2, 3×3): a patch of 4×4 pixels, which four windows see, and the
// weights are both brought into a form in which 16 products, instead of 36, make
// the four sums of a channel and a filter.
//
//	four = Aᵀ·((Bᵀ·patch·B) ∘ (G·weights·Gᵀ))·A
//
//	Bᵀ = 1  0 −1  0    G =  1   0   0    Aᵀ = 1  1  1  0
//	     0  1  1  0        1/2 1/2 1/2        0  1 −1 −1
//	     0 −1  1  0        1/2 −1/2 1/2
//	     0  1  0 −1         0   0   1
//
// For each of the 16, the sum over the channels is a product of matrices: tiles
// of four patches.

// winograd is the geometry of a convolution that may go that way: of so many
// rows and columns of patches, whose windows lie side by side. The last ones
// overlap those before if the windows are odd in number.
type winograd struct {
	Conv       // of all windows, before any pooling
	rows, cols int
}

// places is how many products a patch has for a channel and a filter.
const places = 16

func (g Conv) winograd() winograd { return winograd{g, (g.Rows + 1) / 2, (g.Cols + 1) / 2} }

func (g ConvPool) winograd() winograd {
	p := winograd{g.Conv, g.Rows, g.Cols}
	p.Rows, p.Cols = 2*g.Rows, 2*g.Cols
	return p
}

// fit reports whether the windows are such, and whether it is worth it.
func (p winograd) fit() bool {
	return lanes() > 1 && p.Height == 3 && p.Run == 3*p.Step && p.Down == p.RowSize &&
		p.Step%maxLanes == 0 && p.Filters%maxLanes == 0 && p.Rows > 1 && p.Cols > 1 && p.rows*p.cols > 1
}

// channels of the image.
func (p winograd) channels() int { return p.Step }

// groupSize is how many numbers the packed weights of a tile's width of filters
// are: 16 matrices of channels × tile width, and the biases.
func (p winograd) groupSize() int { return (places*p.channels() + 1) * tileWidth() }

func (p winograd) packedSize() int { return p.groups() * p.groupSize() }

func (p winograd) pack(packed, weights, bias []float32) {
	width, tap := tileWidth(), p.channels()*p.Filters
	clear(packed[:p.packedSize()])
	for first := 0; first < p.Filters; first += width {
		group, filters := packed[first/width*p.groupSize():], min(width, p.Filters-first)
		for c := range p.channels() {
			transformWeights(group[c*width:], p.channels()*width, weights[c*p.Filters+first:], tap, filters)
		}
		if bias != nil {
			copy(group[places*p.channels()*width:][:filters], bias[first:])
		}
	}
	clearVectors()
}

// pixel returns where the windows of a patch begin among all.
func (p winograd) pixel(patch int) (row, col int) {
	return min(2*(patch/p.cols), p.Rows-2), min(2*(patch%p.cols), p.Cols-2)
}

// scratchSize is room for four patches, a tile's rows: few enough to stay in
// the first-level cache, with not too many channels.
func (p winograd) scratchSize() int { return places*tileRows*(p.channels()+tileWidth()) + TileSize }

// forward computes Conv.Forward, or if pooled ConvPool.Forward.
func (p *winograd) forward(y []float32, winners []int32, pooled bool, x, packed, scratch []float32) {
	width, channels := tileWidth(), p.channels()
	values, sums := scratch[:places*tileRows*channels], scratch[places*tileRows*channels:]
	for first, count := 0, p.rows*p.cols; first < count; first += tileRows {
		n := min(tileRows, count-first)
		for i := range n {
			row, col := p.pixel(first + i)
			transformPatch(values[i*channels:], tileRows*channels, x[row*p.RowSize+col*channels:], p.RowSize, channels)
		}
		for f := 0; f < p.Filters; f += width {
			group, filters := packed[f/width*p.groupSize():][:p.groupSize()], min(width, p.Filters-f)
			p.products(sums, values, group, n)
			for i := range n {
				s, bias := sums[i*width:], group[places*channels*width:][:filters]
				if pooled {
					p.pool(y, winners, (first+i)*p.Filters+f, s, bias, sums[places*tileRows*width:])
					continue
				}
				row, col := p.pixel(first + i)
				fourOutputs(y[(row*p.Cols+col)*p.Filters+f:], p.Filters, p.Cols*p.Filters, s, tileRows*width, bias, filters)
			}
		}
	}
	clearVectors()
}

// products computes, for each of the 16 places, the sums over the channels of
// n patches, at most four.
//
//	for k, i, f := range 16, n, tileWidth {
//		sums[k][i][f] = 0
//		for c := range channels { sums[k][i][f] += values[k][i][c] * group[k][c][f] }
//	}
func (p *winograd) products(sums, values, group []float32, n int) {
	width, channels := tileWidth(), p.channels()
	t := tiling{ldc: width, rows: 1, run: channels}
	for r := range t.at {
		t.at[r] = min(r, n-1) * channels
	}
	for k := range places {
		t.a, t.b, t.c = values[k*tileRows*channels:], group[k*channels*width:], sums[k*tileRows*width:]
		tile(&t)
	}
}

// pool makes one pixel of the four sums of a patch: see ConvPool.Forward.
func (p *winograd) pool(y []float32, winners []int32, at int, sums, bias, four []float32) {
	width := tileWidth()
	fourOutputs(four, width, 2*width, sums, tileRows*width, nil, len(bias))
	var won []int32
	if winners != nil {
		won = winners[at:]
	}
	poolVectors(y[at:], won, four, bias)
}
