package cnn

import (
	"fmt"
	"math"

	"digits/internal/f32"
)

// BatchNorm brings each channel to mean 0 and variance 1, and then to a learned
// scale and offset: y = weight·(x − mean) / sqrt(variance + 1e-5) + bias (Ioffe
// and Szegedy 2015).
//
// While training, mean and variance are those of the channel over all samples
// and positions of a pass. A Trainer with several shards makes as many passes,
// each with its own ("ghost" batch normalisation, Hoffer et al. 2017). Inference
// uses the running statistics, into which every step of a Trainer blends a tenth
// of its batch's mean and unbiased variance, as PyTorch does.
type BatchNorm struct{}

const (
	normEpsilon  = 1e-5
	normMomentum = 0.1
)

func isBatchNorm(layer Layer) bool {
	_, norm := layer.(BatchNorm)
	return norm
}

func (BatchNorm) kind() string { return "batchnorm" }

func (BatchNorm) output(in Shape) (Shape, error) { return in, nil }

func (BatchNorm) weightShape(in Shape) []int { return []int{in.C} }

func (BatchNorm) layout(in Shape, visit func(file, at int)) {
	for c := range in.C {
		visit(c, c)
	}
}

// statistics: the means, then the variances.
func (BatchNorm) statistics(in Shape) int { return 2 * in.C }

// scratch: factors and sums of a sweep's row.
func (BatchNorm) scratch(in, _ Shape) int { return 6 * f32.NormWidth(in.C) }

// row returns the i-th of the rows that scratch has room for.
func (BatchNorm) row(p *pass, i int) []float32 {
	width := f32.NormWidth(p.in.C)
	return p.scratch[i*width:][:width]
}

func (l BatchNorm) forward(p *pass) {
	statistics := p.running
	if p.training {
		l.measure(p)
		statistics = p.batch
	}
	mean, variance := halves(statistics)
	scale, offset := l.row(p, 0), l.row(p, 1)
	for c := range mean {
		scale[c], offset[c] = normFactors(p.w[c], p.b[c], mean[c], variance[c])
	}
	repeat(scale, scale[:p.in.C])
	repeat(offset, offset[:p.in.C])
	f32.Scale(p.y, p.x[:len(p.y)], scale, offset)
}

// normFactors returns what a channel is multiplied by and what is added then.
func normFactors(weight, bias, mean, variance float32) (scale, offset float32) {
	scale = float32(float64(weight) / deviation(variance))
	return scale, float32(float64(bias) - float64(mean)*float64(scale))
}

func deviation(variance float32) float64 { return math.Sqrt(float64(variance) + normEpsilon) }

// measure writes each channel's mean and variance to p.batch. It goes over the
// numbers once, and takes them relative to the first sample's mean: what the
// two ways to write a variance then lose to cancellation is small.
func (l BatchNorm) measure(p *pass) {
	channels, pixels := p.in.C, p.in.H*p.in.W
	shift, sums, squares := l.row(p, 0), l.row(p, 1), l.row(p, 2)
	clear(shift)
	clear(sums)
	clear(squares)
	f32.AxpyRows(1/float32(pixels), pixels, channels, p.x, channels, shift, 0)
	repeat(shift, shift[:channels])
	f32.Moments(sums, squares, p.x[:p.n*p.in.Size()], shift)
	count := float64(p.n * pixels)
	mean, variance := halves(p.batch)
	for c := range mean {
		off := folded(sums, c, channels) / count
		mean[c] = float32(float64(shift[c]) + off)
		variance[c] = float32(max(folded(squares, c, channels)/count-off*off, 0))
	}
}

// backward, with x̂ the normalised input and n the numbers of a channel:
// dW += Σ dy·x̂, db += Σ dy, dx = weight/deviation · (dy − Σdy/n − x̂·Σ(dy·x̂)/n).
func (l BatchNorm) backward(p *pass) {
	channels := p.in.C
	center, sums, products := l.row(p, 0), l.row(p, 1), l.row(p, 2)
	mean, variance := halves(p.batch)
	repeat(center, mean)
	clear(sums)
	clear(products)
	f32.Products(sums, products, p.dy, p.x[:len(p.dy)], center)
	ofDy, ofX, constant := l.row(p, 3), l.row(p, 4), l.row(p, 5)
	count := float64(p.n * p.in.H * p.in.W)
	for c := range mean {
		d := deviation(variance[c])
		sum, product := folded(sums, c, channels), folded(products, c, channels)/d
		p.dw[c] += float32(product)
		p.db[c] += float32(sum)
		factor := float64(p.w[c]) / d
		slope := -factor * product / (count * d)
		ofDy[c], ofX[c] = float32(factor), float32(slope)
		constant[c] = float32(-factor*sum/count - slope*float64(mean[c]))
	}
	if p.dx == nil {
		return
	}
	repeat(ofDy, ofDy[:channels])
	repeat(ofX, ofX[:channels])
	repeat(constant, constant[:channels])
	f32.Blend(p.dx, p.dy, p.x[:len(p.dy)], ofDy, ofX, constant)
}

// folded adds up a channel's numbers of a sweep's row.
func folded(row []float32, channel, channels int) float64 {
	var sum float64
	for i := channel; i < len(row); i += channels {
		sum += float64(row[i])
	}
	return sum
}

// halves returns the means and the variances of a layer's statistics.
func halves(statistics []float32) (mean, variance []float32) {
	n := len(statistics) / 2
	return statistics[:n], statistics[n:]
}

// statisticsOf returns a layer's running statistics: they lie behind the
// parameters, where no optimizer comes.
func (n *network) statisticsOf(nd *node, flat []float32) []float32 {
	return nd.statistics.of(flat[n.parameters:])
}

// neutral makes a new layer leave normalised inputs alone.
func (n *network) neutral(nd *node, flat []float32) {
	_, variance := halves(n.statisticsOf(nd, flat))
	weight := nd.weight.of(flat)
	for c := range weight {
		weight[c], variance[c] = 1, 1
	}
}

// checkStatistics refuses variances that no training gives.
func (n *network) checkStatistics(flat []float32) error {
	for i := range n.nodes {
		nd := &n.nodes[i]
		_, variance := halves(n.statisticsOf(nd, flat))
		for _, v := range variance {
			if v < 0 {
				return fmt.Errorf("%w: %s.running_var holds the negative variance %v; train anew", ErrCorrupt, nd.name, v)
			}
		}
	}
	return nil
}

// trainingHead returns how many nodes training can run a sample at a time:
// those before the first that wants to see all samples at once.
func trainingHead(nodes []node) int {
	head := headOf(nodes)
	for i, nd := range nodes[:head] {
		if isBatchNorm(nd.layer) {
			return i
		}
	}
	return head
}

// repeat fills a sweep's row with copies of the numbers of one pixel.
func repeat(row, pixel []float32) {
	for filled := copy(row, pixel); filled < len(row); filled *= 2 {
		copy(row[filled:], row[:filled])
	}
}
