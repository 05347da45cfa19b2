package f32

// PatchGradient sums the gradient of the weights of a convolution of 3×3
// windows over images, the way of Winograd: see winograd.
//
//	dw += Gᵀ·Σ((Bᵀ·patch·B) ∘ (A·dy·Aᵀ))·G
//
// For each of the 16 places the sum over the patches is a product of matrices,
// of many patches at once, so that it is worth to read and write the sums: give
// it all images that there are.
type PatchGradient struct {
	winograd
	sums           []float32 // 16 × channels × columns
	values, deltas []float32 // 16 × patchRoom × channels and columns
	columns        int       // the filters, filled up to whole tiles
	held           int       // patches that are not in the sums yet
}

// patchRoom is for how many patches there is room, enough to be worth it.
const patchRoom = 128

// PatchesFit reports whether PatchGradient can sum the weights' gradient: rows
// and columns must be even, or the last patches' windows would count twice. The
// methods for it are of a convolution without pooling.
func (g Conv) PatchesFit() bool { return g.winograd().fit() && g.Rows%2 == 0 && g.Cols%2 == 0 }

// PatchScratchSize is how many numbers of working memory NewPatchGradient wants.
func (g Conv) PatchScratchSize() int {
	s := g.newPatchGradient()
	return places * (s.channels()*s.columns + patchRoom*(s.channels()+s.columns))
}

func (g Conv) newPatchGradient() PatchGradient {
	p := g.winograd()
	return PatchGradient{winograd: p, columns: p.groups() * tileWidth()}
}

// NewPatchGradient begins a sum, which lives in scratch.
func (g Conv) NewPatchGradient(scratch []float32) PatchGradient {
	s := g.newPatchGradient()
	sums, values, deltas := places*s.channels()*s.columns, places*patchRoom*s.channels(), places*patchRoom*s.columns
	s.sums, s.values, s.deltas = scratch[:sums], scratch[sums:][:values], scratch[sums+values:][:deltas]
	clear(s.sums)
	if s.columns > s.Filters { // these go into sums that nobody reads, but should be no denormal numbers
		clear(s.deltas)
	}
	return s
}

// Add adds the share of an image x, whose output has the gradient dy, Rows ×
// Cols × Filters.
func (s *PatchGradient) Add(x, dy []float32) {
	channels, filters := s.channels(), s.Filters
	for patch := range s.rows * s.cols {
		row, col := s.pixel(patch)
		transformPatch(s.values[s.held*channels:], patchRoom*channels, x[row*s.RowSize+col*channels:], s.RowSize, channels)
		transformDelta(s.deltas[s.held*s.columns:], patchRoom*s.columns, dy[(row*s.Cols+col)*filters:], filters, s.Cols*filters, filters)
		if s.held++; s.held == patchRoom {
			s.multiply()
		}
	}
	clearVectors()
}

// multiply brings the patches at hand into the sums.
//
//	for k, c, f := range 16, channels, columns {
//		for patch := range held { sums[k][c][f] += values[k][patch][c] * deltas[k][patch][f] }
//	}
func (s *PatchGradient) multiply() {
	channels := s.channels()
	for k := range places {
		values, deltas, sums := s.values[k*patchRoom*channels:], s.deltas[k*patchRoom*s.columns:], s.sums[k*channels*s.columns:]
		for f := 0; f < s.columns; f += tileWidth() {
			for c := 0; c < channels; c += tileRows {
				outer(sums[c*s.columns+f:], s.columns, values[c:], channels, deltas[f:], s.columns, s.held)
			}
		}
	}
	s.held = 0
}

// AddTo adds the gradient to dw, 3 × 3 × channels × Filters, and ends the sum.
func (s *PatchGradient) AddTo(dw []float32) {
	s.multiply()
	channels := s.channels()
	for c := range channels {
		addWeights(dw[c*s.Filters:], channels*s.Filters, s.sums[c*s.columns:], channels*s.columns, s.Filters)
	}
	clearVectors()
}
