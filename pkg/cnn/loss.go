package cnn

import "math"

// Softmax writes the softmax of one sample's logits to dst, which may be the
// same slice: e^(x_i − max x) / Σ e^(x_j − max x). Subtracting the maximum
// keeps large logits from overflowing. It panics unless the lengths agree.
func Softmax(dst, logits []float32) {
	if len(dst) != len(logits) {
		panic("cnn: softmax needs as many results as logits")
	}
	top, total := maximum(logits), 0.0
	for _, v := range logits {
		total += math.Exp(float64(v - top))
	}
	for i, v := range logits {
		dst[i] = float32(math.Exp(float64(v-top)) / total)
	}
}

// smallest keeps the logarithm of a probability of 0 finite.
const smallest = 1e-7

// CrossEntropy returns the mean of −ln p[label] over the samples, for n ×
// classes probabilities and n labels. Probabilities below 1e-7 count as 1e-7.
func CrossEntropy(probabilities []float32, labels []uint8) float64 {
	classes := classesOf(probabilities, len(labels))
	var loss float64
	for i, label := range labels {
		loss -= math.Log(max(float64(probabilities[i*classes+int(label)]), smallest))
	}
	return loss / float64(len(labels))
}

// CrossEntropyOneHot is CrossEntropy for n × classes targets that sum to 1 in
// each row: the mean of −Σ t·ln p.
func CrossEntropyOneHot(probabilities, targets []float32, n int) float64 {
	if len(targets) != len(probabilities) {
		panic("cnn: the loss needs as many targets as probabilities")
	}
	classesOf(probabilities, n)
	var loss float64
	for i, t := range targets {
		if t != 0 {
			loss -= float64(t) * math.Log(max(float64(probabilities[i]), smallest))
		}
	}
	return loss / float64(n)
}

// SoftmaxCrossEntropy returns the mean cross entropy of softmax(logits) and
// integer labels, computed as log-sum-exp − logit, and writes its gradient
// with respect to the logits, (softmax − one-hot) / n, to gradient unless that
// is nil. Logits are n × classes.
func SoftmaxCrossEntropy(gradient, logits []float32, labels []uint8) float64 {
	return softmaxCrossEntropy(gradient, logits, labels, 1/float64(len(labels))) / float64(len(labels))
}

// softmaxCrossEntropy returns the sum of the losses, and scales the gradient.
func softmaxCrossEntropy(gradient, logits []float32, labels []uint8, scale float64) float64 {
	classes := classesOf(logits, len(labels))
	var loss float64
	for i, label := range labels {
		row := logits[i*classes:][:classes]
		logSum := logSumExp(row)
		loss += logSum - float64(row[label])
		if gradient == nil {
			continue
		}
		g := gradient[i*classes:][:classes]
		for j, v := range row {
			g[j] = float32(math.Exp(float64(v)-logSum) * scale)
		}
		g[label] = float32((math.Exp(float64(row[label])-logSum) - 1) * scale)
	}
	return loss
}

// SoftmaxCrossEntropyOneHot is SoftmaxCrossEntropy for n × classes targets
// that sum to 1 in each row.
func SoftmaxCrossEntropyOneHot(gradient, logits, targets []float32, n int) float64 {
	if len(targets) != len(logits) {
		panic("cnn: the loss needs as many targets as logits")
	}
	classes := classesOf(logits, n)
	var loss float64
	for i := range n {
		row, target := logits[i*classes:][:classes], targets[i*classes:][:classes]
		logSum := logSumExp(row)
		for j, v := range row {
			loss += float64(target[j]) * (logSum - float64(v))
			if gradient != nil {
				gradient[i*classes+j] = float32((math.Exp(float64(v)-logSum) - float64(target[j])) / float64(n))
			}
		}
	}
	return loss / float64(n)
}

// logSumExp returns ln Σ e^x without overflow.
func logSumExp(x []float32) float64 {
	top, total := maximum(x), 0.0
	for _, v := range x {
		total += math.Exp(float64(v) - float64(top))
	}
	return float64(top) + math.Log(total)
}

// maximum returns the largest of x, or NaN when x holds one.
func maximum(x []float32) float32 {
	top := x[0]
	for _, v := range x {
		top = max(top, v)
	}
	return top
}

// ArgMax returns the index of the largest logit, the first one of equals.
func ArgMax(logits []float32) int {
	best := 0
	for i, v := range logits {
		if v > logits[best] {
			best = i
		}
	}
	return best
}

func classesOf(x []float32, n int) int {
	if n < 1 || len(x) == 0 || len(x)%n != 0 {
		panic("cnn: the loss needs the same number of outputs for every sample")
	}
	return len(x) / n
}
