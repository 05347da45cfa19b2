package cnn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// reference is a network in float64 and plain loops, channels first, written
// from the definitions: what every pass is held to.
type reference struct {
	spec       Spec
	parameters [][]float64 // of the tensors, as a file has them
	gradients  [][]float64
}

// step is a layer with the sample that goes through it.
type step struct {
	layer   Layer
	in, out Shape
	x, y    []float64
	from    []int // of MaxPool: where each output is from
	tensor  int   // its weights' index
}

func newReference(m *Model) *reference {
	r := &reference{spec: m.Spec()}
	for _, t := range m.Tensors() {
		data := make([]float64, len(t.Data))
		for i, v := range t.Data {
			data[i] = float64(v)
		}
		r.parameters, r.gradients = append(r.parameters, data), append(r.gradients, make([]float64, len(data)))
	}
	return r
}

// run returns a sample's logits and adds scale times the gradient of its loss.
func (r *reference) run(x []float32, label uint8, scale float64) (logits []float64, loss float64) {
	var steps []step
	s := step{out: r.spec.Input, y: make([]float64, len(x))}
	for i, v := range x {
		s.y[i] = float64(v)
	}
	tensor := 0
	for _, l := range r.spec.Layers {
		out, _ := l.output(s.out)
		s = step{layer: l, in: s.out, out: out, x: s.y, y: make([]float64, out.Size()), tensor: tensor}
		if _, ok := l.(parametric); ok {
			tensor += 2
		}
		r.forward(&s)
		steps = append(steps, s)
	}
	d := make([]float64, len(s.y))
	total := 0.0
	for _, v := range s.y {
		total += math.Exp(v)
	}
	for i, v := range s.y {
		d[i] = scale * math.Exp(v) / total
	}
	d[label] -= scale
	for i := len(steps) - 1; i >= 0; i-- {
		d = r.backward(&steps[i], d)
	}
	return s.y, math.Log(total) - s.y[label]
}

func (r *reference) forward(s *step) {
	switch l := s.layer.(type) {
	case Conv2D:
		w, b := r.parameters[s.tensor], r.parameters[s.tensor+1]
		eachOutput(s.out, func(o, f, _, _ int) { s.y[o] = b[f] })
		eachTap(l, s.in, s.out, func(o, k, i int) { s.y[o] += w[k] * s.x[i] })
	case MaxPool:
		s.from = make([]int, len(s.y))
		eachOutput(s.out, func(o, c, row, col int) {
			s.y[o] = math.Inf(-1)
			eachPixel(l.Window, s.in, row, col, func(_, pixel int) {
				if i := c*s.in.H*s.in.W + pixel; s.x[i] > s.y[o] {
					s.y[o], s.from[o] = s.x[i], i
				}
			})
		})
	case ReLU:
		for i, v := range s.x {
			s.y[i] = max(v, 0)
		}
	case Affine:
		w, b := r.parameters[s.tensor], r.parameters[s.tensor+1]
		for o := range s.y {
			s.y[o] = b[o]
			for i, v := range s.x {
				s.y[o] += w[o*len(s.x)+i] * v
			}
		}
	}
}

// backward returns the gradient of a step's input.
func (r *reference) backward(s *step, d []float64) []float64 {
	dx := make([]float64, len(s.x))
	switch l := s.layer.(type) {
	case Conv2D:
		w, dw, db := r.parameters[s.tensor], r.gradients[s.tensor], r.gradients[s.tensor+1]
		eachOutput(s.out, func(o, f, _, _ int) { db[f] += d[o] })
		eachTap(l, s.in, s.out, func(o, k, i int) {
			dw[k] += d[o] * s.x[i]
			dx[i] += d[o] * w[k]
		})
	case MaxPool:
		for o, i := range s.from {
			dx[i] += d[o]
		}
	case ReLU:
		for i, v := range s.x {
			if v > 0 {
				dx[i] = d[i]
			}
		}
	case Affine:
		w, dw, db := r.parameters[s.tensor], r.gradients[s.tensor], r.gradients[s.tensor+1]
		for o, g := range d {
			db[o] += g
			for i, v := range s.x {
				dw[o*len(s.x)+i] += g * v
				dx[i] += g * w[o*len(s.x)+i]
			}
		}
	}
	return dx
}

func eachOutput(out Shape, visit func(o, c, row, col int)) {
	for o := range out.Size() {
		visit(o, o/(out.H*out.W), o/out.W%out.H, o%out.W)
	}
}

// eachPixel visits the pixels under a window, with their place in it.
func eachPixel(w Window, in Shape, row, col int, visit func(tap, pixel int)) {
	for tap := range w.Height * w.Width {
		y, x := row*w.stride()+tap/w.Width-w.Padding, col*w.stride()+tap%w.Width-w.Padding
		if y >= 0 && y < in.H && x >= 0 && x < in.W {
			visit(tap, y*in.W+x)
		}
	}
}

// eachTap visits every product of a convolution: output, weight, input.
func eachTap(l Conv2D, in, out Shape, visit func(o, k, i int)) {
	eachOutput(out, func(o, f, row, col int) {
		eachPixel(l.Window, in, row, col, func(tap, pixel int) {
			for c := range in.C {
				visit(o, (f*in.C+c)*l.Height*l.Width+tap, c*in.H*in.W+pixel)
			}
		})
	})
}

// checkAgainstReference compares logits, loss and gradients of n samples, in
// memory that others have used before, with the samples going through the layers
// one by one where they may, and together.
func checkAgainstReference(t *testing.T, spec Spec, n int, density float64, seed uint64) bool {
	t.Helper()
	m, err := New(spec, rand.New(rand.NewPCG(seed, 1)))
	if err != nil {
		return true // a random network that cannot be built
	}
	random, size := rand.New(rand.NewPCG(seed, 2)), spec.Input.Size()
	x, labels := make([]float32, n*size), make([]uint8, n)
	for i := range x {
		if random.Float64() < density {
			x[i] = float32(random.NormFloat64())
		}
	}
	r, wantLoss := newReference(m), 0.0
	var want []float64
	for i := range labels {
		labels[i] = uint8(random.IntN(m.OutputShape().Size()))
		logits, loss := r.run(x[i*size:][:size], labels[i], 1/float64(n))
		want, wantLoss = append(want, logits...), wantLoss+loss
	}
	ok := near(t, spec, "logits", m.Logits(m.NewWorkspace(n), x), want, 2e-4)
	for _, tp := range []*tape{newTape(m.net, n), togetherTape(m.net, n)} {
		for i := range tp.scratch {
			tp.scratch[i] = float32(1 + i%7)
		}
		loss := tp.gradient(m.parameters, lesson{x: x, labels: labels}, objective{}, 1/float64(n), nil)
		ok = ok && near(t, spec, "loss", []float32{float32(loss)}, []float64{wantLoss}, 1e-3)
		for k, tensor := range m.net.gradientTensors(tp.gradients) {
			ok = ok && near(t, spec, tensor.Name, tensor.Data, r.gradients[k], 1e-3)
		}
	}
	return ok
}

// togetherTape is a tape without a head, as behind a batch normalisation.
func togetherTape(net *network, n int) *tape {
	tp := newTape(net, n)
	tp.head = 0
	for i, nd := range tp.nodes {
		tp.deltas[i] = newSlab(n * nd.in.Size())
	}
	return tp
}

// near compares numbers, to a share of the largest of them.
func near(t *testing.T, spec Spec, what string, got []float32, want []float64, tolerance float64) bool {
	t.Helper()
	scale := 0.01
	for _, v := range want {
		scale = max(scale, math.Abs(v))
	}
	for i, v := range got {
		if !(math.Abs(float64(v)-want[i]) <= tolerance*scale) {
			t.Errorf("%+v: %s: number %d is %v; the reference has %v", spec, what, i, v, want[i])
			return false
		}
	}
	return true
}

func TestGeometriesAgreeWithTheReference(t *testing.T) {
	pool := MaxPool{Window{2, 2, 2, 0}}
	conv := func(f, h, w, s, p int) Conv2D { return Conv2D{f, Window{h, w, s, p}} }
	for name, s := range map[string]Spec{
		"odd, one channel, pooled":          {Shape{1, 28, 28}, []Layer{conv(5, 4, 4, 1, 0), ReLU{}, pool, Affine{3}}},
		"odd, one channel, pooled twice":    {Shape{1, 28, 28}, []Layer{conv(8, 4, 4, 1, 0), ReLU{}, pool, conv(4, 3, 3, 1, 0), ReLU{}, pool, Affine{3}}},
		"odd, one pixel of three, pooled":   {Shape{3, 7, 7}, []Layer{conv(5, 1, 1, 1, 0), ReLU{}, pool, Affine{3}}},
		"stride 2, pooled":                  {Shape{1, 20, 20}, []Layer{conv(5, 3, 3, 2, 0), ReLU{}, pool, Affine{3}}},
		"stride 2, two channels, pooled":    {Shape{2, 20, 20}, []Layer{conv(5, 3, 3, 2, 0), ReLU{}, pool, Affine{3}}},
		"as large as the image":             {Shape{1, 70, 70}, []Layer{conv(3, 70, 70, 1, 0), ReLU{}, Affine{3}}},
		"as large, two channels":            {Shape{2, 70, 70}, []Layer{conv(3, 70, 70, 1, 0), ReLU{}, Affine{3}}},
		"40 rows of window over 70":         {Shape{1, 70, 12}, []Layer{conv(3, 40, 5, 1, 0), ReLU{}, Affine{3}}},
		"40 rows of window over 100":        {Shape{1, 100, 12}, []Layer{conv(3, 40, 5, 1, 0), ReLU{}, Affine{3}}},
		"80 columns":                        {Shape{1, 12, 80}, []Layer{conv(33, 3, 3, 1, 1), ReLU{}, pool, Affine{3}}},
		"64 columns":                        {Shape{1, 12, 64}, []Layer{conv(33, 3, 3, 1, 0), ReLU{}, pool, Affine{3}}},
		"31 rows of window":                 {Shape{1, 40, 40}, []Layer{conv(7, 31, 3, 1, 0), ReLU{}, pool, Affine{3}}},
		"32 rows of window":                 {Shape{1, 40, 40}, []Layer{conv(7, 32, 3, 1, 0), ReLU{}, pool, Affine{3}}},
		"patches, pooled":                   {Shape{16, 8, 6}, []Layer{conv(32, 3, 3, 1, 1), ReLU{}, pool, Affine{3}}},
		"patches, an odd pooled":            {Shape{32, 7, 9}, []Layer{conv(48, 3, 3, 1, 1), ReLU{}, pool, Affine{3}}},
		"patches without padding":           {Shape{48, 8, 8}, []Layer{conv(16, 3, 3, 1, 0), ReLU{}, Affine{3}}},
		"patches, padding of two":           {Shape{16, 4, 6}, []Layer{conv(16, 3, 3, 1, 2), Affine{3}}},
		"patches, odd in number":            {Shape{16, 5, 7}, []Layer{conv(16, 3, 3, 1, 1), conv(96, 3, 3, 1, 0), Affine{3}}},
		"patches, one after another":        {Shape{1, 14, 14}, []Layer{conv(16, 5, 5, 1, 0), conv(32, 3, 3, 1, 1), ReLU{}, conv(16, 3, 3, 1, 0), Affine{3}}},
		"one patch":                         {Shape{16, 4, 4}, []Layer{conv(16, 3, 3, 1, 0), ReLU{}, conv(16, 2, 2, 1, 0), Affine{3}}},
		"more padding than the window high": {Shape{2, 9, 9}, []Layer{conv(6, 4, 4, 1, 0), ReLU{}, conv(7, 1, 5, 1, 4), ReLU{}, pool, Affine{3}}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{1, 3} {
				for _, density := range []float64{1, 0.2} {
					checkAgainstReference(t, s, n, density, 1)
				}
			}
		})
	}
}

func TestRandomNetworksAgreeWithTheReference(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 99))
		if !checkAgainstReference(t, randomSpec(r), 1+r.IntN(4), []float64{1, 0.3, 0}[r.IntN(3)], seed) {
			t.Fatal(fmt.Sprint("seed ", seed))
		}
	}
}

// randomSpec draws a network, which may be one that cannot be built.
func randomSpec(r *rand.Rand) Spec {
	pool := MaxPool{Window{2, 2, 2, 0}}
	s := Spec{Input: Shape{1 + r.IntN(3)*r.IntN(2), 1 + r.IntN(14), 1 + r.IntN(14)}}
	if r.IntN(4) == 0 {
		s.Input.C = 16 << r.IntN(2)
	}
	if r.IntN(10) == 0 {
		s.Input.W = 55 + r.IntN(20)
	}
	for range 1 + r.IntN(3) {
		switch r.IntN(5) {
		case 0, 1, 2:
			conv := Conv2D{1 + r.IntN(40), Window{1 + r.IntN(5), 1 + r.IntN(5), r.IntN(4), r.IntN(4)}}
			if r.IntN(2) == 0 { // such as go the way of Winograd, where they follow each other
				conv = Conv2D{16 * (1 + r.IntN(3)), Window{3, 3, 1, r.IntN(3)}}
			}
			s.Layers = append(s.Layers, conv)
			if r.IntN(2) == 0 {
				s.Layers = append(s.Layers, ReLU{}, pool)
			}
		case 3:
			s.Layers = append(s.Layers, MaxPool{Window{1 + r.IntN(3), 1 + r.IntN(3), r.IntN(3), r.IntN(2)}})
		case 4:
			s.Layers = append(s.Layers, pool, ReLU{})
		}
	}
	if r.IntN(3) > 0 {
		s.Layers = append(s.Layers, Affine{1 + r.IntN(50)}, ReLU{})
	}
	s.Layers = append(s.Layers, Affine{1 + r.IntN(20)})
	return s
}
