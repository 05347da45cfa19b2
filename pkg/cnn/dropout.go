package cnn

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Dropout sets a share Rate of its input to zero while training and divides
// the rest by 1 − Rate, so that inference leaves the input alone (Srivastava
// et al. 2014, in the "inverted" form).
type Dropout struct {
	Rate float64 `json:"rate"` // in [0, 1)
}

func (Dropout) kind() string { return "dropout" }

func (l Dropout) output(in Shape) (Shape, error) {
	if !(l.Rate >= 0 && l.Rate < 1) {
		return Shape{}, fmt.Errorf("the dropout rate is %v; it must be at least 0 and below 1", l.Rate)
	}
	return in, nil
}

// memo: 1 where an element was kept.
func (Dropout) memo(in, _ Shape) int { return in.Size() }

func (l Dropout) forward(p *pass) {
	size := p.n * p.in.Size()
	x, y := p.x[:size], p.y[:size]
	if p.random == nil {
		copy(y, x)
		return
	}
	scale := float32(1 / (1 - l.Rate))
	threshold := uint32(l.Rate * (1 << 32))
	for i, v := range x {
		kept := uint32(0)
		if p.random.uint32() >= threshold {
			kept = 1
		}
		// Nobody can foretell the draw, so no jump depends on it.
		p.memo[i] = int32(kept)
		y[i] = math.Float32frombits(math.Float32bits(v*scale) & -kept)
	}
}

func (l Dropout) backward(p *pass) {
	if p.dx == nil {
		return
	}
	scale := float32(1 / (1 - l.Rate))
	for i, kept := range p.memo[:p.n*p.in.Size()] {
		p.dx[i] = p.dy[i] * float32(kept) * scale
	}
}

// randomness is the source that a training pass draws from: seeded anew for
// every step and shard, so that a resumed run draws what an unbroken one does.
type randomness struct{ pcg rand.PCG }

func (r *randomness) seed(a, b uint64) { r.pcg.Seed(a, b) }

func (r *randomness) uint32() uint32 { return uint32(r.pcg.Uint64() >> 32) }
