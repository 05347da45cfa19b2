package cnn

import (
	"runtime"
	"slices"
)

// TrainConfig says how a Trainer works. The zero value trains with Adam on all
// cores.
type TrainConfig struct {
	Optimizer Optimizer // nil means Adam{}
	Batch     int       // most samples of a step; 0 means 100
	Shards    int       // parts of a batch that are computed in parallel; 0 means GOMAXPROCS. Sums depend on it, and what BatchNorm normalises by
	Seed      uint64    // for dropout

	LabelSmoothing float64      // share of a target that all classes get alike, in [0, 1) (Szegedy et al. 2016)
	Distillation   Distillation // for steps with a teacher
	ClipNorm       float64      // most that all gradients together may measure (Pascanu et al. 2013); 0 means any
	Average        float64      // decay of Averaged, in [0, 1), at step t at most (1+t)/(10+t) (Polyak and Juditsky 1992); 0 means none
}

// valid reports whether all numbers are in their ranges.
func (c TrainConfig) valid() bool {
	d := c.Distillation
	return c.Batch >= 1 && c.Shards >= 1 && c.LabelSmoothing >= 0 && c.LabelSmoothing < 1 && c.Average >= 0 && c.Average < 1 &&
		c.ClipNorm >= 0 && d.Weight >= 0 && d.Weight <= 1 && d.Temperature >= 0
}

// Trainer improves a private copy of a model's parameters. The same steps with
// the same configuration give the same parameters on the same class of machine.
// A Trainer belongs to one goroutine; Close ends its workers.
type Trainer struct {
	config     TrainConfig
	net        *network
	parameters []float32
	averaged   []float32 // or nil
	steps      int
	memory     [2][]float32 // what the optimizer remembers of the steps
	shards     []shard
	team       *team

	// The step at hand, read by the workers.
	lesson                     lesson
	learningRate               float64
	clip                       float32
	differentiate, sum, update func(shard int)
}

// shard is one part of a batch, and one range of the parameters.
type shard struct {
	tape    *tape
	random  randomness
	loss    float64
	squares float64 // of the gradients in its range
}

// NewTrainer returns a trainer that starts from the model's parameters. It
// panics when a number of the configuration is out of its range.
func NewTrainer(m *Model, config TrainConfig) *Trainer {
	if config.Optimizer == nil {
		config.Optimizer = Adam{}
	}
	if config.Batch == 0 {
		config.Batch = 100
	}
	if config.Shards == 0 {
		config.Shards = runtime.GOMAXPROCS(0)
	}
	if !config.valid() {
		panic("cnn: a number of the trainer's configuration is out of its range")
	}
	t := &Trainer{
		config:     config,
		net:        m.net,
		parameters: slices.Clone(m.parameters),
		shards:     make([]shard, config.Shards),
		team:       newTeam(config.Shards - 1),
	}
	for i := range config.Optimizer.slots() {
		t.memory[i] = make([]float32, m.net.parameters)
	}
	if config.Average > 0 {
		t.averaged = slices.Clone(m.parameters)
	}
	t.differentiate, t.sum, t.update = t.differentiateShard, t.sumShard, t.updateShard
	for i := range t.shards {
		t.shards[i].tape = newTape(m.net, (config.Batch+config.Shards-1)/config.Shards)
	}
	return t
}

// Close ends the workers. The trainer cannot step afterwards.
func (t *Trainer) Close() { t.team.close() }

// Steps returns how many steps have been made.
func (t *Trainer) Steps() int { return t.steps }

// Step makes one step on the n samples of x and returns their mean loss before
// it: the softmax cross entropy, with smoothed labels where asked for. It panics
// unless there is one label for every sample, and from 1 to Batch of them.
func (t *Trainer) Step(x []float32, labels []uint8, learningRate float64) float64 {
	return t.StepTaught(x, labels, nil, learningRate)
}

// StepTaught is Step with a teacher's logits for the same samples, n × classes,
// which count as TrainConfig.Distillation says. Without a teacher, when they are
// nil, the labels count alone. It panics when they are of another number, or a
// label is beyond the outputs.
func (t *Trainer) StepTaught(x []float32, labels []uint8, teacher []float32, learningRate float64) float64 {
	if len(labels) < 1 || len(labels) > t.config.Batch || len(x) != len(labels)*t.net.spec.Input.Size() {
		panic("cnn: a step needs 1 to Batch samples and one label for each")
	}
	for _, label := range labels {
		if int(label) >= t.net.output().Size() {
			panic("cnn: a label is beyond the network's outputs")
		}
	}
	if teacher != nil && len(teacher) != len(labels)*t.net.output().Size() {
		panic("cnn: a step needs a teacher's logits for every sample, or none")
	}
	t.lesson, t.learningRate = lesson{x, labels, teacher}, learningRate
	t.steps++
	t.team.run(t.differentiate)
	if t.config.ClipNorm > 0 {
		t.team.run(t.sum)
		t.clip = t.clipping()
	}
	t.team.run(t.update)
	var loss float64
	for i := range t.shards {
		loss += t.shards[i].loss
	}
	return loss / float64(len(labels))
}

// part returns the i-th of equal ranges of n.
func (t *Trainer) part(i, n int) (start, end int) {
	return i * n / len(t.shards), (i + 1) * n / len(t.shards)
}

// differentiateShard computes the gradient of one part of the batch.
func (t *Trainer) differentiateShard(i int) {
	s := &t.shards[i]
	n := len(t.lesson.labels)
	start, end := t.part(i, n)
	if start == end {
		s.loss = 0
		clear(s.tape.gradients)
		return
	}
	s.random.seed(t.config.Seed, uint64(t.steps)<<16|uint64(i))
	o := objective{t.config.LabelSmoothing, t.config.Distillation}
	s.loss = s.tape.gradient(t.parameters, t.lesson.part(start, end), o, 1/float64(n), &s.random)
}

// updateShard updates one range of the parameters, a block at a time that stays
// in the cache. The first shard cares for the running statistics, which are few.
func (t *Trainer) updateShard(i int) {
	if i == 0 {
		t.trackStatistics()
		t.average(t.net.parameters, t.net.size())
	}
	const block = 8192
	start, end := t.part(i, t.net.parameters)
	for ; start < end; start += block {
		t.updateRange(start, min(start+block, end))
	}
}

func (t *Trainer) updateRange(start, end int) {
	var total []float32
	if t.config.ClipNorm > 0 {
		total = t.shards[0].tape.gradients[start:end]
		for k := range total {
			total[k] *= t.clip
		}
	} else {
		total = t.sumRange(start, end)
	}
	var memory [2][]float32
	for k, m := range t.memory {
		if m != nil {
			memory[k] = m[start:end]
		}
	}
	t.config.Optimizer.update(t.parameters[start:end], total, memory, t.learningRate, t.steps)
	t.average(start, end)
}

// Snapshot returns the parameters as they are now as a model.
func (t *Trainer) Snapshot() *Model {
	return &Model{net: t.net, parameters: slices.Clone(t.parameters)}
}
