package estimate

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"

	"digits/internal/calibration"
)

// Temperature returns the temperature at which the softmax of the digits'
// logits has the smallest mean negative log-likelihood of the labels (Guo et
// al. 2017). Logits are n × 10, or n × 11 of which the last is left out. The
// error wraps ErrImpossible: there is no such temperature when the network
// reads every image right, which makes 0 the best, or no better than by chance.
func Temperature(logits []float32, labels []uint8) (float64, error) {
	outputs := outputsOf(logits, labels)
	wrong, lead := 0, 0.0 // lead: of the label's logits over the mean
	for i, label := range labels {
		row := logits[i*outputs:][:calibration.Digits]
		mean, beaten := 0.0, false
		for d, v := range row {
			mean += float64(v) / calibration.Digits
			beaten = beaten || d != int(label) && v >= row[label]
		}
		if beaten {
			wrong++
		}
		lead += float64(row[label]) - mean
	}
	switch {
	case wrong == 0:
		return 0, fmt.Errorf("%w: it reads all %d images right, so no temperature can be told from a lower one; use more images", ErrImpossible, len(labels))
	case lead <= 0:
		return 0, fmt.Errorf("%w: it reads %d of %d images wrong, no better than by chance; train it first", ErrImpossible, wrong, len(labels))
	}
	// Logits that lead by about 10 are usual: begin where these do.
	return minimise(logits, labels, outputs, lead/float64(len(labels))/10)
}

// minimise finds the temperature through the logarithm of its inverse, which
// keeps it positive, from a first guess on. The likelihood is convex in the
// inverse, so the minimum is the only one.
func minimise(logits []float32, labels []uint8, outputs int, first float64) (float64, error) {
	likelihood := func(x, gradient []float64) float64 {
		inverse := math.Exp(x[0])
		loss, slope := negativeLogLikelihood(logits, labels, outputs, inverse)
		if gradient != nil {
			gradient[0] = slope * inverse
		}
		return loss
	}
	result, err := optimize.Minimize(optimize.Problem{
		Func: func(x []float64) float64 { return likelihood(x, nil) },
		Grad: func(gradient, x []float64) { likelihood(x, gradient) },
	}, []float64{-math.Log(first)}, &optimize.Settings{GradientThreshold: 1e-6}, &optimize.BFGS{})
	if err != nil {
		return 0, fmt.Errorf("%w: no temperature was found: %w; use other images", ErrImpossible, err)
	}
	return math.Exp(-result.X[0]), nil
}

// negativeLogLikelihood returns the mean of −ln p[label] at an inverse
// temperature, and its derivative: the mean of Σ p·z − z[label].
func negativeLogLikelihood(logits []float32, labels []uint8, outputs int, inverse float64) (loss, slope float64) {
	for i, label := range labels {
		row := logits[i*outputs:][:calibration.Digits]
		own := float64(row[label])
		top := float64(slices.Max(row))
		sum, weighted := 0.0, 0.0
		for _, v := range row {
			e := math.Exp((float64(v) - top) * inverse)
			sum += e
			weighted += e * float64(v)
		}
		loss += math.Log(sum) + (top-own)*inverse
		slope += weighted/sum - own
	}
	n := float64(len(labels))
	return loss / n, slope / n
}
