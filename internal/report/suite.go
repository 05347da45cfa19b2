package report

import "io"

// Suite is how the whole path from an image file to a digit did under several
// conditions, one after another.
type Suite struct {
	Name       string      `json:"suite"`
	Set        string      `json:"set"` // whose digits were drawn
	Seed       uint64      `json:"seed"`
	Conditions []Condition `json:"conditions"`
	Total      Condition   `json:"total"`
}

// Condition is how the path did under one condition.
type Condition struct {
	Name       string     `json:"name"`
	N          int        `json:"n"`
	Correct    int        `json:"correct"` // read right, accepted or not
	Accuracy   float64    `json:"accuracy"`
	Interval   [2]float64 `json:"accuracy_95_interval"` // Wilson 1927
	Rejected   float64    `json:"rejected"`             // share taken for no digit
	Refused    float64    `json:"refused"`              // share that could not be read or on which no ink was found
	Confidence float64    `json:"mean_confidence"`      // of the pictures that were not refused
	rejected   int
	refused    int
	confidence float64 // sum
}

// Add counts the pictures of one more condition, which all show digits.
func (s *Suite) Add(name string, pictures []Picture) {
	c := Condition{Name: name}
	for _, p := range pictures {
		c.N++
		switch {
		case !p.Answered():
			c.refused++
			continue
		case p.Rejected:
			c.rejected++
		}
		if p.Digit == label(p.Folder) {
			c.Correct++
		}
		c.confidence += p.Confidence
	}
	s.Conditions = append(s.Conditions, c.summed())
	t := &s.Total
	t.Name, t.N, t.Correct = "total", t.N+c.N, t.Correct+c.Correct
	t.rejected, t.refused, t.confidence = t.rejected+c.rejected, t.refused+c.refused, t.confidence+c.confidence
	*t = t.summed()
}

// summed returns the condition with the shares of what was counted.
func (c Condition) summed() Condition {
	c.Accuracy, c.Rejected, c.Refused = share(c.Correct, c.N), share(c.rejected, c.N), share(c.refused, c.N)
	if c.N > 0 {
		c.Interval[0], c.Interval[1] = Wilson(c.Correct, c.N)
	}
	c.Confidence = 0
	if answered := c.N - c.refused; answered > 0 {
		c.Confidence = c.confidence / float64(answered)
	}
	return c
}

// WriteText prints the figures for a person.
func (s Suite) WriteText(w io.Writer) error {
	p := printer{w: w}
	p.printf("%s: digits of %s, seed %d\n\n", s.Name, s.Set, s.Seed)
	p.printf("%-20s     n  accuracy  95%% interval         rejected  refused  confidence\n", "condition")
	for _, c := range append(s.Conditions[:len(s.Conditions):len(s.Conditions)], s.Total) {
		p.printf("%-20s %5d  %7.2f%%  %6.2f%% to %6.2f%%  %7.2f%%  %6.2f%%  %9.2f%%\n", c.Name, c.N, 100*c.Accuracy,
			100*c.Interval[0], 100*c.Interval[1], 100*c.Rejected, 100*c.Refused, 100*c.Confidence)
	}
	return p.err
}
