package f32

// PatchGradient sums the gradient of the weights of a convolution of 3×3
// windows over images, the way of Winograd: see patches.
//
//	dw += Gᵀ·Σ((Bᵀ·patch·B) ∘ (A·dy·Aᵀ))·G
//
// For each of the 16 places the sum over the patches is a product of matrices,
// of as many images at once as make it worth to read and write the sums.
type PatchGradient struct {
	patches
	sums           []float32 // 16 × channels × columns
	values, deltas []float32 // 16 × room × channels and columns
	columns        int       // the filters, filled up to whole tiles
	room, held     int       // patches; those that are not in the sums yet
}

// togetherPatches is how many patches are enough at once.
const togetherPatches = 128

// PatchesFit reports whether PatchGradient can sum the weights' gradient.
func (g Conv) PatchesFit() bool { return g.patches().fit() && g.Rows%2 == 0 && g.Cols%2 == 0 }

// PatchScratchSize is how many numbers of working memory NewPatchGradient wants.
func (g Conv) PatchScratchSize() int {
	s := g.newPatchGradient()
	return places * (s.channels()*s.columns + s.room*(s.channels()+s.columns))
}

func (g Conv) newPatchGradient() PatchGradient {
	p := g.patches()
	count := p.rows * p.cols
	return PatchGradient{patches: p, columns: p.groups() * tileWidth(), room: (togetherPatches + count - 1) / count * count}
}

// NewPatchGradient begins a sum, which lives in scratch.
func (g Conv) NewPatchGradient(scratch []float32) PatchGradient {
	s := g.newPatchGradient()
	sums, values, deltas := places*s.channels()*s.columns, places*s.room*s.channels(), places*s.room*s.columns
	s.sums, s.values, s.deltas = scratch[:sums], scratch[sums:][:values], scratch[sums+values:][:deltas]
	clear(s.sums)
	if s.columns > s.Filters {
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
		turnPatch(s.values[s.held*channels:], s.room*channels, x[row*s.RowSize+col*channels:], s.RowSize, channels)
		turnFour(s.deltas[s.held*s.columns:], s.room*s.columns, dy[(row*s.Cols+col)*filters:], filters, s.Cols*filters, filters)
		s.held++
	}
	if s.held == s.room {
		s.multiply()
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
		values, deltas, sums := s.values[k*s.room*channels:], s.deltas[k*s.room*s.columns:], s.sums[k*channels*s.columns:]
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
