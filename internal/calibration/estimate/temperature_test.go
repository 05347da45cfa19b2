package estimate

import (
	"math"
	"slices"
	"testing"
)

// Two of ten digits in play, with logits 1 and 0, of which the first is right
// in three of four images: the likelihood is best where the softmax says 3/4,
// at the temperature 1 / ln 3.
func TestTemperatureByHand(t *testing.T) {
	row := append([]float32{1, 0}, slices.Repeat([]float32{-60}, 8)...)
	got, err := Temperature(slices.Repeat(row, 4), []uint8{0, 0, 1, 0})
	if want := 1 / math.Log(3); err != nil || math.Abs(got-want) > 5e-6 {
		t.Errorf("temperature %v, %v; want %v", got, err, want)
	}
}

// The number is Python's, by ternary search over the inverse temperature.
func TestGoldenTemperature(t *testing.T) {
	labels := []uint8{4, 2, 6, 4, 1, 1, 7, 9, 9, 4, 2, 8}
	logits := make([]float32, 0, len(labels)*10)
	for i := range labels {
		for d := range 10 {
			logits = append(logits, float32(4*math.Sin(float64(7*i+3*d+1))))
		}
	}
	got, err := Temperature(logits, labels)
	if want := 0.86943887124404; err != nil || math.Abs(got-want) > 5e-6 {
		t.Errorf("temperature %v, %v; want %v", got, err, want)
	}
	if loss, _ := negativeLogLikelihood(logits, labels, 10, 1); math.Abs(loss-1.3625407572913435) > 1e-7 {
		t.Errorf("likelihood at 1: %v; want 1.36254", loss)
	}
}

// Logits that are k times as large need k times the temperature, and the
// eleventh output does not matter.
func TestTemperatureScalesWithTheLogits(t *testing.T) {
	logits, labels := drawn(500, 10, 1.7, 1)
	want, err := Temperature(logits, labels)
	if err != nil || want < 1.4 || want > 2.1 {
		t.Fatalf("temperature %v, %v; want about the true 1.7", want, err)
	}
	for _, k := range []float64{1e-12, 1e-3, 1, 30, 1e6, 1e30} {
		var scaled []float32
		for i, v := range logits {
			scaled = append(scaled, float32(k*float64(v)))
			if i%10 == 9 {
				scaled = append(scaled, float32(k*1e6))
			}
		}
		if got, err := Temperature(scaled, labels); err != nil || math.Abs(got/k/want-1) > 1e-5 {
			t.Errorf("%v times the logits: temperature %v, %v; want %v", k, got, err, k*want)
		}
	}
}

func TestSlopeIsTheDerivative(t *testing.T) {
	logits, labels := drawn(20, 11, 1.7, 1)
	for _, inverse := range []float64{0.1, 1, 5} {
		const h = 1e-5
		up, _ := negativeLogLikelihood(logits, labels, 11, inverse+h)
		down, _ := negativeLogLikelihood(logits, labels, 11, inverse-h)
		if _, slope := negativeLogLikelihood(logits, labels, 11, inverse); math.Abs(slope-(up-down)/(2*h)) > 1e-6*(1+math.Abs(slope)) {
			t.Errorf("at %v the slope is %v; the difference quotient %v", inverse, slope, (up-down)/(2*h))
		}
	}
}
