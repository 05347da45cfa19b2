package httpapi_test

import (
	"context"

	"digits/internal/classify"
	"digits/pkg/imageprep"
)

// double is a classifier that does the same with every image, whether it is to
// explain it or not. Of tensors it gives only the error.
type double func(ctx context.Context, data []byte) (classify.Result, error)

func (d double) Classify(ctx context.Context, data []byte) (classify.Result, error) {
	return d(ctx, data)
}

func (d double) Explain(ctx context.Context, data []byte) (classify.Result, error) {
	return d(ctx, data)
}

func (d double) ClassifyTensors(ctx context.Context, _ []float32, _ func(int, *classify.Result)) (classify.Durations, error) {
	_, err := d(ctx, nil)
	return classify.Durations{}, err
}

// failing only fails.
func failing(err error) double {
	return func(context.Context, []byte) (classify.Result, error) { return classify.Result{}, err }
}

// panicking has a bug.
func panicking() double {
	return func(context.Context, []byte) (classify.Result, error) { panic("a bug") }
}

// slow says that it has begun, and is ended by its context only.
func slow(began chan<- struct{}) double {
	return func(ctx context.Context, _ []byte) (classify.Result, error) {
		began <- struct{}{}
		<-ctx.Done()
		return classify.Result{}, ctx.Err()
	}
}

// reading reads one digit from everything, with these flags.
func reading(digit int, flags ...string) double {
	return func(context.Context, []byte) (classify.Result, error) {
		r := classify.Result{Digit: digit, Confidence: 1, Accepted: true, Candidates: []int{digit},
			Image: imageprep.Info{Format: "png", Width: 28, Height: 28, Flags: flags}}
		r.Probabilities[digit] = 1
		return r, nil
	}
}

// rejecting takes long images for no digit.
func rejecting() double {
	return func(_ context.Context, data []byte) (classify.Result, error) {
		r := classify.Result{Digit: 4, Confidence: 0.75, Probabilities: [classify.Classes]float64{4: 0.75, 9: 0.25}, Accepted: true,
			Candidates: []int{4, 9}, Rejection: 0.1, Image: imageprep.Info{Format: "png", Width: 28, Height: 28}}
		if len(data) > 4 {
			r.Accepted, r.Reason, r.Rejection = false, classify.NotADigit, 0.9
		}
		return r, nil
	}
}
