package classify

import (
	"context"
	"fmt"
	"time"

	"digits/pkg/imageprep"
)

// ClassifyTensors reads the digits in what a network sees, without the image
// preparation: n times 784 numbers in [0,1], 28 rows of 28 for each, 0 for
// paper and 1 for ink. It hands each result, which has no Image and no
// Durations, to the function in order; the next one overwrites it. All are
// read in one slot, for which it waits, and each as if it were alone, bit for
// bit. It gives up between two of them when the context ends.
//
// The durations are those of all together. The errors are the context's,
// an *Overload, ErrNotFinite or ErrPanic. It panics unless the length is n
// times 784.
func (c *Classifier) ClassifyTensors(ctx context.Context, tensors []float32, each func(i int, r *Result)) (Durations, error) {
	if len(tensors)%imageprep.Pixels != 0 {
		panic("classify: the tensors are not 784 numbers each")
	}
	began := time.Now()
	g, err := c.queue.acquire(ctx, cost{work: fixed * int64(len(tensors)/imageprep.Pixels)}) // they are in memory already
	if err != nil {
		return Durations{}, err
	}
	err = c.readTensors(ctx, c.slots[g.slot], tensors, each)
	c.queue.release(g, err == nil)
	return Durations{Queue: g.since.Sub(began), Infer: time.Since(g.since)}, err
}

// readTensors reads one tensor after the other: the network takes as long for
// an image in a batch as for one alone.
func (c *Classifier) readTensors(ctx context.Context, s *slot, tensors []float32, each func(int, *Result)) (err error) {
	defer recoverAs(&err)
	var r Result
	for i := range len(tensors) / imageprep.Pixels {
		if err := ended(ctx, "infer"); err != nil {
			return err
		}
		copy(s.tensor[:], tensors[i*imageprep.Pixels:])
		r = Result{}
		if err := c.infer(s, &r); err != nil {
			return fmt.Errorf("tensor %d: %w", i, err)
		}
		c.judge(&r)
		r.Tensor = s.tensor
		each(i, &r)
	}
	return nil
}
