package classify

import (
	"context"
	"errors"
	"image"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"digits/pkg/imageprep"
)

// hold takes a slot, which the test gives back if it matters.
func hold(t testing.TB, c *Classifier) grant {
	t.Helper()
	g, err := c.queue.acquire(t.Context(), cost{work: fixed})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Whatever happens to the images, all slots are free again afterwards and the
// queue is empty.
func TestSlotsAreNeverLost(t *testing.T) {
	c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 2, Waiting: 3})})
	data := picture(t)
	open := c.stages.open
	c.stages.open = func(b []byte, o imageprep.Options) (imageprep.File, error) {
		if len(b) == 1 {
			panic("a bug")
		}
		return open(b, o)
	}
	random := rand.New(rand.NewPCG(5, 6))
	var wait sync.WaitGroup
	for range 300 {
		data := [][]byte{data, nil, {1}, data[:len(data)/2], []byte("text")}[random.IntN(5)]
		ctx, cancel := context.WithCancel(t.Context())
		if random.IntN(3) == 0 {
			ctx, cancel = context.WithTimeout(t.Context(), time.Duration(random.IntN(3000))*time.Microsecond)
		}
		wait.Go(func() {
			defer cancel()
			_, _ = c.Classify(ctx, data)
		})
	}
	wait.Wait()
	if c.Busy() != 0 || c.queue.memory != DefaultMemory || c.Waiting() != 0 {
		t.Errorf("busy %d of %d, %d bytes left, waiting %d", c.Busy(), c.Slots(), c.queue.memory, c.Waiting())
	}
	if _, err := c.Classify(t.Context(), data); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestPanicsBecomeErrors(t *testing.T) {
	for _, stage := range []string{"open", "decode", "prepare"} {
		t.Run(stage, func(t *testing.T) {
			c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 1})})
			switch stage {
			case "open":
				c.stages.open = func([]byte, imageprep.Options) (imageprep.File, error) { panic("a bug") }
			case "decode":
				c.stages.decode = func(*imageprep.File, context.Context) (image.Image, imageprep.Info, error) { panic("a bug") }
			case "prepare":
				c.stages.prepare = func([]float32, image.Image, *imageprep.Info, imageprep.Options) error { panic("a bug") }
			}
			for range 2 {
				if _, err := c.Classify(t.Context(), picture(t)); !errors.Is(err, ErrPanic) || !strings.Contains(err.Error(), "a bug") {
					t.Errorf("error %v, want ErrPanic with its cause", err)
				}
			}
		})
	}
}

// The context is looked at in the queue and between the stages.
func TestContextEndsTheWork(t *testing.T) {
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 1})})
	var in *StageError
	if _, err := c.Classify(gone, picture(t)); !errors.Is(err, context.Canceled) || !errors.As(err, &in) || in.Stage != "queue" {
		t.Errorf("before the queue: %v", err)
	}
	decode, prepare := c.stages.decode, c.stages.prepare
	for _, stage := range []string{"decode", "prepare"} {
		t.Run("after "+stage, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			prepared := false
			c.stages.decode = func(f *imageprep.File, ctx context.Context) (image.Image, imageprep.Info, error) {
				if stage == "decode" {
					cancel()
				}
				return decode(f, ctx)
			}
			c.stages.prepare = func(x []float32, img image.Image, info *imageprep.Info, o imageprep.Options) error {
				prepared = true
				cancel()
				return prepare(x, img, info, o)
			}
			if _, err := c.Classify(ctx, picture(t)); !errors.Is(err, context.Canceled) || !errors.As(err, &in) || in.Stage != stage {
				t.Errorf("error %v", err)
			}
			if prepared != (stage == "prepare") {
				t.Errorf("prepared: %v", prepared)
			}
		})
	}
}

func TestQueueIsBounded(t *testing.T) {
	data := picture(t)
	synctest.Test(t, func(t *testing.T) {
		c := newClassifier(t, Options{Queue: NewQueue(Limits{Slots: 1, Waiting: 2})})
		held := hold(t, c)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		ended := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := c.Classify(ctx, data)
				ended <- err
			}()
		}
		synctest.Wait()
		if c.Waiting() != 2 || c.Busy() != 1 {
			t.Errorf("waiting %d, busy %d", c.Waiting(), c.Busy())
		}
		if _, err := c.Classify(ctx, data); !errors.Is(err, errQueueFull) {
			t.Errorf("error %v, want errQueueFull", err)
		}
		for range 2 { // the bubble's clock jumps to the deadline
			if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v, want DeadlineExceeded", err)
			}
		}
		c.queue.release(held, true)
		if _, err := c.Classify(t.Context(), data); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}
