package cnn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

func newTestModel(t testing.TB, spec Spec, seed uint64) *Model {
	t.Helper()
	m, err := New(spec, newRandom(seed))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// normals returns n numbers from the standard normal distribution.
func normals(random *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(random.NormFloat64())
	}
	return x
}

// distinct returns n numbers at least 0.1 from each other and 0.05 from 0, in
// random order, so that neither a maximum nor a sign changes within a numeric
// gradient's step.
func distinct(random *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i, v := range random.Perm(n) {
		x[i] = (float32(v) - float32(n)/2 + 0.5) / 10
	}
	return x
}

// windows are the geometries that windowed layers are tried with.
var windows = []struct {
	in Shape
	w  Window
}{
	{Shape{1, 1, 1}, Square(1)},
	{Shape{2, 4, 5}, Square(1)},
	{Shape{1, 5, 5}, Square(3)},
	{Shape{2, 6, 5}, Window{3, 2, 1, 1}},
	{Shape{3, 7, 6}, Window{3, 3, 2, 0}},
	{Shape{2, 7, 7}, Window{2, 2, 2, 0}},
	{Shape{2, 6, 8}, Window{4, 5, 3, 2}},
	{Shape{1, 4, 4}, Window{4, 4, 1, 0}},
	{Shape{2, 3, 3}, Window{3, 3, 2, 1}},
	{Shape{1, 5, 9}, Window{2, 1, 4, 0}},
}

// TestGradients compares every backward pass with central differences of
// L = Σ r·y for random r, with respect to the input and to all parameters.
func TestGradients(t *testing.T) {
	type testCase struct {
		name  string
		in    Shape
		layer Layer
	}
	cases := []testCase{
		{"affine", Shape{2, 3, 2}, Affine{4}},
		{"affine to one", Shape{5, 1, 1}, Affine{1}},
		{"relu", Shape{2, 3, 3}, ReLU{}},
		{"sigmoid", Shape{2, 3, 3}, Sigmoid{}},
		{"tanh", Shape{2, 3, 3}, Tanh{}},
		{"dropout", Shape{2, 3, 3}, Dropout{0.4}},
		{"batchnorm", Shape{3, 4, 5}, BatchNorm{}},
		{"batchnorm of vectors", Shape{16, 3, 2}, BatchNorm{}},
		{"batchnorm without positions", Shape{5, 1, 1}, BatchNorm{}},
		{"globalavgpool", Shape{3, 4, 5}, GlobalAvgPool{}},
		{"globalavgpool of one position", Shape{3, 1, 1}, GlobalAvgPool{}},
	}
	for _, w := range windows {
		name := fmt.Sprintf("%v by %+v", w.in, w.w)
		cases = append(cases, testCase{"conv " + name, w.in, Conv2D{3, w.w}}, testCase{"avgpool " + name, w.in, AvgPool{w.w}},
			testCase{"maxpool " + name, w.in, MaxPool{w.w}})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { checkGradients(t, c.in, c.layer) })
	}
}

func checkGradients(t *testing.T, in Shape, layer Layer) {
	const n = 3
	random := newRandom(7)
	m := newTestModel(t, Spec{in, []Layer{layer}}, 3)
	for i := range m.Parameters() {
		m.parameters[i] += float32(random.NormFloat64()) / 4
	}
	tape := newTape(m.net, n)
	x := distinct(random, n*in.Size())
	r := normals(random, n*m.OutputShape().Size())
	loss := func() float64 {
		tape.random.seed(1, 2) // dropout drops the same elements every time
		var l float64
		for i, y := range tape.forward(m.parameters, x, n, &tape.random) {
			l += float64(r[i]) * float64(y)
		}
		return l
	}
	loss()
	dx := append([]float32(nil), tape.backward(m.parameters, n, r, true)...)
	dp := append([]float32(nil), tape.gradients...)
	const step = 1.0 / 64
	check := func(what string, values, gradient []float32) {
		for i := range values {
			old := values[i]
			values[i] = old + step
			up := loss()
			values[i] = old - step
			down := loss()
			values[i] = old
			want := (up - down) / (2 * step)
			if math.Abs(want-float64(gradient[i])) > 2e-3*max(1, math.Abs(want)) {
				t.Errorf("%s %d: gradient %v; the difference quotient is %v", what, i, gradient[i], want)
				return
			}
		}
	}
	check("input", x, dx)
	check("parameter", m.parameters[:m.Parameters()], dp)
}

// TestForwardMatchesPlainLoops compares windowed layers with the loops that
// define them, in float64.
func TestForwardMatchesPlainLoops(t *testing.T) {
	const n, filters = 3, 5
	for _, w := range windows {
		random := newRandom(11)
		x := normals(random, n*w.in.Size())
		layers := map[string]Layer{"conv": Conv2D{filters, w.w}, "maxpool": MaxPool{w.w}, "avgpool": AvgPool{w.w}}
		for name, layer := range layers {
			t.Run(fmt.Sprintf("%s %v by %+v", name, w.in, w.w), func(t *testing.T) {
				m := newTestModel(t, Spec{w.in, []Layer{layer}}, 5)
				for i := range m.parameters {
					m.parameters[i] = float32(random.NormFloat64())
				}
				got := m.Logits(m.NewWorkspace(n), x)
				out := m.OutputShape()
				for i := range got {
					sample, o := i/out.Size(), i%out.Size()
					want := plain(m, layer, w.w, x[sample*w.in.Size():], w.in, o/(out.H*out.W), o/out.W%out.H, o%out.W)
					if math.Abs(float64(got[i])-want) > 1e-4 {
						t.Fatalf("output %d is %v; want %v", i, got[i], want)
					}
				}
			})
		}
	}
}

// plain computes one output of a windowed layer.
func plain(m *Model, layer Layer, w Window, x []float32, in Shape, channel, row, col int) float64 {
	at := func(c, i, j int) (v float64, inside bool) {
		y, x0 := row*w.stride()+i-w.Padding, col*w.stride()+j-w.Padding
		if y < 0 || y >= in.H || x0 < 0 || x0 >= in.W {
			return 0, false
		}
		return float64(x[(c*in.H+y)*in.W+x0]), true
	}
	sum, largest := 0.0, math.Inf(-1)
	if _, ok := layer.(Conv2D); ok {
		sum = float64(m.Tensors()[1].Data[channel])
	}
	for i := range w.Height {
		for j := range w.Width {
			switch layer.(type) {
			case Conv2D:
				for c := range in.C {
					v, _ := at(c, i, j)
					sum += v * float64(m.Tensors()[0].Data[((channel*in.C+c)*w.Height+i)*w.Width+j])
				}
			case AvgPool:
				v, _ := at(channel, i, j)
				sum += v / float64(w.Height*w.Width)
			case MaxPool:
				if v, inside := at(channel, i, j); inside {
					largest = max(largest, v)
				}
			}
		}
	}
	if _, ok := layer.(MaxPool); ok {
		return largest
	}
	return sum
}

func TestDropout(t *testing.T) {
	const rate = 0.3
	m := newTestModel(t, Spec{Shape{1, 1, 60_000}, []Layer{Dropout{rate}}}, 1)
	x := make([]float32, 60_000)
	for i := range x {
		x[i] = 1
	}
	for i, y := range m.Logits(m.NewWorkspace(1), x) {
		if y != 1 {
			t.Fatalf("inference changed element %d to %v", i, y)
		}
	}
	tape := newTape(m.net, 1)
	tape.random.seed(1, 1)
	dropped, total := 0, 0.0
	for i, y := range tape.forward(m.parameters, x, 1, &tape.random) {
		if y == 0 {
			dropped++
		} else if math.Abs(float64(y)-1/(1-rate)) > 1e-6 {
			t.Fatalf("element %d is %v; want 0 or %v", i, y, 1/(1-rate))
		}
		total += float64(y)
	}
	if share := float64(dropped) / 60_000; math.Abs(share-rate) > 0.01 {
		t.Errorf("%.3f of the elements were dropped; want about %v", share, rate)
	}
	if mean := total / 60_000; math.Abs(mean-1) > 0.02 {
		t.Errorf("the mean is %.3f; want about 1, as in inference", mean)
	}
}

func TestMaxPoolShowsNaN(t *testing.T) {
	m := newTestModel(t, Spec{Shape{1, 2, 2}, []Layer{MaxPool{Window{2, 2, 2, 0}}}}, 1)
	nan := float32(math.NaN())
	for i := range 4 {
		x := []float32{1, 2, 3, 4}
		x[i] = nan
		if y := m.Logits(m.NewWorkspace(1), x); y[0] == y[0] {
			t.Errorf("NaN at %d was hidden behind %v", i, y[0])
		}
	}
}
