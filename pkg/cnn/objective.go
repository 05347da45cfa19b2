package cnn

import "math"

// Distillation is learning from a teacher's softened probabilities beside the
// labels (Hinton et al. 2015). The loss of a sample is
//
//	(1 − Weight)·CE(label, softmax(z)) + Weight·T²·KL(softmax(teacher/T) ‖ softmax(z/T))
//
// for logits z and the temperature T. T² makes the gradient of the second part
// as large as that of the first whatever T is.
type Distillation struct {
	Weight      float64 `json:"weight,omitempty"`      // of the teacher, in [0, 1]
	Temperature float64 `json:"temperature,omitempty"` // above 0; 0 means 1
}

// lesson is the samples of a step, or a part of them.
type lesson struct {
	x       []float32
	labels  []uint8
	teacher []float32 // logits, or nil
}

// part returns the samples from start to end.
func (l lesson) part(start, end int) lesson {
	n := len(l.labels)
	size, classes := len(l.x)/n, len(l.teacher)/n
	p := lesson{x: l.x[start*size : end*size], labels: l.labels[start:end]}
	if l.teacher != nil {
		p.teacher = l.teacher[start*classes : end*classes]
	}
	return p
}

// objective is the loss that training makes small: softmax cross entropy with
// its refinements.
type objective struct {
	smoothing    float64
	distillation Distillation
}

// gradient returns the sum of the losses and writes the gradient of scale times
// that with respect to the logits.
func (o objective) gradient(gradient, logits []float32, l lesson, scale float64) float64 {
	own := 1.0 // the labels' part of the loss
	if l.teacher != nil {
		own -= o.distillation.Weight
	}
	loss := own * softmaxCrossEntropy(gradient, logits, l.labels, own*scale)
	if o.smoothing > 0 {
		loss += own * smooth(gradient, logits, l.labels, o.smoothing, own*scale)
	}
	if l.teacher != nil {
		loss += o.distillation.teach(gradient, logits, l.teacher, len(l.labels), scale)
	}
	return loss
}

// smooth adds what spreading a share of every target evenly over all classes
// changes in the gradient, and returns what it changes in the sum of the losses.
func smooth(gradient, logits []float32, labels []uint8, share, scale float64) float64 {
	classes := classesOf(logits, len(labels))
	each := share / float64(classes)
	var change float64
	for i, label := range labels {
		row, g := logits[i*classes:][:classes], gradient[i*classes:][:classes]
		for j, v := range row {
			change += each * (float64(row[label]) - float64(v))
			g[j] -= float32(each * scale)
		}
		g[label] += float32(share * scale)
	}
	return change
}

// teach adds the teacher's part to the gradient, and returns its part of the sum
// of the losses.
func (d Distillation) teach(gradient, logits, teacher []float32, n int, scale float64) float64 {
	classes, t := classesOf(logits, n), or(d.Temperature, 1)
	var divergence float64
	for i := range n {
		row, target := logits[i*classes:][:classes], teacher[i*classes:][:classes]
		g := gradient[i*classes:][:classes]
		rowSum, targetSum := logSumExpAt(row, t), logSumExpAt(target, t)
		for j := range row {
			logQ, logP := float64(row[j])/t-rowSum, float64(target[j])/t-targetSum
			p := math.Exp(logP)
			divergence += p * (logP - logQ)
			g[j] += float32(d.Weight * t * (math.Exp(logQ) - p) * scale)
		}
	}
	return d.Weight * t * t * divergence
}

// logSumExpAt returns ln Σ e^(x/t) without overflow.
func logSumExpAt(x []float32, t float64) float64 {
	top, total := float64(maximum(x)), 0.0
	for _, v := range x {
		total += math.Exp((float64(v) - top) / t)
	}
	return top/t + math.Log(total)
}
