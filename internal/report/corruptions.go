package report

import "io"

// Corruptions is how a model did on a set that was spoiled in several ways, one
// after another.
type Corruptions struct {
	Set         string      `json:"set"`              // what was spoiled
	N           int         `json:"n"`                // images, spoiled in each way
	Seed        uint64      `json:"seed"`             // of the effects
	UploadMean  float64     `json:"accuracy_uploads"` // mean over the ways that an upload can have
	Mean        float64     `json:"accuracy_all"`     // mean over all of them
	Corruptions []Corrupted `json:"corruptions"`
}

// Corrupted is how a model did on a set that was spoiled in one way.
type Corrupted struct {
	Name     string     `json:"name"`
	Upload   bool       `json:"upload"` // whether an upload can have it
	Correct  int        `json:"correct"`
	Accuracy float64    `json:"accuracy"`
	Interval [2]float64 `json:"accuracy_95_interval"` // Wilson 1927
}

// Add counts the predictions, from 0 to 9, for the set spoiled in one more way.
// It panics unless there are N of them and as many labels, at least one.
func (c *Corruptions) Add(name string, upload bool, predictions, labels []uint8) {
	if len(predictions) != c.N || len(labels) != c.N || c.N == 0 {
		panic("report: a corruption needs one prediction for every label")
	}
	one := Corrupted{Name: name, Upload: upload}
	for i, label := range labels {
		if predictions[i] == label {
			one.Correct++
		}
	}
	one.Accuracy = share(one.Correct, c.N)
	one.Interval[0], one.Interval[1] = Wilson(one.Correct, c.N)
	c.Corruptions = append(c.Corruptions, one)
	c.UploadMean, _ = c.mean(func(o Corrupted) bool { return o.Upload })
	c.Mean, _ = c.mean(func(Corrupted) bool { return true })
}

// mean returns the mean accuracy over some of the corruptions, and how many
// they are; 0 when there are none.
func (c *Corruptions) mean(some func(Corrupted) bool) (accuracy float64, n int) {
	correct := 0
	for _, one := range c.Corruptions {
		if some(one) {
			correct += one.Correct
			n++
		}
	}
	return share(correct, n*c.N), n
}

// WriteText prints the figures for a person.
func (c Corruptions) WriteText(w io.Writer) error {
	p := printer{w: w}
	_, uploads := c.mean(func(o Corrupted) bool { return o.Upload })
	p.printf("accuracy  %.2f%% in the mean over the %d corruptions that an upload can have (*), %.2f%% over all %d; %s, %d images each, seed %d\n",
		100*c.UploadMean, uploads, 100*c.Mean, len(c.Corruptions), c.Set, c.N, c.Seed)
	p.printf("\ncorruption       accuracy  95%% interval\n")
	for _, one := range c.Corruptions {
		mark := ' '
		if one.Upload {
			mark = '*'
		}
		p.printf("%-14s %c  %7.2f%%  %.2f%% to %.2f%%\n", one.Name, mark, 100*one.Accuracy, 100*one.Interval[0], 100*one.Interval[1])
	}
	return p.err
}
