package cnn

import (
	"math"

	"digits/internal/f32"
)

// Optimizer is an update rule: its hyperparameters only. The rules are SGD,
// Momentum, AdaGrad, Adam and AdamW; the Trainer holds what they remember.
type Optimizer interface {
	// slots is how many numbers the rule remembers for each parameter, at
	// most 2.
	slots() int
	// update changes params by one step. Every element depends on its own
	// gradient and memory alone, so ranges may be updated in parallel. step
	// counts from 1.
	update(params, grads []float32, memory [2][]float32, learningRate float64, step int)
}

// SGD is stochastic gradient descent: p −= rate·g.
type SGD struct{}

func (SGD) slots() int { return 0 }

func (SGD) update(params, grads []float32, _ [2][]float32, learningRate float64, _ int) {
	rate := float32(learningRate)
	for i, g := range grads {
		params[i] -= rate * g
	}
}

// Momentum is gradient descent with velocity (Polyak 1964):
// v = Coefficient·v + g, p −= rate·v.
type Momentum struct {
	Coefficient float64 // 0 means 0.9
}

func (Momentum) slots() int { return 1 }

func (r Momentum) update(params, grads []float32, memory [2][]float32, learningRate float64, _ int) {
	rate, coefficient := float32(learningRate), float32(or(r.Coefficient, 0.9))
	velocity := memory[0][:len(grads)]
	for i, g := range grads {
		velocity[i] = coefficient*velocity[i] + g
		params[i] -= rate * velocity[i]
	}
}

// AdaGrad divides each step by the root of all squared gradients so far (Duchi
// et al. 2011): h += g², p −= rate·g / (sqrt(h) + Epsilon).
type AdaGrad struct {
	Epsilon float64 // 0 means 1e-7
}

func (AdaGrad) slots() int { return 1 }

func (r AdaGrad) update(params, grads []float32, memory [2][]float32, learningRate float64, _ int) {
	rate, epsilon := float32(learningRate), float32(or(r.Epsilon, 1e-7))
	squares := memory[0][:len(grads)]
	for i, g := range grads {
		squares[i] += g * g
		params[i] -= rate * g / (sqrt(squares[i]) + epsilon)
	}
}

// Adam keeps decaying means of the gradient and its square (Kingma and Ba
// 2015): m = β1·m + (1−β1)·g, v = β2·v + (1−β2)·g²,
// p −= rate·(m / (1−β1^t)) / (sqrt(v / (1−β2^t)) + Epsilon).
type Adam struct {
	Beta1   float64 // 0 means 0.9
	Beta2   float64 // 0 means 0.999
	Epsilon float64 // 0 means 1e-8
}

func (Adam) slots() int { return 2 }

func (r Adam) update(params, grads []float32, memory [2][]float32, learningRate float64, step int) {
	beta1, beta2 := or(r.Beta1, 0.9), or(r.Beta2, 0.999)
	// Both corrections are moved out of the loop.
	root2 := math.Sqrt(1 - math.Pow(beta2, float64(step)))
	f32.Adam(params, grads, memory[0], memory[1], f32.AdamStep{
		Beta1: float32(beta1), Beta2: float32(beta2),
		Gain1: float32(1 - beta1), Gain2: float32(1 - beta2),
		Rate:    float32(learningRate * root2 / (1 - math.Pow(beta1, float64(step)))),
		Epsilon: float32(or(r.Epsilon, 1e-8) * root2),
	})
}

// AdamW is Adam with weight decay beside it, p −= rate·Decay·p before each step,
// which the squared gradients do not weaken (Loshchilov and Hutter 2019). It
// decays every parameter.
type AdamW struct {
	Adam
	Decay float64 // 0 means 0.01
}

func (r AdamW) update(params, grads []float32, memory [2][]float32, learningRate float64, step int) {
	keep := float32(1 - learningRate*or(r.Decay, 0.01))
	for i := range params {
		params[i] *= keep
	}
	r.Adam.update(params, grads, memory, learningRate, step)
}

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

func or(value, fallback float64) float64 {
	if value == 0 {
		return fallback
	}
	return value
}
