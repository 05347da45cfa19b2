package report

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Weights is what a weights file says about itself.
type Weights struct {
	File       string          `json:"file"`
	SHA256     string          `json:"sha256"` // of the file, in hexadecimal
	Parameters int             `json:"parameters"`
	Data       string          `json:"data,omitempty"`   // with the digests
	Code       string          `json:"code,omitempty"`   // version of the program that made it
	Kernel     string          `json:"kernel"`           // which computed the report
	Recipe     json.RawMessage `json:"recipe,omitempty"` // nil when the file does not tell
}

// Summary is everything that a report shows.
type Summary struct {
	Weights     Weights      `json:"weights"`
	Set         string       `json:"set"`     // the images that all figures are about
	Figures     []Figure     `json:"figures"` // with intervals
	Evaluation  Evaluation   `json:"evaluation"`
	Reliability [bins]Bin    `json:"reliability"`
	Course      Course       `json:"course,omitzero"`       // zero when no images were held out
	Corruptions *Corruptions `json:"corruptions,omitempty"` // nil when they were not tried
	Mistakes    []Mistake    `json:"mistakes"`              // the most confident first
	Lessons     []Lesson     `json:"-"`                     // what training showed beside MNIST's images
}

// Figure is a number with its 95% interval.
type Figure struct {
	Name    string  `json:"name"`
	Value   float64 `json:"value"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Meaning string  `json:"meaning"`
	share   bool    // shown as a percentage
}

// Summarize compares what a model said about images with their labels, from 0
// to 9; pixels returns the 28×28 of an image, 255 being ink. The temperature is
// the model's, 1 for one without a calibration. It panics unless there are as
// many answers as labels, and at least one.
func Summarize(e Evaluation, answers []Answer, labels []uint8, temperature float64, pixels func(i int) []byte) Summary {
	h := Honest(answers, labels, temperature)
	e.Honesty = &h
	confidences, right := make([]float64, len(labels)), make([]bool, len(labels))
	for i, a := range answers {
		confidences[i], right[i] = a.Probabilities[a.digit()], a.digit() == int(labels[i])
	}
	return Summary{Evaluation: e, Figures: figures(e, answers, labels, confidences, right),
		Reliability: Reliability(confidences, right), Mistakes: worst(answers, labels, pixels)}
}

// figures returns the numbers that stand at the top of a report.
func figures(e Evaluation, answers []Answer, labels []uint8, confidences []float64, right []bool) []Figure {
	n := len(labels)
	var losses, scores, sizes []float64
	sures := 0
	for i, a := range answers {
		losses = append(losses, -math.Log(max(a.Probabilities[labels[i]], math.SmallestNonzeroFloat64)))
		scores = append(scores, Brier(a.Probabilities, labels[i]))
		sizes = append(sizes, float64(len(a.Candidates)))
		if !right[i] && confidences[i] > sure {
			sures++
		}
	}
	h := e.Honesty
	low, high := calibrationInterval(confidences, right)
	list := []Figure{
		counted("accuracy", e.Correct, n, "images read right"),
		averaged("loss", losses, "cross entropy, in nats"),
		averaged("Brier score", scores, "squared distance from the probabilities to the truth, 0 to 2 (Brier 1950)"),
		{"calibration error", h.ECE, low, high, "distance between confidence and share of right answers, 15 bins (Guo et al. 2017); interval by 1,000 resamples", true},
		counted("coverage", int(math.Round(h.Coverage*float64(n))), n, "images whose candidates hold the label"),
		averaged("candidates", sizes, "digits named as candidates, in the mean"),
		counted("rejected", int(math.Round(h.Rejected*float64(n))), n, "digits taken for no digit"),
	}
	if wrong := n - e.Correct; wrong > 0 {
		list = append(list, counted("sure and wrong", sures, wrong, "wrong answers with a confidence above 0.9"))
	}
	return list
}

func counted(name string, part, whole int, meaning string) Figure {
	low, high := Wilson(part, whole)
	return Figure{name, share(part, whole), low, high, meaning, true}
}

// averaged returns a mean with the interval of the normal approximation.
func averaged(name string, values []float64, meaning string) Figure {
	mean, deviation := stat.PopMeanStdDev(values, nil)
	radius := distuv.UnitNormal.Quantile(0.975) * deviation / math.Sqrt(float64(len(values)))
	return Figure{name, mean, mean - radius, mean + radius, meaning, false}
}

// calibrationInterval returns the percentile interval of the bootstrap (Efron
// 1979) of CalibrationError. A resample's error is the larger the fewer the
// images, so that the interval lies rather too high.
func calibrationInterval(confidences []float64, right []bool) (low, high float64) {
	const resamples = 1000
	n := len(confidences)
	bin, surplus := make([]uint8, n), make([]float64, n)
	for i, confidence := range confidences {
		bin[i], surplus[i] = uint8(binOf(confidence)), -confidence
		if right[i] {
			surplus[i]++
		}
	}
	random := rand.New(rand.NewPCG(1, 1))
	drawn := make([]float64, resamples)
	for k := range drawn {
		var sums [bins]float64
		for range n {
			i := random.IntN(n)
			sums[bin[i]] += surplus[i]
		}
		for _, s := range sums {
			drawn[k] += math.Abs(s) / float64(n)
		}
	}
	slices.Sort(drawn)
	return stat.Quantile(0.025, stat.Empirical, drawn, nil), stat.Quantile(0.975, stat.Empirical, drawn, nil)
}
