package cnn

import (
	"runtime"
	"slices"
	"sync"

	"digits/internal/f32"
)

// TrainConfig says how a Trainer works. The zero value trains with Adam on all
// cores.
type TrainConfig struct {
	Optimizer Optimizer // nil means Adam{}
	Batch     int       // most samples of a step; 0 means 100
	Shards    int       // parts of a batch that are computed in parallel; 0 means GOMAXPROCS. Sums depend on it
	Seed      uint64    // for dropout
}

// Trainer improves a private copy of a model's parameters. The same steps with
// the same configuration give the same parameters on the same class of machine.
// A Trainer belongs to one goroutine; Close ends its workers.
type Trainer struct {
	config     TrainConfig
	net        *network
	parameters []float32
	optimizer  *OptimizerState
	shards     []shard
	jobs       []chan func(shard int) // of the workers, for shards 1 and up
	done       sync.WaitGroup

	// The step at hand, read by the workers.
	x                     []float32
	labels                []uint8
	learningRate          float64
	differentiate, update func(shard int)
}

// shard is one part of a batch, and one range of the parameters.
type shard struct {
	tape   *tape
	random randomness
	loss   float64
}

// NewTrainer returns a trainer that starts from the model's parameters. It
// panics when the configuration has a negative batch or number of shards.
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
	if config.Batch < 1 || config.Shards < 1 {
		panic("cnn: a trainer needs a positive batch and number of shards")
	}
	t := &Trainer{
		config:     config,
		net:        m.net,
		parameters: slices.Clone(m.parameters),
		optimizer:  NewOptimizerState(config.Optimizer, m.net.parameters),
		shards:     make([]shard, config.Shards),
		jobs:       make([]chan func(int), config.Shards),
	}
	t.differentiate, t.update = t.differentiateShard, t.updateShard
	for i := range t.shards {
		t.shards[i].tape = newTape(m.net, (config.Batch+config.Shards-1)/config.Shards)
		if i > 0 {
			t.jobs[i] = make(chan func(int))
			go t.work(i)
		}
	}
	return t
}

// Close ends the workers. The trainer cannot step afterwards.
func (t *Trainer) Close() {
	for _, jobs := range t.jobs[1:] {
		close(jobs)
	}
}

func (t *Trainer) work(i int) {
	for job := range t.jobs[i] {
		job(i)
		t.done.Done()
	}
}

// parallel runs the job for every shard and waits.
func (t *Trainer) parallel(job func(shard int)) {
	t.done.Add(len(t.shards) - 1)
	for _, jobs := range t.jobs[1:] {
		jobs <- job
	}
	job(0)
	t.done.Wait()
}

// Steps returns how many steps have been made.
func (t *Trainer) Steps() int { return t.optimizer.steps }

// Step makes one step on the n samples of x and returns their mean softmax
// cross entropy before it. It panics unless there is one label for every
// sample, and from 1 to Batch of them.
func (t *Trainer) Step(x []float32, labels []uint8, learningRate float64) float64 {
	if len(labels) < 1 || len(labels) > t.config.Batch || len(x) != len(labels)*t.net.spec.Input.Size() {
		panic("cnn: a step needs 1 to Batch samples and one label for each")
	}
	t.x, t.labels, t.learningRate = x, labels, learningRate
	t.optimizer.steps++
	t.parallel(t.differentiate)
	t.parallel(t.update)
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
	start, end := t.part(i, len(t.labels))
	if start == end {
		s.loss = 0
		clear(s.tape.gradients)
		return
	}
	size := t.net.spec.Input.Size()
	s.random.seed(t.config.Seed, uint64(t.optimizer.steps)<<16|uint64(i))
	s.loss = s.tape.gradient(t.parameters, t.x[start*size:end*size], t.labels[start:end],
		1/float64(len(t.labels)), &s.random)
}

// updateShard sums one range of the gradients over the shards, in the order of
// their indices, and updates that range of the parameters. The first shard cares
// for the running statistics, which are few.
func (t *Trainer) updateShard(i int) {
	if i == 0 {
		t.trackStatistics()
	}
	start, end := t.part(i, t.net.parameters)
	total := t.shards[0].tape.gradients[start:end]
	for _, s := range t.shards[1:] {
		f32.Axpy(1, s.tape.gradients[start:end], total)
	}
	var memory [2][]float32
	for k, m := range t.optimizer.memory {
		if m != nil {
			memory[k] = m[start:end]
		}
	}
	t.config.Optimizer.update(t.parameters[start:end], total, memory, t.learningRate, t.optimizer.steps)
}

// Snapshot returns the parameters as they are now as a model.
func (t *Trainer) Snapshot() *Model {
	return &Model{net: t.net, parameters: slices.Clone(t.parameters)}
}
