package main

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"

	"digits/internal/mnist"
	"digits/pkg/cnn"
)

// recipe is everything that decides the weights, besides the data and the
// code. It is stored in every checkpoint and weights file.
type recipe struct {
	Preset        string             `json:"preset"`
	Network       string             `json:"network,omitempty"` // empty means the book's
	Epochs        int                `json:"epochs"`
	Batch         int                `json:"batch"`
	LearningRate  float64            `json:"learning_rate"`
	Schedule      string             `json:"schedule"`        // constant, cosine or one-cycle
	Beta1         float64            `json:"beta1,omitempty"` // of Adam; 0 means the usual
	Beta2         float64            `json:"beta2,omitempty"`
	Deviation     float64            `json:"deviation,omitempty"`    // of the first weights; 0 means He et al. 2015
	Dropout       float64            `json:"dropout,omitempty"`      // before each affine layer
	WeightDecay   float64            `json:"weight_decay,omitempty"` // of AdamW; 0 means Adam
	Smoothing     float64            `json:"smoothing,omitempty"`    // of labels
	Distillation  cnn.Distillation   `json:"distillation,omitzero"`  // what a teacher counts
	Clip          float64            `json:"clip,omitempty"`         // most that the gradient may measure; 0 means any
	Average       float64            `json:"average,omitempty"`      // decay of the averaged weights, which are scored and kept; 0 means the latest are
	Augmentation  mnist.Augmentation `json:"augmentation,omitzero"`
	Strength      float64            `json:"strength,omitempty"`       // factor of the augmentation; 0 means 1
	Width         float64            `json:"width,omitempty"`          // factor of the network's width: see widened; 0 means 1
	Negatives     float64            `json:"negatives,omitempty"`      // pictures of no digit for each digit
	Weaken        float64            `json:"weaken,omitempty"`         // share of the epochs, the last ones, of which whole looks have the augmentation at a third of its strength and two thirds of its shares
	Echo          int                `json:"echo,omitempty"`           // epochs in a row that are one look, with the same pictures in other batches (data echoing, Choi et al. 2019); 0 means 1
	Teachers      int                `json:"teachers,omitempty"`       // networks that teach this one: see course
	TeacherEpochs int                `json:"teacher_epochs,omitempty"` // of each
	Rehearsal     bool               `json:"rehearsal,omitempty"`      // this is the run of a course that holds images out, and is calibrated on them
	Validation    int                `json:"validation"`               // images held out to choose the epoch; of a course, to rehearse
	Settled       bool               `json:"settled,omitempty"`        // which epoch: see accepts
	Seed          uint64             `json:"seed"`
	CourseSeed    uint64             `json:"course_seed,omitempty"` // of a course's runs before the final one; 0 means Seed
	Shards        int                `json:"shards"`                // parts of a batch computed in parallel; sums depend on it
}

var presetNames = []string{"seed", "simple", "fast", "digits"}

// preset returns the recipe with a name.
func preset(name string) (recipe, error) {
	r := recipe{Preset: name, Epochs: 20, Batch: 100, LearningRate: 0.001, Schedule: "cosine", Deviation: 0.01,
		Validation: 5000, Seed: 1, Shards: runtime.GOMAXPROCS(0)}
	switch name {
	case "seed":
		// The book's hyperparameters; the book keeps the learning rate constant.
		r.Settled = true
	case "simple": // the same network, as good as it gets
		r.Epochs, r.LearningRate, r.Deviation = 60, 0.002, 0
		r.Dropout = 0.1
		r.Augmentation = mnist.Augmentation{Rotation: 12, Scale: 0.12, Shift: 1.5}
	case "fast": // 99% in seconds, after github.com/tuomaso/train_mnist_fast
		r.Network, r.Epochs, r.Batch, r.Deviation = "fast", 2, 256, 0
		r.Schedule, r.LearningRate, r.Beta1, r.Beta2 = "one-cycle", 0.01, 0.7, 0.9
		r.Settled = true
	case "digits": // the network that is served, taught by larger ones
		r.Network, r.Epochs, r.Batch, r.Deviation = "digits", 80, 128, 0
		r.Schedule, r.LearningRate, r.WeightDecay = "one-cycle", 0.004, 0.01
		r.Dropout, r.Smoothing, r.Average = 0.3, 0.02, 0.999
		r.Augmentation = mnist.Augmentation{Rotation: 10, Scale: 0.12, Shear: 0.15, Shift: 2, Far: mnist.Effect{Share: 0.05, Strength: 2},
			Elastic: 0.5, Stroke: 0.4, Wear: mnist.Worn(0.1), Restyle: 0.2, Stretch: 0.06}
		r.Weaken, r.Negatives = 0.25, 0.15
		r.Teachers, r.TeacherEpochs, r.Distillation = 2, 24, cnn.Distillation{Weight: 0.7, Temperature: 3}
	default:
		return r, fmt.Errorf("there is no preset %q; there are %q", name, presetNames)
	}
	return r, nil
}

// check refuses what cannot be trained.
func (r recipe) check() error {
	switch {
	case r.Epochs < 1 || r.Epochs > 10_000:
		return fmt.Errorf("--epochs is %d; it must be 1 to 10000", r.Epochs)
	case r.Batch < 1 || r.Batch > 10_000:
		return fmt.Errorf("--batch is %d; it must be 1 to 10000", r.Batch)
	case !(r.LearningRate > 0) || math.IsInf(r.LearningRate, 0):
		return fmt.Errorf("--learning-rate is %v; it must be above 0", r.LearningRate)
	case !slices.Contains(schedules, r.Schedule):
		return fmt.Errorf("--schedule is %q; it must be one of %q", r.Schedule, schedules)
	case !(r.Dropout >= 0 && r.Dropout < 1):
		return fmt.Errorf("--dropout is %v; it must be at least 0 and below 1", r.Dropout)
	case r.Validation < 1 || r.Validation > 30_000:
		return fmt.Errorf("--validation is %d; it must be 1 to 30000", r.Validation)
	case r.Shards < 1 || r.Shards > 1024:
		return fmt.Errorf("--shards is %d; it must be 1 to 1024", r.Shards)
	}
	return r.checkRefinements()
}

// checkRefinements is the rest of check: few of these numbers have flags, but a
// checkpoint holds them.
func (r recipe) checkRefinements() error {
	_, known := network(r.Network)
	switch {
	case !(r.Strength >= 0 && r.Strength <= 4):
		return fmt.Errorf("--augmentation is %v; it must be above 0 and up to 4", r.Strength)
	case r.Strength != 0 && r.Augmentation == (mnist.Augmentation{}):
		return fmt.Errorf("--augmentation is %v, and --preset %s does not change images; leave it out", r.Strength, r.Preset)
	case !(r.Width >= 0 && r.Width <= 4):
		return fmt.Errorf("--width is %v; it must be above 0 and up to 4", r.Width)
	case !known:
		return fmt.Errorf("the network %.40q is not one that this version knows", r.Network)
	case !(r.WeightDecay >= 0 && r.WeightDecay < 1):
		return fmt.Errorf("--weight-decay is %v; it must be at least 0 and below 1", r.WeightDecay)
	case !(r.Smoothing >= 0 && r.Smoothing < 1):
		return fmt.Errorf("the label smoothing is %v; it must be at least 0 and below 1", r.Smoothing)
	case !(r.Distillation.Weight >= 0 && r.Distillation.Weight <= 1):
		return fmt.Errorf("the teacher's weight is %v; it must be 0 to 1", r.Distillation.Weight)
	case !(r.Distillation.Temperature >= 0) || math.IsInf(r.Distillation.Temperature, 0):
		return fmt.Errorf("the teacher's temperature is %v; it must be at least 0", r.Distillation.Temperature)
	case !(r.Clip >= 0) || math.IsInf(r.Clip, 0):
		return fmt.Errorf("--clip is %v; it must be at least 0", r.Clip)
	case !(r.Average >= 0 && r.Average < 1):
		return fmt.Errorf("the decay of averaged weights is %v; it must be at least 0 and below 1", r.Average)
	case !(r.Negatives >= 0 && r.Negatives <= 1):
		return fmt.Errorf("the share of negatives is %v; it must be 0 to 1", r.Negatives)
	case !(r.Weaken >= 0 && r.Weaken <= 1):
		return fmt.Errorf("the share of epochs with weak augmentation is %v; it must be 0 to 1", r.Weaken)
	case r.Echo < 0 || r.Echo > 10_000:
		return fmt.Errorf("--echo is %d; it must be 0 to 10000", r.Echo)
	case r.Teachers < 0 || r.Teachers > 10:
		return fmt.Errorf("--teachers is %d; it must be 0 to 10", r.Teachers)
	case r.Teachers > 0 && (r.TeacherEpochs < 1 || r.TeacherEpochs > 10_000):
		return fmt.Errorf("--teachers is %d, and they have %d epochs, which must be 1 to 10000; --preset digits has some", r.Teachers, r.TeacherEpochs)
	case r.CourseSeed != 0 && r.Teachers == 0:
		return fmt.Errorf("--course-seed is %d, and there are no teachers, nor a rehearsal, that it would be of; leave it out", r.CourseSeed)
	case r.Echo > 1 && r.Teachers == 0:
		return fmt.Errorf("--echo is %d, and there are no teachers to ask less often; leave it out", r.Echo)
	}
	return nil
}

var schedules = []string{"constant", "cosine", "one-cycle"}

// rate returns the learning rate of a step, counted from 0. One cycle rises
// from a 25th of the rate for 30% of the steps and then falls to nearly 0,
// both along a cosine (Smith 2018).
func (r recipe) rate(step, steps int) float64 {
	done := float64(step) / float64(steps)
	const rise, start = 0.3, 1.0 / 25
	fall := func(done float64) float64 { return (1 + math.Cos(math.Pi*done)) / 2 }
	switch {
	case r.Schedule == "cosine":
		return r.LearningRate * fall(done)
	case r.Schedule == "one-cycle" && done < rise:
		return r.LearningRate * (1 - (1-start)*fall(done/rise))
	case r.Schedule == "one-cycle":
		return r.LearningRate * fall((done-rise)/(1-rise))
	}
	return r.LearningRate
}

// training returns what the recipe says to the trainer.
func (r recipe) training() cnn.TrainConfig {
	return cnn.TrainConfig{
		Optimizer: r.optimizer(), Batch: r.Batch, Shards: r.Shards, Seed: r.Seed,
		LabelSmoothing: r.Smoothing, Distillation: r.Distillation, ClipNorm: r.Clip, Average: r.Average,
	}
}

func (r recipe) optimizer() cnn.Optimizer {
	adam := cnn.Adam{Beta1: r.Beta1, Beta2: r.Beta2}
	if r.WeightDecay == 0 {
		return adam
	}
	return cnn.AdamW{Adam: adam, Decay: r.WeightDecay}
}

// accepts reports whether an epoch's weights replace those kept so far, of
// which best is the best score. Usually only a better epoch's do. A settled
// recipe takes the latest epoch within one standard error of the best (after
// the one-standard-error rule of Breiman et al. 1984): such a difference says
// little, and a later epoch has had the lower learning rate.
func (r recipe) accepts(s, best epochScore) bool {
	switch {
	case r.Average > 0 || r.held() == 0:
		return true // averages change little from epoch to epoch; the last is the one
	case !r.Settled:
		return s.better(best)
	}
	a := best.Accuracy
	return s.Accuracy >= a-math.Sqrt(a*(1-a)/float64(r.Validation))
}

// spec returns the network to train, with dropout where asked for.
func (r recipe) spec() cnn.Spec {
	spec, _ := network(r.Network) // check has seen it
	if r.Width != 0 && r.Width != 1 {
		spec = widened(spec, r.Width)
	}
	if r.Dropout == 0 {
		return spec
	}
	var layers []cnn.Layer
	for _, l := range spec.Layers {
		if _, ok := l.(cnn.Affine); ok {
			layers = append(layers, cnn.Dropout{Rate: r.Dropout})
		}
		layers = append(layers, l)
	}
	spec.Layers = layers
	return spec
}

// untaught returns the recipe of the network alone. Without teachers there are
// no answers to keep for another epoch with the same pictures.
func (r recipe) untaught() recipe {
	r.Teachers, r.TeacherEpochs, r.Distillation, r.Echo = 0, 0, cnn.Distillation{}, 0
	return r
}

// held returns how many images a run holds out: a course's final run learns
// from all.
func (r recipe) held() int {
	if r.Teachers > 0 && !r.Rehearsal {
		return 0
	}
	return r.Validation
}

// look returns the number of an epoch's look.
func (r recipe) look(epoch int) int { return epoch / max(r.Echo, 1) }

// strength returns the factor of the augmentation in an epoch, one for the
// whole look.
func (r recipe) strength(epoch int) float64 {
	factor, first := cmp.Or(r.Strength, 1), r.look(epoch)*max(r.Echo, 1)
	if float64(r.Epochs-first) <= r.Weaken*float64(r.Epochs) {
		return factor / 3
	}
	return factor
}
